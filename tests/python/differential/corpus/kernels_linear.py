"""Classic kernels of linear algebra, transforms and bodies in motion, from their definitions."""

import math

import numpy as np

from differential.case import case

MATRIX = np.array([[4.0, -2.0, 1.0, 0.5], [-2.0, 5.0, -1.5, 1.0], [1.0, -1.5, 6.0, -2.0], [0.5, 1.0, -2.0, 7.0]])
RIGHT = np.array([1.0, -2.0, 3.0, 0.5])
SIGNAL = np.array([((i * 37) % 16 - 8) / 4 for i in range(16)])
SPECTRUM = SIGNAL + 1j * SIGNAL[::-1]
ROW_STARTS = np.array([0, 2, 2, 5, 7, 8])
COLUMNS = np.array([0, 3, 1, 2, 4, 0, 4, 2])
ENTRIES = np.array([1.5, -2.0, 0.5, 4.0, 1.0, -1.0, 2.0, 3.0])
POINTS = np.array([[((i * 7 + k * 11) % 13) / 2 for k in range(3)] for i in range(10)])
WEIGHTS = np.array([1.0 + (i % 4) for i in range(10)])


def _entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


@case(8, 13)
def spectral_norm(n):
    """Power iterations with A and its transpose, A given by a formula."""
    u = np.ones(n)
    v = np.zeros(n)
    w = np.zeros(n)
    for _ in range(3):
        for i in range(n):
            total = 0.0
            for j in range(n):
                total += _entry(i, j) * u[j]
            w[i] = total
        for i in range(n):
            total = 0.0
            for j in range(n):
                total += _entry(j, i) * w[j]
            v[i] = total
        u, v = v, u
    above = below = 0.0
    for i in range(n):
        above += u[i] * v[i]
        below += v[i] * v[i]
    return math.sqrt(above / below)


@case(8, python=False, why="products of matrices add in the library's order")
def spectral_norm_of_arrays(n):
    i = np.arange(n).reshape(n, 1)
    j = np.arange(n).reshape(1, n)
    a = 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)
    u = np.ones(n)
    for _ in range(3):
        v = a.T @ (a @ u)
        u = v / np.sqrt(np.dot(v, v))
    return np.floor(u * 1e6)


@case(MATRIX, MATRIX[::-1].copy())
def lu(matrix):
    """Doolittle's decomposition with row exchanges, both factors in one array."""
    a = matrix.copy()
    n = a.shape[0]
    order = np.arange(n)
    sign = 1
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[best, k]):
                best = i
        if best != k:
            for j in range(n):
                a[k, j], a[best, j] = a[best, j], a[k, j]
            order[k], order[best] = order[best], order[k]
            sign = -sign
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return a, order, sign


