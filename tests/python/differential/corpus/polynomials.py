"""Lines of coefficients as np.polynomial.polyutils has them."""

import numpy as np

from differential.case import case

POWERS = np.array([1, 2, 3, 0])


@case(
    np.arange(4),
    np.arange(6).reshape(2, 3),
    np.array([[1 + 2j, 0j], [0j, 0j]]),
    ((1, np.arange(3), np.arange(2, dtype=np.float32)),),
    (((0, 0, 1e-3, 0, 1e-5, 0, 0), (1, 2, 3, 4, 5, 6, 7)),),
    (((0, 0, 1e-3, 0, 0), (1j, 2, 3j, 4j, 0)),),
    (((1, 2, 3, 0),),),
    ((POWERS,),),
    ([POWERS, POWERS],),
    ([1.5, 2.0],),
    np.zeros((1, 0)),
    ((np.zeros(2), np.zeros(0)),),
)
def series_trimmed(items):
    return np.polynomial.polyutils.as_series(items)


@case((np.arange(4), False), (np.zeros((2, 3)), True), (np.zeros((2, 3)), False), ((POWERS, 2), False), ((POWERS, 2j), True))
def series_as_told(items, trim):
    return np.polynomial.polyutils.as_series(items, trim)


@case(
    np.zeros(0),
    np.zeros((0, 2)),
    np.arange(6.0, dtype=np.float32).reshape(3, 2).T,
    python=False,
    why="NumPy raises a ValueError where there is nothing, and keeps float32",
)
def series_of_nothing_and_float32(items):
    return np.polynomial.polyutils.as_series(items)


@case(2.5)
def series_of_lists(x):
    return np.polynomial.polyutils.as_series(([1, 2, 3, 0], [4, 0, 0]))


@case(2.5)
def series_of_a_list_and_a_number(x):
    return np.polynomial.polyutils.as_series((x, [1.1, 0.0]))
