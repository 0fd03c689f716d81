"""Branches that None, constants and types decide: which sides have a part in what variables become."""

import numpy as np

from differential.case import case

FLAG = True
COUNT = 3
NOTHING = None
NAME = "abc"
PAIR = (1, 2)
ARGUMENTS = ((1, None), (1, 2), (1, True), (1, 2.5), (1,))
ARRAY = np.array([1, 0, 1])
UNTYPED = "Numba types the side that is not taken too, and finds an array and a number"


@case(*ARGUMENTS)
def default_by_branch(x, m=None):
    if m is None:
        y = 1.5
    else:
        y = m
    return y


@case(*ARGUMENTS)
def default_by_expression(x, m=None):
    y = 1.5 if m is None else m
    return y


@case(*ARGUMENTS)
def default_in_place(x, m=None):
    m = 1.5 if m is None else m
    return m


@case(*ARGUMENTS)
def default_assigned(x, m=None):
    if m is None:
        m = 1.5
    return m * x


@case(*ARGUMENTS)
def default_returned(x, m=None):
    if m is not None:
        return m
    return 1.5


@case(*ARGUMENTS)
def none_or_large(x, m=None):
    """Where an argument is None, Numba writes a number in the comparison's place."""
    return m is None or m > 2


@case(*ARGUMENTS)
def given_and_large(x, m=None):
    return m is not None and m > 2


@case(*ARGUMENTS)
def named_test(x, m=None):
    n = m is None
    if n:
        return n, 1.5
    return n, 2


@case(*ARGUMENTS)
def test_of_a_copy(x, m=None):
    k = m
    if k is None:
        return 1.5
    return k


@case(*ARGUMENTS)
def equal_to_none(x, m=None):
    if m == None:  # noqa: E711
        y = 1.5
    else:
        y = m
    return y, m != None  # noqa: E711


@case((1, None), (1, np.array([1, 0, 1])), (1,))
def mask_or_none(x, m=None):
    count = 0
    for i in range(3):
        valid = m is None or m[i] > 0
        if valid:
            count += 1
    return count


@case((1, None), (1, np.array([2, 0, 1])), (1,))
def weight_or_none(x, m=None):
    total = 0
    for i in range(3):
        if m is None:
            w = 2.5
        else:
            w = m[i]
        total += w
    return total


@case(*ARGUMENTS)
def loop_while_given(x, m=None):
    while m is not None and x < 5:
        x += m
    return x


@case(*ARGUMENTS)
def truth_of_none(x, m=None):
    if m:
        return 1.5
    return x


@case((1, ARRAY), numba=False, native=False, why=UNTYPED)
def array_or_number(x, m=None):
    if m is None:
        return x
    return m


@case((5, np.arange(3.0), (1, 2), None, "abc", True))
def decided(i, a, t, n, s, b):
    """1 of the sides that are not typed, 0.5 of those that are."""
    k = 3
    r0 = 1 if FLAG else 2.5
    r1 = 1 if COUNT == 3 else 2.5
    r2 = 1 if NOTHING is None else 2.5
    r3 = 1 if NAME == "abc" else 2.5
    r4 = 1 if PAIR else 2.5
    r5 = 1 if len(PAIR) == 2 else 2.5
    r6 = 1 if FLAG is True else 2.5
    r7 = 1 if a.ndim == 1 else 2.5
    r8 = 1 if len(t) == 2 else 2.5
    r9 = 1 if t else 2.5
    return r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, 1 if k == 3 else 2.5


@case((5, np.arange(3.0), (1, 2), None, "abc", True))
def decided_by_types(i, a, t, n, s, b):
    r0 = 1 if isinstance(i, int) else 2.5
    r1 = 1 if i is not None else 2.5
    r2 = 1 if n is None else 2.5
    r3 = 1 if not n else 2.5
    r4 = 1 if s == "abc" else 2.5
    r5 = 1 if -COUNT == -3 else 2.5
    r6 = 1 if (n is None) == True else 2.5  # noqa: E712
    r7 = 1 if b is True else 2.5
    r8 = 1 if n is None or i > 0 else 2.5
    return r0, r1, r2, r3, r4, r5, r6, r7, r8


@case(*ARGUMENTS)
def decided_further_up(x, m=None):
    """The argument itself is not read any more where the branch is."""
    n = m is None
    for i in range(2):
        x += i
    if n:
        y = 1
    else:
        y = 2.5
    return x, y
