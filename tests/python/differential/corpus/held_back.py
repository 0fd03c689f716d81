"""More small programs, kept apart when superinstructions are chosen from profiles: what those gain here is what they gain elsewhere."""

import math

import numpy as np

from differential.case import case

DIGITS = (np.arange(400) * 7919 % 1009).astype(np.int64)
WAVE = np.sin(np.arange(400) * 0.31)
PLATE = WAVE.reshape(20, 20)


@case((PLATE, 1.5, 8))
def over_relaxation(u, omega, rounds):
    for _ in range(rounds):
        for i in range(1, u.shape[0] - 1):
            for j in range(1, u.shape[1] - 1):
                around = (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]) / 4.0
                u[i, j] += omega * (around - u[i, j])
    return u


@case(DIGITS[:150])
def longest_rising(a):
    best = np.ones(a.size, np.int64)
    longest = 0
    for i in range(a.size):
        for j in range(i):
            if a[j] < a[i] and best[j] + 1 > best[i]:
                best[i] = best[j] + 1
        longest = max(longest, best[i])
    return longest


@case(DIGITS[:150])
def selection_sort(a):
    for i in range(a.size - 1):
        least = i
        for j in range(i + 1, a.size):
            if a[j] < a[least]:
                least = j
        a[i], a[least] = a[least], a[i]
    return a


@case(DIGITS - 500)
def largest_sum(a):
    best = a[0]
    ending = a[0]
    for i in range(1, a.size):
        ending = max(a[i], ending + a[i])
        best = max(best, ending)
    return best


@case((np.array([1, 5, 10, 25, 50]), 2000))
def change(coins, amount):
    ways = np.zeros(amount + 1, np.int64)
    ways[0] = 1
    for c in range(coins.size):
        for x in range(coins[c], amount + 1):
            ways[x] += ways[x - coins[c]]
    return ways[amount]


@case(1500)
def totients(n):
    phi = np.empty(n + 1, np.int64)
    for i in range(n + 1):
        phi[i] = i
    for p in range(2, n + 1):
        if phi[p] == p:
            for multiple in range(p, n + 1, p):
                phi[multiple] -= phi[multiple] // p
    total = 0
    for i in range(1, n + 1):
        total += phi[i]
    return total


@case(PLATE)
def sobel(image):
    out = np.zeros((image.shape[0] - 2, image.shape[1] - 2))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            across = image[i, j + 2] + 2.0 * image[i + 1, j + 2] + image[i + 2, j + 2]
            across -= image[i, j] + 2.0 * image[i + 1, j] + image[i + 2, j]
            down = image[i + 2, j] + 2.0 * image[i + 2, j + 1] + image[i + 2, j + 2]
            down -= image[i, j] + 2.0 * image[i, j + 1] + image[i, j + 2]
            out[i, j] = math.sqrt(across * across + down * down)
    return out


@case((WAVE[:120], WAVE[120:240], WAVE[240:360]))
def tridiagonal(lower, upper, right):
    n = right.size
    c = np.zeros(n)
    d = np.zeros(n)
    for i in range(n):
        below = lower[i] if i > 0 else 0.0
        pivot = 4.0 - (below * c[i - 1] if i > 0 else 0.0)
        c[i] = upper[i] / pivot
        d[i] = (right[i] - (below * d[i - 1] if i > 0 else 0.0)) / pivot
    for i in range(n - 2, -1, -1):
        d[i] -= c[i] * d[i + 1]
    return d


@case((40, 24, 60))
def julia(width, height, limit):
    counts = np.zeros((height, width), np.uint8)
    for row in range(height):
        for column in range(width):
            x = -1.5 + 3.0 * column / width
            y = -1.0 + 2.0 * row / height
            k = 0
            while k < limit and x * x + y * y < 4.0:
                x, y = x * x - y * y - 0.8, 2.0 * x * y + 0.156
                k += 1
            counts[row, column] = k
    return counts


@case((PLATE, WAVE[:20], 10))
def power_iteration(a, v, rounds):
    n = v.size
    w = np.zeros(n)
    size = 0.0
    for _ in range(rounds):
        for i in range(n):
            s = 0.0
            for j in range(n):
                s += a[i, j] * v[j]
            w[i] = s
        size = 0.0
        for i in range(n):
            size += w[i] * w[i]
        size = math.sqrt(size)
        for i in range(n):
            v[i] = w[i] / size
    return size, v


@case((0, 0, 900, 377))
def bresenham(x0, y0, x1, y1):
    dx = abs(x1 - x0)
    dy = -abs(y1 - y0)
    sx = 1 if x0 < x1 else -1
    sy = 1 if y0 < y1 else -1
    error = dx + dy
    checksum = 0
    while x0 != x1 or y0 != y1:
        checksum = (checksum * 31 + x0 * 7 + y0) & 0xFFFFFFF
        twice = 2 * error
        if twice >= dy:
            error += dy
            x0 += sx
        if twice <= dx:
            error += dx
            y0 += sy
    return checksum


@case((DIGITS % 256).astype(np.uint8))
def run_lengths(data):
    out = np.zeros((data.size, 2), np.int64)
    runs = 0
    i = 0
    while i < data.size:
        j = i
        while j < data.size and data[j] // 64 == data[i] // 64:
            j += 1
        out[runs, 0] = data[i] // 64
        out[runs, 1] = j - i
        runs += 1
        i = j
    return runs, out
