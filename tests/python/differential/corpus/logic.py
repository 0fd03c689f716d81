"""Comparisons, boolean operators, conditional expressions."""

import numpy as np

from differential.case import case

PAIRS = ((1, 2), (2, 1), (2, 2), (1.5, 2), (2, 1.5), (2.0, 2), (True, 1), (float("nan"), 1.0), (0.0, -0.0))


@case(*PAIRS)
def comparisons(a, b):
    return a < b, a <= b, a > b, a >= b, a == b, a != b


@case((1, 2, 3), (3, 2, 1), (1, 1, 1), (1, 3, 2), (1.5, 2, 2.5))
def chained(a, b, c):
    return a < b < c, a <= b <= c, a < b > c, a == b == c


@case((0, 1), (1, 0), (2, 3), (0, 0))
def and_or_values(a, b):
    return (a and b), (a or b)


@case((0, 1.5), (2, 0.0), (3, 2.5))
def and_or_mixed(a, b):
    return (a and b) + 0.0, (a or b) + 0.0


@case((True, False), (False, True), (True, True), (False, False))
def boolean_operators(a, b):
    return a and b, a or b, not a, a != b, a & b, a | b, a ^ b


@case(0, 1, -1, 0.0, 0.5, float("nan"), True, False)
def truth(x):
    if x:
        return 1
    return 0


@case(0, 1, 2.5, False)
def negation(x):
    return not x


@case(1, 5, -3)
def conditional(x):
    return x * 2 if x > 2 else x - 1


@case(1, 5)
def conditional_types(x):
    return x if x > 2 else 0.5


@case((1, 2, 3), (5, 2, 3), (5, 9, 3))
def nested_conditional(a, b, c):
    return a if a < b else b if b < c else c


@case((1, 2, 3), (3, 1, 2), (0, 0, 0), (9, 1, 5))
def short_circuit(a, b, c):
    if (a > b and b > c) or not (a == c):
        return 1
    elif a == b == c:
        return 2
    return 3


@case((0, 5), (2, 5), (5, 0))
def guards_division(a, b):
    if a != 0 and b / a > 2:
        return 1
    if b == 0 or a / b > 0.3:
        return 2
    return 3


@case(1, 2, 7)
def member(x):
    return x in (1, 2, 3), x not in (1, 5)


@case(None, 3)
def none_argument(x):
    if x is None:
        return 1
    return 2


@case(5)
def none_default(a, b=None):
    if b is not None:
        return a + b
    return a


@case(3, -3, 0)
def sign(x):
    if x > 0:
        s = 1
    elif x < 0:
        s = -1
    else:
        s = 0
    return s


@case(3, 4, numba=False, native=False, why="Numba does not type a walrus in a condition")
def walrus(x):
    if (y := x * 2) > 6:
        return y
    return -y


@case((1, 2), (2, 1))
def boolean_arithmetic(a, b):
    return (a < b) + (a > b) * 10 + (a == b) * 100


@case((3, 2.5))
def equality_of_tuples(a, b):
    return (a, b) == (3, 2.5), (a, b) != (3, 2.5), (a, 1) == (a, 2)


@case(np.ones(2), np.zeros((1, 2)), (3.5,))
def what_is_not_of_one_kind(a):
    return a is True, a is not True, (a, a) is None, a is None
