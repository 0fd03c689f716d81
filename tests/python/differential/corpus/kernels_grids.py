"""Classic kernels on grids, from their definitions: neighbours, stencils, relaxation; loops beside the array style of the same."""

import math

import numpy as np

from differential.case import case


def _noise(shape, seed):
    """Reproducible numbers in [0, 1) that need no generator: a linear congruence."""
    n = int(np.prod(shape))
    return ((np.arange(n, dtype=np.int64) * 1103515245 + 12345 * (seed + 1)) % 2147483648 / 2147483648.0).reshape(shape)


SPINS = np.where(_noise((12, 10), 1) < 0.5, -1, 1).astype(np.int8)
CELLS = (_noise((14, 11), 2) < 0.4).astype(np.uint8)
PLATE = np.round(_noise((13, 12), 3) * 64) / 4
CUBE = np.round(_noise((6, 7, 8), 4) * 16)
IMAGE = (_noise((16, 15), 5) * 255).astype(np.uint8)


@case((SPINS, _noise((3, 12, 10), 6), 0.44), (SPINS, _noise((2, 12, 10), 7), 0.1))
def ising(spins, draws, beta):
    """Metropolis sweeps over a periodic square lattice; the draws are given."""
    rows, columns = spins.shape
    flips = 0
    for sweep in range(draws.shape[0]):
        for i in range(rows):
            for j in range(columns):
                around = spins[i - 1, j] + spins[(i + 1) % rows, j] + spins[i, j - 1] + spins[i, (j + 1) % columns]
                cost = 2 * spins[i, j] * around
                if cost <= 0 or draws[sweep, i, j] < math.exp(-beta * cost):
                    spins[i, j] = -spins[i, j]
                    flips += 1
    return flips, spins.sum()


@case((CELLS, 4))
def life(cells, generations):
    """Conway's game on a torus."""
    rows, columns = cells.shape
    now = cells.copy()
    after = np.zeros_like(cells)
    for _ in range(generations):
        for i in range(rows):
            for j in range(columns):
                count = 0
                for di in range(-1, 2):
                    for dj in range(-1, 2):
                        if di != 0 or dj != 0:
                            count += now[(i + di) % rows, (j + dj) % columns]
                after[i, j] = 1 if count == 3 or (count == 2 and now[i, j] == 1) else 0
        now, after = after, now
    return now


@case((CELLS, 4))
def life_of_arrays(cells, generations):
    """The game with dead borders, by sums of shifted views."""
    now = cells.astype(np.int64)
    for _ in range(generations):
        count = np.zeros_like(now)
        count[1:] += now[:-1]
        count[:-1] += now[1:]
        count[:, 1:] += now[:, :-1]
        count[:, :-1] += now[:, 1:]
        count[1:, 1:] += now[:-1, :-1]
        count[:-1, :-1] += now[1:, 1:]
        count[1:, :-1] += now[:-1, 1:]
        count[:-1, 1:] += now[1:, :-1]
        now = np.where((count == 3) | ((count == 2) & (now == 1)), 1, 0)
    return now


@case((PLATE, 5, 1e-3))
def laplace(plate, most, tolerance):
    """Jacobi's relaxation: rounds until no cell moves by more than the tolerance."""
    now = plate.copy()
    after = plate.copy()
    for rounds in range(most):
        largest = 0.0
        for i in range(1, now.shape[0] - 1):
            for j in range(1, now.shape[1] - 1):
                after[i, j] = 0.25 * (now[i - 1, j] + now[i + 1, j] + now[i, j - 1] + now[i, j + 1])
                largest = max(largest, abs(after[i, j] - now[i, j]))
        now, after = after, now
        if largest < tolerance:
            return now, rounds
    return now, most


@case((PLATE, 5))
def laplace_of_arrays(plate, rounds):
    now = plate.copy()
    for _ in range(rounds):
        now[1:-1, 1:-1] = (now[:-2, 1:-1] + now[2:, 1:-1] + now[1:-1, :-2] + now[1:-1, 2:]) * 0.25
    return now


@case((PLATE, 1.5, 4))
def successive_over_relaxation(plate, omega, rounds):
    """In place, as the cells come."""
    u = plate.copy()
    for _ in range(rounds):
        for i in range(1, u.shape[0] - 1):
            for j in range(1, u.shape[1] - 1):
                u[i, j] = omega * 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]) + (1.0 - omega) * u[i, j]
    return u


@case((PLATE[3], 0.5), (CUBE[2, :, 3], 0.25))
def centred_differences(values, step):
    out = np.empty_like(values)
    out[0] = (values[1] - values[0]) / step
    out[-1] = (values[-1] - values[-2]) / step
    for i in range(1, len(values) - 1):
        out[i] = (values[i + 1] - values[i - 1]) / (2.0 * step)
    return out


@case((PLATE[3], 0.5), (PLATE[:, 2], 0.25))
def centred_differences_of_arrays(values, step):
    inner = (values[2:] - values[:-2]) / (2.0 * step)
    return np.concatenate((values[1:2] - values[:1], inner * step, values[-1:] - values[-2:-1])) / step


@case(CUBE)
def seven_points(u):
    """The Laplacian in three dimensions."""
    out = np.zeros_like(u)
    for i in range(1, u.shape[0] - 1):
        for j in range(1, u.shape[1] - 1):
            for k in range(1, u.shape[2] - 1):
                out[i, j, k] = u[i - 1, j, k] + u[i + 1, j, k] + u[i, j - 1, k] + u[i, j + 1, k] + u[i, j, k - 1] + u[i, j, k + 1]
                out[i, j, k] -= 6.0 * u[i, j, k]
    return out


