"""Small programs on floats and arrays, as users write them; none is a benchmark's kernel. `make profile` seeks superinstructions here."""

import math

import numpy as np

from differential.case import case

SIGNAL = np.sin(np.arange(256) * 0.37) + 0.5 * np.cos(np.arange(256) * 1.3)
IMAGE = SIGNAL.reshape(16, 16)
POINTS = np.stack((SIGNAL[:120], SIGNAL[120:240]), axis=1)


@case((IMAGE, 6), (IMAGE.T, 2))
def heat(u, steps):
    n, m = u.shape
    new = np.zeros((n, m))
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                new[i, j] = u[i, j] + 0.1 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - 4.0 * u[i, j])
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = new[i, j]
    return u


@case((SIGNAL, np.array([0.25, 0.5, 0.25])), (SIGNAL[::2], SIGNAL[:9]))
def convolve(x, kernel):
    out = np.zeros(x.size - kernel.size + 1)
    for i in range(out.size):
        s = 0.0
        for k in range(kernel.size):
            s += x[i + k] * kernel[kernel.size - 1 - k]
        out[i] = s
    return out


@case((IMAGE, np.ones((3, 3))))
def convolve_image(x, kernel):
    out = np.zeros((x.shape[0] - 2, x.shape[1] - 2))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            s = 0.0
            for a in range(3):
                for b in range(3):
                    s += x[i + a, j + b] * kernel[a, b]
            out[i, j] = s / 9.0
    return out


@case(IMAGE + 4.0 * np.eye(16))
def lu(a):
    n = a.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return a


@case(IMAGE @ IMAGE.T + np.eye(16))
def cholesky(a):
    n = a.shape[0]
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= out[i, k] * out[j, k]
            if i == j:
                out[i, j] = math.sqrt(s)
            else:
                out[i, j] = s / out[j, j]
    return out


