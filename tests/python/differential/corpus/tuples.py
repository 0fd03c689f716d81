"""Tuples of anything: compared, sliced, joined, unpacked with a star, gone through."""

from differential.case import case

NOT_NUMBA = {"numba": False, "native": False, "why": "Numba has no bytecode for it"}
PAIR = (3, 2.5)
NESTED = ((1, 2), (3, 4), (5, 6))


@case((1, 2.0), (2, 1.5), (2, 2.0))
def compared(a, b):
    s, t = (a, b, 1), (b, a, 1)
    return s < t, s <= t, s > t, s >= t, s == t, s != t, (a, b) < (a, b, 1), (a,) == (a, 1), ((a, b), 1) < ((b, a), 1)


@case(float("nan"), 1.0, python=False, why="CPython takes an object for equal to itself")
def compared_with_nan(x):
    return (x, 1) == (x, 1), (x, 1) < (x, 2), (1.0, x) != (1.0, x)


@case(1, 3, 2.0)
def read_from_globals(a):
    x, y = PAIR
    return x * a + y, NESTED[1][0], len(NESTED), NESTED[-1]


@case(0, 2, -1)
def indexed_by_variable(k):
    return NESTED[k][1], (1.5, 2.5, 3.5)[k], ((k, 1.0), (2, 2.0), (3, 3.0))[k]


@case(3, -3)
def indexed_too_far(k):
    return ((k, 1), (2, 2))[k]


@case(1, 4)
def gone_through(a):
    total = 0
    for x, y in ((1, 2), (a, 4), (5, a)):
        total = total * 3 + x * y
    return total


@case(1, 4.5)
def joined_and_sliced(a):
    t = (a, 2) + ((a, a), 5.0)
    return t[1:], t[::-1], t[-2], t[2][1], len(t), (a,) + ()


@case((1, 2.0, 3), **NOT_NUMBA)
def starred(a, b, c):
    x, *y = (a, b, c)
    *u, v = (a, b, c)
    p, *q, r = (a, c)
    return x, y[0], y[1], u[0], v, p, len(q), r


def three(x, y, z):
    return x * 100 + y * 10 + z


@case(1, 2.5)
def called_with_stars(a):
    t = (a, 2)
    return three(1, *t), three(*t, 3), three(*(1, 2), *(a,))