@case(CUBE)
def seven_points_of_arrays(u):
    out = np.zeros_like(u)
    out[1:-1, 1:-1, 1:-1] = (
        u[:-2, 1:-1, 1:-1]
        + u[2:, 1:-1, 1:-1]
        + u[1:-1, :-2, 1:-1]
        + u[1:-1, 2:, 1:-1]
        + u[1:-1, 1:-1, :-2]
        + u[1:-1, 1:-1, 2:]
        - 6.0 * u[1:-1, 1:-1, 1:-1]
    )
    return out


@case((PLATE, np.array([[1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -1.0]])))
def convolution(image, weights):
    """Two-dimensional, where the weights lie inside."""
    rows, columns = weights.shape
    out = np.zeros((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total = 0.0
            for k in range(rows):
                for m in range(columns):
                    total += image[i + k, j + m] * weights[rows - 1 - k, columns - 1 - m]
            out[i, j] = total
    return out


@case((PLATE, np.array([0.25, 0.5, 0.25])))
def blur_of_arrays(image, weights):
    """A separable blur: rows, then columns."""
    along = np.zeros_like(image)
    reach = weights.size // 2
    width = image.shape[1]
    for k, weight in enumerate(weights):
        along[:, reach : width - reach] += weight * image[:, k : width - 2 * reach + k]
    out = along.copy()
    out[1:-1] = weights[0] * along[:-2] + weights[1] * along[1:-1] + weights[2] * along[2:]
    return out


@case((IMAGE, 3))
def median_filter(image, size):
    """Grey values, sorted by insertion in each window."""
    reach = size // 2
    out = image.copy()
    window = np.empty(size * size, image.dtype)
    for i in range(reach, image.shape[0] - reach):
        for j in range(reach, image.shape[1] - reach):
            filled = 0
            for di in range(-reach, reach + 1):
                for dj in range(-reach, reach + 1):
                    value = image[i + di, j + dj]
                    at = filled
                    while at > 0 and window[at - 1] > value:
                        window[at] = window[at - 1]
                        at -= 1
                    window[at] = value
                    filled += 1
            out[i, j] = window[filled // 2]
    return out


@case(IMAGE)
def equalised(image):
    """Histogram equalisation of grey values."""
    counts = np.zeros(256, np.int64)
    for value in image.flat:
        counts[value] += 1
    below = np.cumsum(counts)
    low = below[np.nonzero(counts)[0][0]]
    table = np.zeros(256, np.uint8)
    for value in range(256):
        table[value] = max(0, (below[value] - low) * 255 // max(1, image.size - low))
    out = np.empty_like(image)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            out[i, j] = table[image[i, j]]
    return out


@case((PLATE, 1.7), (CUBE[1], 0.6))
def resampled(image, scale):
    """Bilinear interpolation."""
    rows, columns = int(image.shape[0] * scale), int(image.shape[1] * scale)
    out = np.empty((rows, columns))
    for i in range(rows):
        y = min(i / scale, image.shape[0] - 1.0)
        top = min(int(y), image.shape[0] - 2)
        for j in range(columns):
            x = min(j / scale, image.shape[1] - 1.0)
            left = min(int(x), image.shape[1] - 2)
            v, h = y - top, x - left
            upper = image[top, left] * (1.0 - h) + image[top, left + 1] * h
            lower = image[top + 1, left] * (1.0 - h) + image[top + 1, left + 1] * h
            out[i, j] = upper * (1.0 - v) + lower * v
    return out


@case((40, 0.2, 6))
def wave(n, courant, steps):
    """A plucked string: the leapfrog scheme, three rows of time."""
    u = np.zeros((3, n))
    for i in range(n):
        u[0, i] = math.exp(-((i - n / 3.0) ** 2) / 8.0)
    u[1] = u[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            u[2, i] = 2.0 * u[1, i] - u[0, i] + courant**2 * (u[1, i + 1] - 2.0 * u[1, i] + u[1, i - 1])
        u[0, :] = u[1]
        u[1, :] = u[2]
    return u[1].copy()


@case((12, 9, 30))
def mandelbrot_of_arrays(rows, columns, rounds):
    """Escape times, all points at once, by complex arrays and masks."""
    x = np.linspace(-2.0, 0.5, columns)
    y = np.linspace(-1.25, 1.25, rows)
    c = x.reshape(1, columns) + 1j * y.reshape(rows, 1)
    z = np.zeros_like(c)
    times = np.zeros(c.shape, np.int64)
    for _ in range(rounds):
        inside = z.real * z.real + z.imag * z.imag < 4.0
        z = np.where(inside, z * z + c, z)
        times += inside
    return times


@case((14, 18, -0.4 + 0.6j, 25))
def julia(rows, columns, c, rounds):
    out = np.zeros((rows, columns), np.int32)
    for i in range(rows):
        for j in range(columns):
            z = complex(3.0 * j / columns - 1.5, 3.0 * i / rows - 1.5)
            count = 0
            while count < rounds and z.real * z.real + z.imag * z.imag <= 4.0:
                z = z * z + c
                count += 1
            out[i, j] = count
    return out


@case((CELLS, 0, 0), (CELLS, 5, 5))
def flooded(cells, row, column):
    """Breadth first from a cell, over those of its kind: steps to each, -1 where there is no way."""
    rows, columns = cells.shape
    steps = np.full((rows, columns), -1)
    queue = np.empty((rows * columns, 2), np.int64)
    queue[0] = (row, column)
    steps[row, column] = 0
    read, written = 0, 1
    while read < written:
        i, j = queue[read]
        read += 1
        for di, dj in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            k, m = i + di, j + dj
            if 0 <= k < rows and 0 <= m < columns and steps[k, m] < 0 and cells[k, m] == cells[row, column]:
                steps[k, m] = steps[i, j] + 1
                queue[written, 0] = k
                queue[written, 1] = m
                written += 1
    return steps
