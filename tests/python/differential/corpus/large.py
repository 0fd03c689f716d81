"""Arrays that are large enough for loops in vectors: sorting, division, functions of float32, sums along axes, masks."""

import numpy as np

from differential.case import case


def random(n, dtype=np.float64, seed=1):
    return (np.random.default_rng(seed).random(n) * 200 - 100).astype(dtype)


def some_equal(n, dtype=np.float64):
    return np.random.default_rng(2).integers(-20, 20, n).astype(dtype)


def odd(n, dtype=np.float64):
    a = random(n, dtype)
    a[::50], a[7::50], a[9::50] = 0.0, np.inf, -np.inf
    return a


def with_nan(n, dtype=np.float64):
    a = odd(n, dtype)
    a[3::31] = np.nan
    return a


def with_both_zeros(n, dtype=np.float64):
    a = some_equal(n, dtype)
    a[::5] = -0.0
    return a


FLOATS = tuple((make(n, t),) for make in (random, odd, with_nan, with_both_zeros) for n in (300, 1001) for t in (np.float64, np.float32))
TIES = "NumPy leaves equal elements in another order"
FUNCTIONS = "NumPy's functions in vectors may differ in the last bit"
INTEGERS = tuple(
    (make(1000, t),)
    for make in (random, some_equal)
    for t in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
)


@case(
    *FLOATS,
    *INTEGERS,
    (random(9000, np.int16),),
    (np.arange(5000)[::-1],),
    (random(2000).reshape(40, 50),),
    (random(2000)[::2],),
    python=False,
    why=TIES,
)
def in_order(a):
    return np.sort(a)


@case(*FLOATS, *INTEGERS, python=False, why=TIES)
def order(a):
    return np.argsort(a)


@case(*(a for a in (*FLOATS, *INTEGERS) if not np.isnan(a[0]).any()))
def stable_order(a):
    return np.argsort(a, kind="mergesort")


@case(*INTEGERS, python=False, why="NumPy keeps the width of small integers")
def divided_by_constants(a):
    return a // 3, a % 7, a // -5, a % -2, a // 0


@case(*((a[0], np.roll(a[0], 3)) for a in INTEGERS))
def divided(a, b):
    return a // b, a % b


@case(
    (np.array([-(2**63), 2**63 - 1, -(2**52), 2**52, 2**51, -(2**51), 5, -5] * 100), 3),
    (np.arange(-1000, 1000) * 2**50, 2**50),
    python=False,
    why="the least integer divided by -1",
)
def large_integers_divided(a, k):
    return a // k, a % k, a // -k, a // -1


@case(
    *((a[0],) for a in FLOATS if a[0].dtype == np.float32), (np.linspace(-1e6, 1e6, 4000, dtype=np.float32),), python=False, why=FUNCTIONS
)
def of_single_precision(a):
    return np.sin(a), np.cos(a), np.exp(a), np.exp2(a)


@case(*FLOATS, (np.linspace(-800, 800, 4000),), python=False, why=FUNCTIONS)
def exponentials(a):
    return np.exp(a), 1.0 / (1.0 + np.exp(-a))


MATRICES = tuple(
    (m,)
    for m in (
        random(2100).reshape(70, 30),
        np.asfortranarray(random(2100).reshape(70, 30)),
        random(2100).reshape(70, 30)[::2, ::-3],
        random(2700, np.float32).reshape(300, 9),
        some_equal(2100, np.int16).reshape(30, 70),
        random(2400).reshape(4, 30, 20),
        np.zeros((0, 3)),
        np.zeros((3, 0)),
    )
)


@case(*MATRICES, python=False, why="NumPy adds pairwise along the last axis")
def sums_along_axes(m):
    return np.sum(m, axis=0), np.sum(m, axis=1), np.sum(m, axis=-1)


@case(*((a[0], 1.5) for a in FLOATS), *((a[0], 3) for a in INTEGERS), (random(2100)[::3], 0.5))
def masked(a, x):
    m = a > x
    kept = a[m]
    a[m] = x
    return kept


@case(
    (random(2100).reshape(70, 30), 0.5),
    (random(2100).reshape(70, 30).T, 3.0),
    numba=False,
    native=False,
    why="Numba has no masks of several axes",
)
def masked_in_two_dimensions(a, x):
    kept = a[a > x]
    a[a > x] = x
    return kept


@case(*((a[0], a[0][::-1].copy()) for a in (*FLOATS, *INTEGERS)), (random(2100), random(2100)[::-1]))
def one_of_two(a, b):
    return np.where(a > b, a, b), np.where(a > 0, a, b[-1]), np.where(b > a, b[0], a)
