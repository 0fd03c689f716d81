"""Named tuples, made, read, passed and returned; texts as arguments that choose a branch."""

from collections import namedtuple

import numpy as np

from differential.case import case

Point = namedtuple("Point", "x y")


@case((Point(1, 2.5),), (Point(2.0, 3),))
def fields(p):
    return p.x + p.y, p[0], p[-1], len(p)


@case((Point(1, 2.5), 3))
def moved(p, d):
    q = Point(p.x + d, p.y * 2)
    x, y = q
    return q, x, y, q == p


@case(3)
def made_by_name(a):
    p = Point(y=a, x=1.5)
    return p.x, p.y, p


def distance(p, q):
    return abs(p.x - q.x) + abs(p.y - q.y)


@case((1.0, 2.5))
def handed_on(a, b):
    return distance(Point(a, b), Point(b, a))


@case((2.0, "double"), (2.0, "half"))
def by_mode(x, mode):
    if mode == "double":
        return x * 2
    if mode != "half":
        raise ValueError("which mode?")
    return x / 2


@case((2.0, "no such"))
def by_no_mode(x, mode):
    return by_mode(x, mode)


def scaled(x, how="double"):
    return by_mode(x, how) if how == "double" else x


@case(2.5, native=False, why="Numba's callees take any text, px's this one")
def by_default(x):
    return scaled(x)


@case(1, 4)
def with_a_list(n):
    return Point([k * k for k in range(n)], np.ones(n))


LIMITS = Point(-1.0, 10)
NESTED = (Point(1, 2), 0.5)


@case(3.5, -20)
def global_named_tuples(x):
    low, high = LIMITS
    return max(LIMITS.x, min(x, LIMITS.y)), LIMITS[1], low + high, NESTED[0].y * NESTED[1], LIMITS, len(LIMITS)


SINGLE = Point(np.float32(0.1), 3)


@case(2.0, python=False, why="np.float32 times a float is float64 in Numba; results are Python's numbers")
def of_a_global(x):
    return SINGLE.x * x, SINGLE, SINGLE.y
