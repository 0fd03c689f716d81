"""New arrays, and NumPy's element-wise functions on scalars."""

import numpy as np

from differential.case import case

NAN, INF = float("nan"), float("inf")
LIKE = (
    (np.ones((2, 3)),),
    (np.asfortranarray(np.ones((2, 3))),),
    (np.ones((4, 6))[::2, ::2],),
    (np.arange(3, dtype=np.uint8),),
    (np.zeros(0),),
)


@case((3, 2.5), (0, 1.0), (2, 7), (2, True), (2, np.float32(0.5)), (-1, 1.0))
def full(n, x):
    return np.full(n, x), np.full((n, 2), x), np.full(n, x, np.float64), np.full(shape=n, fill_value=1, dtype=np.int8)


@case(*LIKE)
def like(a):
    b = np.empty_like(a)
    b[...] = 2
    return b, np.zeros_like(a), np.ones_like(a), np.full_like(a, 3), np.zeros_like(a, np.int32), np.full_like(a, 1.5, dtype=np.float32)


@case(0, 1, 5, -3)
def arange(n):
    return np.arange(n), np.arange(1, n), np.arange(n, 0, -1), np.arange(0, n, 2)


@case(0.0, 2.5, -1.0, 3.0, python=False, why="NumPy takes the step from the first two elements")
def arange_of_floats(x):
    return np.arange(x), np.arange(0.5, x), np.arange(0, x, 0.3), np.arange(x, 0, -0.7)


@case(0, 2, python=False, why="CPython divides by the step")
def arange_without_a_step(n):
    return np.arange(0, 5, n)


@case((0.0, 1.0, 5), (0, 1, 1), (1.0, 1.0, 3), (2, -1, 0), (0.1, 0.7, 7), (0.0, INF, 3))
def linspace(a, b, n):
    return np.linspace(a, b, n), np.linspace(a, b).size


@case((0.0, 1.0, -1))
def linspace_of_less_than_nothing(a, b, n):
    return np.linspace(a, b, n)


@case((0, 1), (3, 3), (2, 4), (4, 2))
def unit(n, m):
    return np.eye(n), np.eye(n, m), np.identity(n)


@case(0.5, -0.5, 0.0, -0.0, 2.0, NAN, INF, -INF, 3, 0, python=False, why="with AVX-512 NumPy has logarithms and exponentials of its own")
def roots_and_logarithms(x):
    return np.sqrt(x), np.log(x), np.exp(x), np.log1p(x), np.abs(x), np.floor(x), np.ceil(x)


@case(np.float32(0.3), np.int8(3), python=False, why="NumPy has functions of its own for float32, and float16")
def roots_and_logarithms_of_narrow(x):
    return np.sqrt(x), np.log(x), np.exp(x), np.log1p(x), np.abs(x), np.floor(x), np.ceil(x)


@case(
    (1.5, NAN),
    (NAN, 2.0),
    (-0.0, 0.0),
    (0.0, -0.0),
    (1, 2.5),
    (7, 3),
    (INF, 1.0),
    python=False,
    why="with AVX-512 NumPy has an arc tangent of its own",
)
def least_and_greatest(x, y):
    return np.minimum(x, y), np.maximum(x, y), np.add(x, y), np.arctan2(x, y)


@case((1.0, 0.0), (-1.0, 0.0), (0.0, 0.0), (1, 0), (7, 2))
def divided(x, y):
    return np.divide(x, y)


@case(1.5, NAN, INF, -INF, 3, True)
def finite(x):
    return np.isnan(x), np.isinf(x), np.isfinite(x)


@case((np.linspace(0.1, 4.0, 9),))
def in_a_loop(a):
    s = 0.0
    for x in a:
        s += np.sqrt(x) * np.exp(-x) + np.maximum(x, 1.0) - np.abs(np.sin(x) - 0.5)
    return s