@case((MATRIX, RIGHT), (np.zeros((2, 2)), RIGHT[:2]))
def gauss(matrix, right):
    """Solves by elimination; a singular matrix is an error."""
    a = matrix.copy()
    x = right.copy()
    n = len(x)
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[best, k]):
                best = i
        if a[best, k] == 0.0:
            raise ValueError("singular")
        for j in range(k, n):
            a[k, j], a[best, j] = a[best, j], a[k, j]
        x[k], x[best] = x[best], x[k]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for j in range(k, n):
                a[i, j] -= factor * a[k, j]
            x[i] -= factor * x[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            x[k] -= a[k, j] * x[j]
        x[k] /= a[k, k]
    return x


@case(MATRIX)
def cholesky(matrix):
    n = len(matrix)
    factor = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            total = matrix[i, j]
            for k in range(j):
                total -= factor[i, k] * factor[j, k]
            factor[i, j] = math.sqrt(total) if i == j else total / factor[j, j]
    return factor


@case((MATRIX, RIGHT, 12))
def conjugate_gradients(matrix, right, rounds):
    """With sums written out, so that their order is the same everywhere."""
    n = right.size
    x = np.zeros(n)
    residual = right.copy()
    direction = right.copy()
    squared = 0.0
    for r in residual:
        squared += r * r
    for rounds_done in range(rounds):
        moved = np.zeros(n)
        along = 0.0
        for i in range(n):
            for j in range(n):
                moved[i] += matrix[i, j] * direction[j]
            along += direction[i] * moved[i]
        step = squared / along
        x += step * direction
        residual -= step * moved
        after = 0.0
        for r in residual:
            after += r * r
        if after < 1e-20:
            return x, rounds_done
        direction = residual + (after / squared) * direction
        squared = after
    return x, rounds


@case(SPECTRUM, SPECTRUM[:8].copy())
def fft(values):
    """Cooley and Tukey's, in place after the bits of the indices are reversed."""
    n = values.size
    out = values.copy()
    reverse = 0
    for i in range(1, n):
        bit = n >> 1
        while reverse & bit:
            reverse ^= bit
            bit >>= 1
        reverse |= bit
        if i < reverse:
            out[i], out[reverse] = out[reverse], out[i]
    size = 2
    while size <= n:
        angle = -2.0 * math.pi / size
        root = complex(math.cos(angle), math.sin(angle))
        for start in range(0, n, size):
            w = 1.0 + 0.0j
            for k in range(size // 2):
                even = out[start + k]
                odd = out[start + k + size // 2] * w
                out[start + k] = even + odd
                out[start + k + size // 2] = even - odd
                w *= root
        size *= 2
    return out


@case(SPECTRUM, python=False, why="NumPy's sines and cosines differ in the last bit")
def discrete_fourier_of_arrays(values):
    """From the definition, a row of the matrix at a time."""
    n = values.size
    out = np.empty(n, np.complex128)
    k = np.arange(n)
    for i in range(n):
        angles = -2.0 * np.pi * i / n * k
        total = 0.0j
        for term in values * (np.cos(angles) + 1j * np.sin(angles)):
            total += term
        out[i] = total
    return out


@case((SIGNAL, np.array([0.5, -0.25, 0.125])))
def filtered(signal, weights):
    """Full convolution in one dimension."""
    out = np.zeros(signal.size + weights.size - 1)
    for i, value in enumerate(signal):
        for j, weight in enumerate(weights):
            out[i + j] += value * weight
    return out


@case((ROW_STARTS, COLUMNS, ENTRIES, np.array([1.0, -2.0, 0.5, 3.0, 4.0])))
def sparse_product(starts, columns, entries, vector):
    """A matrix in compressed rows times a vector."""
    out = np.zeros(starts.size - 1)
    for row in range(out.size):
        for k in range(starts[row], starts[row + 1]):
            out[row] += entries[k] * vector[columns[k]]
    return out


@case((POINTS, WEIGHTS, 0.01, 3))
def bodies(points, masses, step, steps):
    """Every pair attracts; the energy at the end."""
    positions = points.copy()
    speeds = np.zeros_like(points)
    for _ in range(steps):
        for i in range(len(masses)):
            for j in range(i + 1, len(masses)):
                dx = positions[i, 0] - positions[j, 0]
                dy = positions[i, 1] - positions[j, 1]
                dz = positions[i, 2] - positions[j, 2]
                squared = dx * dx + dy * dy + dz * dz + 0.01
                pull = step / (squared * math.sqrt(squared))
                for k, d in enumerate((dx, dy, dz)):
                    speeds[i, k] -= d * masses[j] * pull
                    speeds[j, k] += d * masses[i] * pull
        positions += step * speeds
    energy = 0.0
    for i in range(len(masses)):
        for k in range(3):
            energy += 0.5 * masses[i] * speeds[i, k] ** 2
    return positions, energy


@case((POINTS, WEIGHTS, 0.01), python=False, why="NumPy sums in pairs, Numba in order")
def forces_of_arrays(points, masses, soft):
    """Softened attraction of all pairs by broadcasting."""
    n = len(masses)
    apart = points.reshape(1, n, 3) - points.reshape(n, 1, 3)
    squared = apart[:, :, 0] ** 2 + apart[:, :, 1] ** 2 + apart[:, :, 2] ** 2 + soft
    weights = masses / (squared * np.sqrt(squared))
    return np.sum(apart * weights.reshape(n, n, 1), axis=1)


@case(POINTS)
def distances(points):
    n, dimensions = points.shape
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            total = 0.0
            for k in range(dimensions):
                total += (points[i, k] - points[j, k]) ** 2
            out[i, j] = out[j, i] = math.sqrt(total)
    return out


@case(POINTS, python=False, why="NumPy sums in pairs, Numba in order")
def distances_of_arrays(points):
    apart = points[:, np.newaxis, :] - points[np.newaxis, :, :]
    return np.sqrt((apart * apart).sum(axis=2))


@case((POINTS, 3, 4))
def k_means(points, k, rounds):
    centres = points[:k].copy()
    labels = np.zeros(len(points), np.int64)
    for _ in range(rounds):
        for i in range(len(points)):
            best = np.inf
            for c in range(k):
                d = 0.0
                for m in range(points.shape[1]):
                    d += (points[i, m] - centres[c, m]) ** 2
                if d < best:
                    best, labels[i] = d, c
        sums = np.zeros_like(centres)
        counts = np.zeros(k)
        for i in range(len(points)):
            sums[labels[i]] += points[i]
            counts[labels[i]] += 1
        for c in range(k):
            if counts[c] > 0:
                centres[c] = sums[c] / counts[c]
    return centres, labels


def _lorenz(x, y, z):
    return 10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z


@case((1.0, 1.0, 1.0, 0.01, 20))
def lorenz(x, y, z, h, steps):
    """Runge and Kutta's fourth order, with tuples."""
    path = np.empty((steps, 3))
    for i in range(steps):
        a = _lorenz(x, y, z)
        b = _lorenz(x + h / 2 * a[0], y + h / 2 * a[1], z + h / 2 * a[2])
        c = _lorenz(x + h / 2 * b[0], y + h / 2 * b[1], z + h / 2 * b[2])
        d = _lorenz(x + h * c[0], y + h * c[1], z + h * c[2])
        x += h / 6 * (a[0] + 2 * b[0] + 2 * c[0] + d[0])
        y += h / 6 * (a[1] + 2 * b[1] + 2 * c[1] + d[1])
        z += h / 6 * (a[2] + 2 * b[2] + 2 * c[2] + d[2])
        path[i] = np.array([x, y, z])
    return path


@case((SIGNAL, 0.1, 0.5))
def kalman(measured, drift, noise):
    """One state, one measurement."""
    estimate, variance = 0.0, 1.0
    out = np.empty_like(measured)
    for i, z in enumerate(measured):
        variance += drift
        gain = variance / (variance + noise)
        estimate += gain * (z - estimate)
        variance *= 1.0 - gain
        out[i] = estimate
    return out, variance


@case((MATRIX, 3))
def matrix_power(matrix, exponent):
    """By squaring, products written out."""
    n = len(matrix)
    result = np.eye(n)
    base = matrix.copy()
    while exponent:
        if exponent & 1:
            product = np.zeros((n, n))
            for i in range(n):
                for k in range(n):
                    for j in range(n):
                        product[i, j] += result[i, k] * base[k, j]
            result = product
        squared = np.zeros((n, n))
        for i in range(n):
            for k in range(n):
                for j in range(n):
                    squared[i, j] += base[i, k] * base[k, j]
        base = squared
        exponent >>= 1
    return result