@case((SIGNAL, np.zeros(256)))
def fft(re, im):
    n = re.size
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j |= bit
        if i < j:
            re[i], re[j] = re[j], re[i]
            im[i], im[j] = im[j], im[i]
    size = 2
    while size <= n:
        angle = -2.0 * math.pi / size
        for start in range(0, n, size):
            for k in range(size // 2):
                wr = math.cos(angle * k)
                wi = math.sin(angle * k)
                a = start + k
                b = a + size // 2
                xr = re[b] * wr - im[b] * wi
                xi = re[b] * wi + im[b] * wr
                re[b] = re[a] - xr
                im[b] = im[a] - xi
                re[a] += xr
                im[a] += xi
        size *= 2
    return re, im


@case((POINTS, 4, 5))
def k_means(points, k, rounds):
    n = points.shape[0]
    centres = np.zeros((k, 2))
    counts = np.zeros(k, np.int64)
    labels = np.zeros(n, np.int64)
    for c in range(k):
        centres[c, 0] = points[c * 7, 0]
        centres[c, 1] = points[c * 7, 1]
    for _ in range(rounds):
        for i in range(n):
            nearest = 1e300
            for c in range(k):
                dx = points[i, 0] - centres[c, 0]
                dy = points[i, 1] - centres[c, 1]
                d = dx * dx + dy * dy
                if d < nearest:
                    nearest = d
                    labels[i] = c
        for c in range(k):
            counts[c] = 0
            centres[c, 0] = 0.0
            centres[c, 1] = 0.0
        for i in range(n):
            c = labels[i]
            counts[c] += 1
            centres[c, 0] += points[i, 0]
            centres[c, 1] += points[i, 1]
        for c in range(k):
            if counts[c] > 0:
                centres[c, 0] /= counts[c]
                centres[c, 1] /= counts[c]
    return centres, labels


@case((np.array([1.0, -0.5, 0.25, -0.125, 0.0625, 3.0]), SIGNAL))
def horner(coefficients, xs):
    total = 0.0
    for i in range(xs.size):
        y = 0.0
        for c in range(coefficients.size):
            y = y * xs[i] + coefficients[c]
        total += y
    return total


@case((10.0, 28.0, 8.0 / 3.0, 0.01, 400))
def lorenz_rk4(sigma, rho, beta, h, steps):
    x, y, z = 1.0, 1.0, 1.0
    for _ in range(steps):
        ax, ay, az = sigma * (y - x), x * (rho - z) - y, x * y - beta * z
        u, v, w = x + 0.5 * h * ax, y + 0.5 * h * ay, z + 0.5 * h * az
        bx, by, bz = sigma * (v - u), u * (rho - w) - v, u * v - beta * w
        u, v, w = x + 0.5 * h * bx, y + 0.5 * h * by, z + 0.5 * h * bz
        cx, cy, cz = sigma * (v - u), u * (rho - w) - v, u * v - beta * w
        u, v, w = x + h * cx, y + h * cy, z + h * cz
        dx, dy, dz = sigma * (v - u), u * (rho - w) - v, u * v - beta * w
        x += h / 6.0 * (ax + 2.0 * bx + 2.0 * cx + dx)
        y += h / 6.0 * (ay + 2.0 * by + 2.0 * cy + dy)
        z += h / 6.0 * (az + 2.0 * bz + 2.0 * cz + dz)
    return x, y, z


@case((0.0, 2.0, 800))
def simpson(a, b, n):
    h = (b - a) / n
    s = math.exp(-a * a) + math.exp(-b * b)
    for i in range(1, n):
        x = a + i * h
        s += (4.0 if i % 2 == 1 else 2.0) * math.exp(-x * x)
    return s * h / 3.0


@case(SIGNAL)
def mean_and_variance(xs):
    mean = 0.0
    m2 = 0.0
    for i in range(xs.size):
        delta = xs[i] - mean
        mean += delta / (i + 1)
        m2 += delta * (xs[i] - mean)
    return mean, m2 / (xs.size - 1)


@case((SIGNAL, 8))
def moving_average(xs, window):
    out = np.zeros(xs.size)
    s = 0.0
    for i in range(xs.size):
        s += xs[i]
        if i >= window:
            s -= xs[i - window]
        out[i] = s / min(i + 1, window)
    return out


@case(SIGNAL, SIGNAL[::-1], np.array([]))
def largest_drop(prices):
    highest = -math.inf
    drop = 0.0
    for i in range(prices.size):
        if prices[i] > highest:
            highest = prices[i]
        elif highest - prices[i] > drop:
            drop = highest - prices[i]
    return drop


@case((2.0, 60), (1e300, 60), (1e-300, 60))
def newton_root(x, rounds):
    total = 0.0
    for k in range(1, rounds):
        y = x
        while True:
            better = 0.5 * (y + x / y)
            if abs(better - y) <= 1e-12 * better:
                break
            y = better
        total += y / k
    return total


@case((7, 2000))
def monte_carlo_pi(seed, n):
    inside = 0
    for _ in range(n):
        seed = (seed * 16807) % 2147483647
        x = seed / 2147483647
        seed = (seed * 16807) % 2147483647
        y = seed / 2147483647
        if x * x + y * y <= 1.0:
            inside += 1
    return 4.0 * inside / n


@case((IMAGE + 4.0 * np.eye(16), SIGNAL[:16], 12))
def jacobi(a, b, rounds):
    n = b.size
    x = np.zeros(n)
    new = np.zeros(n)
    for _ in range(rounds):
        for i in range(n):
            s = b[i]
            for j in range(n):
                if j != i:
                    s -= a[i, j] * x[j]
            new[i] = s / a[i, i]
        for i in range(n):
            x[i] = new[i]
    return x


@case((np.float32(0.5), SIGNAL.astype(np.float32), SIGNAL[::-1].astype(np.float32)))
def scaled_sum_in_float32(a, x, y):
    for i in range(x.size):
        y[i] = a * x[i] + y[i]
    return y


@case((SIGNAL[:40], SIGNAL[40:80], SIGNAL[80:120]))
def closest_pair(x, y, z):
    best = math.inf
    pair = (0, 0)
    for i in range(x.size):
        for j in range(i + 1, x.size):
            d = math.sqrt((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 + (z[i] - z[j]) ** 2)
            if d < best:
                best = d
                pair = (i, j)
    return best, pair


@case((np.arange(16.0 * 16).reshape(16, 16) % 11, np.zeros((16, 16))))
def integral_image(a, out):
    for i in range(a.shape[0]):
        row = 0.0
        for j in range(a.shape[1]):
            row += a[i, j]
            out[i, j] = row + (out[i - 1, j] if i > 0 else 0.0)
    return out
