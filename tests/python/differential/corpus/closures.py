"""Functions inside functions, lambdas, what they capture, and functions as arguments."""

import numpy as np

from differential.case import case

WEIGHTS = np.array([0.5, 0.25, 2.0])


@case((1, 2.0), (2.5, 3))
def inner_function(a, b):
    def line(x):
        return a * x + b

    return line(2), line(3.5)


@case(4, 0, numba=False, native=False, why="Numba passes the default although k is given")
def lambda_with_a_default(n):
    total = 0
    for i in range(n):
        weight = lambda x, k=2: x * i + k  # noqa: E731
        total += weight(i) + weight(1, k=3)
    return total


@case(np.array([1.0, 2.0, 4.0]))
def captures_an_array(a):
    def at(k):
        return a[k] * WEIGHTS[k]

    a[0] = 7.0
    return at(0) + at(1) + at(2)


@case(2, 5.5)
def inner_of_inner(a):
    def outer(y):
        z = y + a
        return (lambda x: x * z + a)(3)

    return outer(2) - outer(1)


def applied(function, x):
    return function(x) + 1


def doubled(x):
    return x * 2


@case(3, 1.25)
def passes_functions(a):
    return applied(doubled, a), applied(doubled, 2.5)


@case(3, 1.25, python=True, numba=False, native=False, why="Numba makes no function of a lambda that captures")
def passes_closures(a):
    return applied(lambda x: x * a, a), applied(lambda x: x + 1, a)


MISPLACED = "Numba's inlining puts all defaults behind what is given, so that some of several get another's"


@case(3, 2.5)
def inner_defaults(x):
    def one(z, k=2):
        return z * k

    def two(z, k=2, t=(1, -2.5)):
        return z * k + t[0] * t[1]

    return one(x), one(x, 0.5), two(x), two(x, 3, (2, 4.5))


@case(3, 2.5)
def default_of_a_lambda(x):
    scale = lambda z, k=0.5: z * k  # noqa: E731
    return scale(x), scale(x, 4)


@case(3, 2.5)
def inner_default_of_none(x):
    def times(z, k=None):
        if k is None:
            k = 1
        return z * k

    return times(x), times(x, 2), times(x, 2.5)


@case(3, 2.5)
def default_of_the_innermost(x):
    def outer(z, k=3):
        def deep(w, q=0.25):
            return w * q + k

        return deep(z) + deep(z, 2)

    return outer(x), outer(x, 1)


@case(3, 2.5, numba=False, native=False, why=MISPLACED)
def some_defaults_left_out(x):
    def two(z, k=2, m=0.5):
        return z * k + m

    return two(x, 3)


@case(3, 2.5, numba=False, native=False, why="Numba knows no names of an inner function's parameters")
def inner_defaults_by_name(x):
    def outer(z):
        def deep(w, q=0.25):
            return w * q

        return deep(z) + deep(w=z, q=2)

    return outer(x)
