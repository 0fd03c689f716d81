"""The Mandelbrot set: scalar floats in a tight loop, one call a pixel."""

import numpy as np

from .kernel import Kernel


def escape(cr, ci, limit):
    zr = 0.0
    zi = 0.0
    n = 0
    while n < limit and zr * zr + zi * zi < 4.0:
        t = zr * zr - zi * zi + cr
        zi = 2.0 * zr * zi + ci
        zr = t
        n += 1
    return n


def mandelbrot(width, height, limit):
    counts = np.empty((height, width), np.int64)
    for y in range(height):
        ci = -1.25 + 2.5 * y / height
        for x in range(width):
            counts[y, x] = escape(-2.0 + 2.75 * x / width, ci, limit)
    return counts


def inputs(size):
    return size, size, 100


def verify(arguments, counts):
    width, height, limit = arguments
    c = -2.0 + 2.75 * np.arange(width) / width + 1j * (-1.25 + 2.5 * np.arange(height) / height)[:, None]
    z = np.zeros_like(c)
    expected = np.zeros(c.shape, np.int64)
    for _ in range(limit):
        inside = np.abs(z) < 2.0
        expected += inside
        z = np.where(inside, z * z + c, z)
    # A point on the very edge may fall on either side of it: the complex product rounds in another order.
    assert np.mean(counts != expected) < 0.005, "not the Mandelbrot set"


KERNEL = Kernel(
    "mandelbrot",
    "escape counts of a square image",
    ("escape", "mandelbrot"),
    {"full": 400, "reduced": 120, "tiny": 1},
    inputs,
    verify,
    power=2.0,
)
