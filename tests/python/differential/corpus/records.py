"""Structured arrays: records and their fields, read and written."""

import numpy as np

from differential.case import case

POINT = np.dtype([("x", np.float64), ("y", np.float64), ("n", np.int32), ("on", np.bool_)])
PACKED = np.dtype([("tag", np.uint8), ("value", np.float32), ("count", np.int64)])
ALIGNED = np.dtype([("tag", np.uint8), ("value", np.float32), ("count", np.int64)], align=True)


def points(n=5):
    a = np.zeros(n, POINT)
    a["x"] = np.arange(n) * 0.5
    a["y"] = 3.0 - np.arange(n)
    a["n"] = np.arange(n) - 2
    a["on"] = np.arange(n) % 2 == 0
    return a.view(np.recarray)


def tagged(dtype, n=6):
    a = np.zeros(n, dtype)
    a["tag"] = np.arange(n) + 250
    a["value"] = np.linspace(-1, 1, n)
    a["count"] = 10 ** np.arange(n)
    return a.view(np.recarray)


POINTS = ((points(),), (points(8)[::2],), (points()[::-1],), (points(1),), (points(0),))
TAGGED = ((tagged(PACKED),), (tagged(ALIGNED),), (tagged(PACKED)[1::2],))


@case(*POINTS)
def sums_of_fields(a):
    total, count = 0.0, 0
    for i in range(len(a)):
        total += a[i].x * a[i]["y"]
        count += a[i].n
        if a[i].on:
            total += 0.25
    return total, count


@case(*POINTS)
def one_record_after_another(a):
    total = 0.0
    for p in a:
        total += p.x - p.y + p.n
    return total


@case(*TAGGED)
def fields_of_every_type(a):
    total = 0.0
    for i in range(a.size):
        r = a[i]
        total += r.tag + r.value * r.count
    return total, a.ndim, a.itemsize, a.nbytes, a.shape


@case(*POINTS)
def fields_are_written(a):
    for i in range(len(a)):
        p = a[i]
        p.x = p.y * 2
        p.n += 7
        p["on"] = not p["on"]
        a[i].y = i
    return len(a)


@case(*TAGGED)
def fields_wrap_as_their_types(a):
    for i in range(len(a)):
        a[i].tag += 200
        a[i].value = 1 / 3
        a[i].count = -a[i].count


@case(*POINTS)
def fields_as_arrays(a):
    return a["x"] * 2 + a.y, a["n"], a.on


@case(*POINTS)
def elements_of_fields(a):
    x = a["x"]
    for i in range(len(x)):
        x[i] += i
        a.n[i] = i * i
    return x.sum()


@case(*POINTS)
def parts_of_the_array(a):
    b = a[1:]
    c = a[::-2]
    return b["x"], c["n"], len(b), b.shape, c.strides == a.strides


@case((points(), 0), (points(), -1), (points(), 4), (points(), -5), (points(), np.uint8(2)))
def at(a, i):
    return a[i].x, a[i].n


@case((points(), 5), (points(), -6), (points(0), 0), (points(), 2**40))
def beyond(a, i):
    return a[i].x


@case((points(4).reshape(2, 2),), (np.asfortranarray(points(6).reshape(3, 2)),))
def in_two_dimensions(m):
    total = 0.0
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            total += m[i, j].x * (i + 1) + m[i, -1].y
    return total, m[0]["x"], m["n"]


@case((points(4).reshape(2, 2), 0, 2), (points(4).reshape(2, 2), 2, 0), (points(4).reshape(2, 2), -3, 0))
def beyond_in_two_dimensions(m, i, j):
    return m[i, j].y


@case((points(), 0, 3), (points(), -1, 1))
def a_record_is_its_place(a, i, j):
    p = a[i]
    q = a[j]
    p.x = 100.0
    a[j].x = p.x + 1
    return a[i].x, q.x


def shifted(p, by):
    p.x += by
    return p.x * p.n


@case((points(),))
def records_are_handed_on(a):
    total = 0.0
    for i in range(len(a)):
        total += shifted(a[i], 0.5)
    return total


@case((points(), 1, 3), (points(), -2, 0))
def records_are_copied(a, i, j):
    a[i] = a[j]
    a[j].x = -1.0
    return a[i].x


@case((points(), True), (points(), False))
def one_or_the_other(a, first):
    p = a[0] if first else a[1]
    return p.x + p.y


@case(*POINTS, numba=False, native=False, why="Numba does not assign to a field of a whole array")
def whole_fields_are_assigned(a):
    a["x"] = 2.5
    a["y"] = a["x"] + a["n"]
    a["n"] += 1
