"""Array expressions: element-wise operators and functions of whole arrays, broadcast, in place and into a given array."""

import numpy as np

from differential.case import case

NAN, INF = float("nan"), float("inf")
A = np.arange(1.0, 1301.0)
SMALL = ((np.array([100, -100, 7], np.int8), np.array([100, 3, -2], np.int8)), (np.array([200, 3], np.uint8), np.array([100, 7], np.uint8)))
PAIRS = (
    (A, A[::-1]),
    (A.astype(np.int32) % 50, (A[::-1] % 7 + 1).astype(np.int32)),
    *SMALL,
    (A[:9].astype(np.float32), np.arange(1, 10)),
    (np.arange(12.0).reshape(3, 4), np.arange(1.0, 5.0)),
    (np.arange(12.0).reshape(3, 4).T, np.asfortranarray(np.ones((4, 3)))),
    (np.arange(6.0).reshape(6, 1), np.arange(1.0, 4.0)),
    (np.arange(700.0).reshape(100, 7), np.arange(1.0, 8.0)),
    (np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1), np.arange(1.0, 7.0).reshape(2, 3)),
    (np.zeros((0, 3)), np.ones(3)),
    (A[::3], 2.5),
    (A[:5].astype(np.uint8), 3),
    (np.ones((2, 3)), np.ones((2, 2))),
)
FEW = (PAIRS[0], PAIRS[1], PAIRS[4], PAIRS[5])  # each pair of types is compiled by Numba
REALS = ((np.array([1.5, -2.5, 0.0, -0.0, NAN, INF, -INF]), np.array([0.5, 0.5, 0.0, 1.0, 1.0, NAN, -INF])),)
WHY = "scalars are wider in Numba, and elements of an expression are computed as scalars"


@case(*PAIRS, python=False, why=WHY)
def arithmetic(a, b):
    return a + b * 2.0 - a, a * b + a, -a, +a


@case(*FEW, *SMALL[:1], *REALS, python=False, why=WHY)
def quotients(a, b):
    return a / b, a // b, a % b


@case(*FEW, *SMALL[:1], python=False, why=WHY)
def powers(a, b):
    return a**2, a**3, a ** (b % 3), a**0.5


@case(*FEW[:3], *REALS)
def comparisons(a, b):
    return a < b, a <= b, a > b, a >= b, a == b, a != b


@case(*PAIRS[:3])
def masks(a, b):
    return (a > 2) & (b < 5) | (a == b), ~(a > 2), (a > 2) ^ (b > 2)


@case(PAIRS[1], *SMALL, (np.array([True, False]), np.array([True, True])), python=False, why=WHY)
def bits(a, b):
    return a & b, a | b, a ^ b, ~a


@case(
    (np.array([1, 5, -7]), np.array([0, 63, 2])),
    (np.array([1]), np.array([64])),
    (np.array([1]), np.array([-1])),
    python=False,
    numba=False,
    why="a shift count outside 0 … 63 is an error",
)
def shifts(a, n):
    return a << n, a >> n


@case(*FEW, *REALS, python=False, why=WHY)
def functions(a, b):
    return np.sqrt(np.abs(a)) + np.maximum(a, b), np.minimum(a, b), np.hypot(a, b), np.exp(-np.abs(a)), np.sin(b)


@case(*FEW[:3], *REALS, python=False, why=WHY)
def more_functions(a, b):
    return (
        np.sign(a),
        np.square(a),
        np.floor(a),
        np.trunc(a),
        np.fmin(a, b),
        np.fmax(a, b),
        np.isnan(a),
        np.logical_and(a, b),
        np.remainder(a, b),
    )


@case(*PAIRS[:2], PAIRS[5], (np.ones(3), np.ones((2, 3))[0]), (np.ones(4), 2))
def in_place(a, b):
    a += b
    a *= 2
    a -= b
    return a


@case((np.ones((2, 3)), np.ones(2)), (np.ones(6), np.ones(5)), numba=False, why="Numba reads beyond the operands")
def in_place_does_not_fit(a, b):
    a += b


@case((np.arange(6.0), np.arange(5.0)), numba=False, why="Numba reads beyond the operands")
def into_does_not_fit(a, b):
    return np.add(a, b, np.empty_like(a))


@case((np.arange(9.0), np.arange(9.0)))
def into(a, b):
    out = np.empty_like(a)
    np.add(a, b, out)
    np.multiply(out, 2.0, out)
    return out


@case(A[:9], np.arange(9))
def parts_in_place(a):
    a[1:] *= 2
    a[::2] += a[0]
    a[3] -= 1
    return a


@case(A[:2000].copy(), python=False, why="NumPy copies what overlaps, Numba adds one element after another")
def running(a):
    a[1:] += a[:-1]
    return a


@case((A, 0.5, 3), (A.astype(np.float32), np.float32(0.5), 3), (A.astype(np.int64), 2, 5))
def polynomial(x, c, n):
    total = np.zeros_like(x)
    for _ in range(n):
        total = total * x + c
    return total


@case((A[:50], 5))
def named_parts(a, n):
    b = a * 2
    c = b + a
    b = b - c
    a = a + b
    return a, b, c


LOST = "Numba computes the middle as part of the first comparison alone; in the second it is nothing"


@case(*((A[:1], A[1:2] * k, A[2:3], A[7:8]) for k in (1, 3, -4)), numba=False, why=LOST)
def chained(a, b, c, d):
    return a < b + c < d, (b - c).sum() if a <= b * c <= d else (c - b).sum()


@case((np.arange(5.0),), (np.arange(5),), numba=False, native=False, why="Numba loses track of it")
def a_register_changes(a):
    b = a * 2 + (a := a + 1)
    return a, b


@case((np.arange(64.0).reshape(8, 8),))
def laplace(u):
    for _ in range(3):
        u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
    return u


@case((np.linspace(80.0, 120.0, 40), 100.0, 0.5), python=False, why="with AVX-512 NumPy has logarithms and exponentials of its own")
def payoff(s, k, t):
    d = (np.log(s / k) + 0.03 * t) / (0.2 * np.sqrt(t))
    return np.maximum(s - k, 0.0) * np.exp(-0.03 * t), d, 1.0 / (1.0 + np.exp(-d))
