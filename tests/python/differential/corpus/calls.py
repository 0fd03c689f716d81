"""Calls between px functions, recursion, default and keyword arguments, globals, tuples, exceptions."""

import math
from collections import namedtuple

import numpy as np

from differential.case import case

SCALE = 3
HALF = 0.5
FLAG = False
PAIR = (2, 2.5)


def square(x):
    return x * x


def scaled(x, factor=2.0, offset=1):
    return x * factor + offset


def weighted(x, *, weight=2.0, offset):
    return x * weight + offset


def minmax(a, b):
    if a < b:
        return a, b
    return b, a


def bump(a, i):
    a[i] += 1


def checked(x):
    if x < 0:
        raise ValueError("negative")
    return x


@case(3, 2.5)
def calls_one(x):
    return square(x) + square(x + 1)


@case(3, 2.5)
def calls_with_two_types(x):
    return square(2), square(2.5), square(x)


@case(3)
def keywords(x):
    return scaled(x), scaled(x, 3), scaled(x, offset=5), scaled(offset=2, x=x, factor=0.5)


@case((3, 4), (4, 3), (1.5, 1))
def tuple_results(a, b):
    low, high = minmax(a + 0.0, b + 0.0)
    return high - low


@case(np.zeros(3))
def writes_through(a):
    for _ in range(4):
        bump(a, 1)
    bump(a, -1)
    return a[1]


@case(3, -3)
def passes_exception(x):
    return checked(x) + 1


@case(5, 0, 10)
def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)


@case(10)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@case((2, 3), (3, 2))
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def is_even(n):
    if n == 0:
        return True
    return is_odd(n - 1)


def is_odd(n):
    if n == 0:
        return False
    return is_even(n - 1)


@case(7, 10, numba=False, why="Numba cannot type two functions that call each other first met from outside the cycle")
def parity(n):
    return is_even(n), is_odd(n)


@case(3)
def globals_read(x):
    return x * SCALE + HALF


@case(3)
def global_flag(x):
    if FLAG:
        return x + 100
    return x


@case(2.5)
def global_power(x):
    return x**SCALE


@case(3)
def global_tuple(x):
    return PAIR[0] * x, PAIR[1]


@case(3)
def constants_of_math(x):
    return math.pi * x, math.e, math.inf, math.tau


@case(0.5, 1.0)
def maths(x):
    return math.sin(x) + math.cos(x) * math.exp(-x) + math.log(x + 1) + math.sqrt(x)


@case((3.0, 4.0))
def more_maths(x, y):
    return math.hypot(x, y), math.atan2(x, y), math.floor(x / y), math.ceil(x / y), math.fabs(-x)


@case(2.5, -2.5)
def rounding(x):
    return math.floor(x), math.ceil(x), math.trunc(x)


@case(0.0, 1.0, float("nan"), float("inf"))
def predicates(x):
    return math.isnan(x), math.isinf(x), math.isfinite(x)


@case(-1.0, python=False, why="math.sqrt and math.log give nan where CPython raises")
def outside_domain(x):
    return math.sqrt(x), math.log(x)


@case((48, 36), (0, 5), (-4, 6))
def common_divisor(a, b):
    return math.gcd(a, b)


@case((1, 2.5, True))
def tuples(a, b, c):
    t = (a, b, c)
    u = t + (1,)
    return t[0], t[-1], u[3], len(u), (t, u[1])


@case((1, 2, 3), (5, 6, 7))
def uniform_tuple(a, b, c):
    t = (a, b, c)
    s = 0
    for i in range(3):
        s = s * 10 + t[i]
    return s


@case((1, 2))
def nested_tuples(a, b):
    t = ((a, b), (b, a + 0.5))
    (p, q), (r, s) = t
    return p + q * r - s, t[1]


@case(((1, 2.5),), ((3, 4),))
def tuple_argument(t):
    a, b = t
    return a + b, t[0]


@case(3, -1)
def asserts(x):
    assert x > 0, "must be positive"
    return x


@case(3, -1)
def asserts_bare(x):
    assert x > 0
    return x


@case(0, 1, 2, 3)
def raises(k):
    if k == 0:
        raise ValueError("zero")
    if k == 1:
        raise IndexError
    if k == 2:
        raise RuntimeError("two", 2)
    return k


@case((1, 0), (6, 4))
def raises_in_loop(n, d):
    s = 0
    for i in range(5):
        s += n // (d - i)
    return s


@case(np.arange(5), np.arange(3))
def raises_half_way(a):
    for i in range(5):
        a[i] = -1
    return a[0]


@case(5)
def default_argument(n, k=3):
    return n * k


@case((5, 4))
def default_overridden(n, k=3):
    return n * k


@case(2.0)
def horner(x):
    r = 0.0
    for k in range(5):
        r = r * x + k
    return r


@case((0, 10), (3, 3))
def integrate(a, b):
    n = 100
    h = (b - a) / n
    s = 0.0
    for i in range(n):
        s += square(a + (i + 0.5) * h)
    return s * h


@case(
    np.uint8(200),
    np.int16(-5),
    np.uint64(2**63),
    np.float32(0.1),
    np.bool_(True),
    np.int8(-128),
    python=False,
    why="small integers are computed in 64 bits, as in Numba",
)
def numpy_scalars(x):
    return x + x, x * 2, -x


@case((np.uint64(2**63), 1), python=False, why="int64 with uint64 is int64, as in Numba")
def signed_with_unsigned(a, b):
    return a + b, a * b, a < b, a == b


@case(
    (np.int32(5), np.uint32(7)),
    (np.float32(0.1), 2),
    (np.uint8(3), np.float32(0.5)),
    (np.int64(3), np.float32(0.5)),
    python=False,
    why="float32 with an integer of 32 bits and more is float64, as in Numba",
)
def mixed_widths(a, b):
    return a + b, a * b, a < b, a == b


@case(300, -1, 2.7, python=False, why="NumPy raises for a Python integer that does not fit")
def casts(x):
    return np.uint8(x), np.int16(x), np.float32(x), np.int64(x)


@case(2.5)
def cast_types(x):
    return np.float32(x) * np.float32(3), np.int32(x) + 1, np.float64(np.float32(0.1))


class OwnError(ArithmeticError):
    pass


@case(1, 0)
def raises_own_class(x):
    if x == 0:
        raise OwnError("own", x)
    return x


@case(3, 2.5, numba=False, why="Numba has no keyword-only parameters")
def keyword_only(x):
    return weighted(x, offset=1), weighted(x, offset=x, weight=3)


Limits = namedtuple("Limits", "low high")  # noqa: PYI024  (as people write them)


def weigh(x, weights=np.array([0.5, 0.25]), limits=Limits(-1.0, 10.0)):
    total = 0.0
    for w in weights:
        total += square(x) * w
    return min(max(total, limits.low), limits.high)


@case(3, 2.5, -1.0, native=False, why="the default is no text that the compile service could be given")
def defaults_that_are_objects(x):
    return weigh(x), weigh(x, np.ones(3)), weigh(x, limits=Limits(0.0, 1.0))


@case((3.0,), (3.0, np.ones(4)), (2, np.zeros(1), Limits(-2.0, -1.0)))
def own_defaults(x, weights=np.array([0.5, 0.25]), limits=Limits(-1.0, 10.0)):
    total = 0.0
    for w in weights:
        total += x * w
    return min(max(total, limits.low), limits.high), limits.low
