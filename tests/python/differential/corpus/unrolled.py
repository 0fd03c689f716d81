"""Loops over tuples of several types, and constants that are asked for: `literal_unroll` and `literally`."""

import numpy as np
from numba import literal_unroll, literally

from differential.case import case

PLAIN = {"numba": False, "native": False, "why": "Numba takes no such tuple without literal_unroll"}
NUMBERS = ((1, 2.5, 3),)
MIXED = ((np.arange(3.0), (1, 2), np.zeros((2, 2))),)


@case(NUMBERS, ((2**60 + 1, 3, 0.5),), ((True, 2.5, 1j),), ((1, 2, 3),))
def sum_of_items(t):
    s = 0
    for v in literal_unroll(t):
        s += v
    return s


@case(MIXED)
def sum_of_lengths(t):
    n = 0
    for v in literal_unroll(t):
        n += len(v)
    return n


@case()
def texts():
    n = 0
    for name in literal_unroll(("ab", "c", "ab")):
        n += 1 if name == "ab" else 10
    return n


@case(((1, 2.0, 3), 9), ((1, 2.0, 3), 1.5), ((2, 2.0, 2), 3))
def left_early(t, stop):
    n = 0
    for v in literal_unroll(t):
        if v > stop:
            break
        if v == 2:
            continue
        n += v
    else:
        return -1.5
    return n


@case(((1, 2.5), (2, 0.5, True)), numba=False, native=False, why="Numba nests no literal_unroll")
def one_in_another(t, u):
    n = 0
    for v in literal_unroll(t):
        for w in literal_unroll(u):
            n = n * 3 + v * w
    return n


@case(((1, 2.5), 4), ((1.5, 2), 0))
def in_a_loop(t, rounds):
    s = 0.0
    for i in range(rounds):
        for v in literal_unroll(t):
            s = s * 0.5 + v * i
    return s


@case(((2, 2.5, 0, 0.0),), native=False, numba=False, why="Numba unrolls no try")
def with_a_handler(t):
    s = 0
    for v in literal_unroll(t):
        try:
            s += 10 // v
        except Exception:
            s += 1000
    return s


@case(((2, 2.5),), ((0, 2.5),), ((2, 0.0),))
def an_exception_in_a_copy(t):
    s = 0.0
    for v in literal_unroll(t):
        s += 10 / v
    return s


@case(((1, 2.5, 3),), ((1, 2.0),))
def the_tuple_changes_in_it(t):
    n = 0.0
    u = t
    for v in literal_unroll(t):
        u = t
        n += v * len(u)
    return n


@case(NUMBERS, MIXED, **PLAIN)
def without_being_asked(t):
    n = 0
    for v in t:
        n += np.sum(np.asarray(v))
    return n


@case(NUMBERS, ((1, 2.5, 3j),), **PLAIN)
def in_a_comprehension(t):
    return len([v * 2.0 for v in t])


@case(((1.5, 2),), ((1.5, 7),), numba=False, native=False, why="Numba finds no type for the item behind the loop")
def returned_from_it(t):
    for v in literal_unroll(t):
        if v == 2:
            return v
    return -1


@case(NUMBERS, ((1, True, 2.5),))
def constants_as_indices(t):
    s = 0.0
    for i in literal_unroll((0, 2, 1)):
        s = s * 10 + t[i]
    return s


@case(((1, 2.5, 3),))
def the_item_is_assigned_to(t):
    s = 0.0
    for v in literal_unroll(t):
        w = v
        if v > 2:
            w = v * 0.5
        s += w
    return s


@case(((1, 2),), ((1.5, 2.5),))
def the_last_one_behind_it(t):
    for v in literal_unroll(t):
        pass
    for w in literal_unroll((5, 7)):
        w += 1
    return v, w


@case(3)
def the_value_itself(x):
    return literally(x) + literally(2)
