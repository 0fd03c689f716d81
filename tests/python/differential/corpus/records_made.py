"""Structured arrays that are made in px, and moved about as wholes."""

import numpy as np

from differential.case import case

POINT = np.dtype([("x", np.float64), ("y", np.float64), ("n", np.int32)])
PACKED = np.dtype([("tag", np.uint8), ("value", np.float32), ("count", np.int64)])
ALIGNED = np.dtype([("tag", np.uint8), ("value", np.float32), ("count", np.int64)], align=True)


def points(n=5):
    a = np.zeros(n, POINT)
    a["x"] = np.arange(n) + 0.5
    a["y"] = 3.0 - np.arange(n)
    a["n"] = np.arange(n) - 2
    return a.view(np.recarray)


POINTS = ((points(),), (points(8)[::2],), (points()[::-1],), (points(1),), (points(0),))
GRIDS = ((points(6).reshape(2, 3),), (np.asfortranarray(points(6).reshape(3, 2)),), (points(12).reshape(3, 4)[::2, ::-1],))
RECORDS = "CPython has no attributes of records unless arrays are recarrays"


@case((0,), (1,), (5,))
def zeros(n):
    return np.zeros(n, POINT), np.zeros((n, 2), dtype=PACKED), np.zeros(n, ALIGNED).itemsize


@case((4,), (0,), python=False, why=RECORDS)
def filled_in(n):
    a = np.empty(n, POINT)
    for i in range(n):
        a[i].x = i * 0.5
        a[i].y = -i
        a[i].n = i * i
    return a


@case((3, 4), python=False, why=RECORDS)
def in_two_dimensions(n, m):
    a = np.zeros((n, m), POINT)
    for i in range(n):
        for j in range(m):
            a[i, j].n = i * m + j
        a[i, -1].x = a[i]["n"].sum()
    return a


@case((-1,))
def of_negative_size(n):
    return np.zeros(n, POINT)


@case(*POINTS, *GRIDS)
def like_another(a):
    b = np.zeros_like(a)
    c = np.empty_like(a)
    c[:] = a
    return b["x"], b.shape, c["n"], c.itemsize


@case(*POINTS)
def of_its_dtype(a):
    b = np.zeros(len(a), a.dtype)
    for i in range(len(a)):
        b[i] = a[i]
    return b["x"], b["n"], b.nbytes


@case(*POINTS, numba=False, native=False, why="Numba's dtypes have no size")
def sizes(a):
    return a.dtype.itemsize, a.itemsize, a.nbytes, POINT.itemsize


@case(*POINTS, *GRIDS)
def copied(a):
    b = a.copy()
    b["x"][:] = -1.0
    return b["x"], b["n"], a["x"]


@case(*POINTS, *GRIDS)
def flattened(a):
    return a.flatten()["n"], a.ravel()["x"], a.T["n"]


@case((points(6), 2), (points(6), -1), (points(6), 4))
def reshaped(a, n):
    b = a.reshape(n, 3)
    b[0, 1] = b[1, 0]
    return a["n"], b["n"]


@case(*POINTS)
def masked(a):
    b = a[a["x"] > 1]
    c = a[a["n"] < 1]
    return b["x"], b["n"], c["y"], len(c)


@case((points(), np.array([1, 0, -1])), (points(), np.zeros(0, np.int64)), (points(), np.array([5])), (points(), np.array([4, -6])))
def chosen(a, index):
    b = a[index]
    return b["x"], b["n"]


@case(*GRIDS)
def chosen_from_rows(m):
    b = m[np.array([1, 0, 1])]
    c = m[:, np.array([1, -1])]
    return b["n"], c["n"], b.shape, c.shape


@case(*POINTS)
def sorted_by_a_field(a):
    b = a[np.argsort(-a["x"])]
    return b["x"], b["n"]


@case((points(), 1, 3, 0), (points(), 0, 2, 3), (points(), 3, 9, 0), (points(), 1, 3, 4), (points(), 2, 5, 1))
def parts_are_assigned(a, start, stop, source):
    a[start:stop] = a[source : source + 2]
    return a["x"], a["n"]


@case((points(), 1), (points(), -1))
def one_record_for_all(a, i):
    a[2:] = a[i]
    b = np.full(3, a[0])
    b[1] = a[3]
    return a["x"], a["n"], b["x"]


@case(*POINTS[:3])
def where_a_mask_says(a):
    a[a["n"] > 0] = a[0]
    a[np.array([1, 1])] = a[2:4] if len(a) > 4 else a[:2]
    return a["x"], a["n"]


@case((points(),), (points(2),))
def swapped_by_a_copy(a):
    kept = a[:1].copy()
    a[0] = a[1]
    a[1] = kept[0]
    return a["x"], a["n"]


@case((points(),), (points(2),))
def a_record_is_no_copy(a):
    first = a[0]
    a[0] = a[1]
    a[1] = first
    return a["x"], a["n"]


def moved(p, by):
    p.x += by
    return p


def nearest(points, x):
    best = points[0]
    for p in points:
        if abs(p.x - x) < abs(best.x - x):
            best = p
    return best


@case((points(), 2.1), (points(), -7.0))
def records_between_functions(a, x):
    p = nearest(a, x)
    q = moved(p, 0.25)
    q.n = 77
    return p.x, q.x, a["x"], a["n"]


@case((3,), python=False, why=RECORDS)
def a_record_of_a_new_array(n):
    a = np.zeros(n, POINT)
    moved(a[1], 2.5).n = 4
    return nearest(a, 2.0).x, a


def accumulated(n):
    kept = np.zeros(1, POINT)
    for i in range(n):
        a = np.zeros(8, POINT)
        a[i % 8].x = i
        if a[3].x >= kept[0].x:
            kept[0] = a[3]
    return kept


@case((5000,), python=False, why=RECORDS)
def temporaries(n):
    return accumulated(n)[0].x


@case((points(),), (points(1),))
def fields_by_number(a):
    return a[0][0], a[0][2]
