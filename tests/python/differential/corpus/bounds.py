"""Indices over a range that stops at an axis of an array, by whatever name: baseline code leaves out the checks that it can prove."""

import numpy as np

from differential.case import case

LONG, SHORT = np.arange(7.0), np.arange(100.0, 104.0)
GRID = np.arange(12.0).reshape(3, 4)


@case((GRID, GRID.T.copy()), (GRID, GRID))
def axes_by_name(a, b):
    rows, inner, columns = a.shape[0], a.shape[1], b.shape[1]
    product = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            total = 0.0
            for k in range(inner):
                total += a[i, k] * b[k, j]
            product[i, j] = total
    return product


@case((LONG, LONG), (SHORT, LONG), (LONG, SHORT))
def axis_of_another_array(a, b):
    n = a.shape[0]
    total = 0.0
    for i in range(n):
        total += b[i]
    return total


@case((LONG, 0), (LONG, 1))
def axis_and_more(a, more):
    n = a.shape[0]
    m = n
    m += more
    total = 0.0
    for i in range(m):
        total += a[i]
    return total + n


@case((LONG, SHORT, True), (LONG, SHORT, False), (SHORT, LONG, False))
def axis_of_either_array(a, b, first):
    n = a.shape[0] if first else b.shape[0]
    total = 0.0
    for i in range(n):
        total += b[i]
    return total


@case((LONG, LONG), (LONG, SHORT), (SHORT, LONG))
def arrays_that_change_places(a, b):
    n = a.shape[0]
    total = 0.0
    for _ in range(2):
        for i in range(n):
            total += a[i]
        a, b = b, a
    return total


@case((LONG, SHORT), (SHORT, LONG))
def another_name_for_the_array(a, b):
    c = a
    n = c.shape[0]
    for i in range(n):
        a[i] += 1.0
    c = b
    total = 0.0
    for i in range(n):
        total += c[i]
    return total


@case((LONG, SHORT), (SHORT, LONG))
def one_variable_for_two_ranges(a, b):
    n, m = a.shape[0], b.shape[0]
    total = 0.0
    for i in range(n):
        total += a[i]
    for i in range(m):
        total += a[i]
    return total


@case((LONG, 3), (LONG, 12), (LONG, -12))
def variable_moved_on_in_the_round(a, by):
    n = a.shape[0]
    total = 0.0
    for i in range(n):
        i += by
        total += a[i]
    return total
