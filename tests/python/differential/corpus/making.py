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


FROM_NUMBA = "NumPy's offset counts bytes; px's and Numba's elements"


@case(
    (np.arange(6.0), -1, 0),
    (np.arange(6.0), 2, 0),
    (np.arange(6.0), 0, 0),
    (np.arange(6.0), 2, 1),
    (np.arange(6.0), 7, 0),
    (np.arange(6.0), -1, 7),
    (np.arange(6), 4, 2),
    python=False,
    why=FROM_NUMBA,
)
def part_of_a_buffer(a, count, offset):
    return np.frombuffer(a, dtype=np.complex64, count=count, offset=offset)


@case((np.arange(6.0), 2), (np.arange(6.0), -1), (np.arange(4), 3), python=False, why="an element: NumPy's scalar")
def taken_along_the_axis(a, k):
    return np.take(a, k, 0) + 1


@case(
    (np.arange(6.0).reshape(2, 3), np.array([1.0, -2.0, 0.5])),
    (np.arange(6.0).reshape(2, 3), np.array([[1.0, 2.0, 3.0], [0.0, 0.5, -1.0]])),
    (np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])),
    (np.arange(8.0).reshape(2, 4), np.array([1.0, 2.0])),
    (np.array([1, 2, 3]), np.array([0.5, 0.25, -1.0])),
    (np.array([1, 2, 3]), np.array([4, 5, -6])),
    (np.arange(4.0).reshape(2, 2), np.array([1.0, 2.0, 0.5])),
    python=False,
    why="NumPy 2.5 will take no lines of two",
)
def crossed(a, b):
    return np.cross(a, b)


@case(((1, 2, 3), np.array([0.5, 1.5, -2.0])), ((1.0, 2.0, 3.0), np.array([0.5, 1.5, -2.0])))
def crossed_with_a_tuple(a, b):
    return np.cross(a, b)


COVARIANCE = {"python": False, "why": "NumPy's means are pairwise"}


@case(
    (np.array([[0.1, 1.7, 2.2], [3.3, 0.4, 1.5]]),),
    (np.array([[1, 5, 2], [3, 0, 7], [2, 2, 9]]),),
    (np.array([[0.1, 1.7], [3.3, 0.4], [1.9, 2.8]]).T,),
    **COVARIANCE,
)
def varying_together(m):
    return np.cov(m), np.cov(m, None, False), np.cov(m, None, True, True), np.cov(m, ddof=0)


@case((np.array([0.1, 1.7, 2.2, -0.3]),), (np.array([3, 1, 2, 7]),), **COVARIANCE)
def varying(m):
    return np.cov(m), np.cov(m, bias=True)


@case(
    (np.array([0.1, 1.7, 2.2]), np.array([3.3, 0.4, 1.5])),
    (np.array([1, 5, 2]), np.array([0.5, 2.5, 1.0])),
    (2, 3),
    (0.5, 2.5),
    **COVARIANCE,
)
def varying_with_another(m, y):
    return np.cov(m, y), np.cov(m, y, ddof=0)


INFINITE = np.array([1.0, np.nan, np.inf, -np.inf])


@case((INFINITE,), (INFINITE.astype(np.float32),), (INFINITE.reshape(2, 2),))
def made_finite(a):
    return np.nan_to_num(a), np.nan_to_num(a, posinf=7.0, neginf=-7.0), np.nan_to_num(a, nan=0.5, posinf=2)


@case(((2, 1), 3), ((4, 1, 1), 5), ((0, 3), 1), ((2, 3), 2))
def shape_together(shape, n):
    return np.broadcast_shapes(shape, n), np.broadcast_shapes(shape, (1,), ()), np.broadcast_shapes(n), np.broadcast_shapes()


@case(3, 1)
def arrays_of_arrays(n):
    return np.array([np.array([x + 0.5 for x in range(3)]) for y in range(n)])


@case(3, 1, numba=False, native=False, why="Numba takes arrays from inner comprehensions alone")
def arrays_of_any_arrays(n):
    return np.array([np.arange(4) * k for k in range(n)])


@case(3, 2)
def cubes(n):
    return np.array([[[i * j * k for k in range(n)] for j in range(n)] for i in range(n)])


@case(-3, 0, 2, python=False, numba=False, why="Numba asks for an array of -3 elements; NumPy's of none are float64")
def comprehensions_of_few_rounds(n):
    few = np.array([i for i in range(n)]), np.array([i * 0.5 for i in range(2, n)]), np.array([i for i in range(n)], dtype=np.complex64)
    return few, np.array([[i * j for i in range(n)] for j in range(2)])
