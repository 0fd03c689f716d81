"""Records in records, and arrays in records."""

import numpy as np

from differential.case import case

PAIR = np.dtype([("x", np.float32), ("y", np.int64)])
BODY = np.dtype([("mass", np.float64), ("inner", PAIR), ("v", np.float64, (3,)), ("grid", np.int32, (2, 3)), ("pairs", PAIR, (2,))])
ALIGNED = np.dtype(
    [("tag", np.uint8), ("inner", np.dtype([("c", np.int8), ("d", np.float64)], align=True)), ("v", np.int16, (3,))], align=True
)
WHY = "CPython has no attributes of records in records unless they are recarrays"


def bodies(n=4):
    a = np.zeros(n, BODY)
    a["mass"] = np.arange(n) + 1
    a["inner"]["x"] = np.arange(n) * 0.5
    a["inner"]["y"] = 10 - np.arange(n)
    a["v"] = np.arange(3 * n).reshape(n, 3)
    a["grid"] = np.arange(6 * n).reshape(n, 2, 3)
    a["pairs"]["x"] = np.arange(2 * n).reshape(n, 2) + 0.25
    a["pairs"]["y"] = -np.arange(2 * n).reshape(n, 2)
    return a


def tagged(n=3):
    a = np.zeros(n, ALIGNED)
    a["tag"] = np.arange(n) + 250
    a["inner"]["c"] = -np.arange(n)
    a["inner"]["d"] = np.arange(n) / 4
    a["v"] = np.arange(3 * n).reshape(n, 3)
    return a


BODIES = ((bodies(),), (bodies(7)[::2],), (bodies()[::-1],), (bodies(1),))


@case(*BODIES, (bodies(0),))
def inner_fields(a):
    total = 0.0
    for i in range(len(a)):
        total += a[i]["inner"]["x"] * a[i]["inner"]["y"] + a[i]["mass"]
    return total


@case(*BODIES, python=False, why=WHY)
def inner_fields_by_attribute(a):
    total = 0.0
    for body in a:
        inner = body.inner
        total += inner.x * body.inner.y + body["inner"].x
    return total, a.inner.x, a["inner"]["y"]


@case(*BODIES, python=False, why=WHY)
def inner_fields_are_written(a):
    for i in range(len(a)):
        a[i].inner.x = i + 0.5
        a[i].inner.y += 2
        inner = a[i].inner
        inner.y *= 3
    return a


@case((tagged(),), (tagged(5)[1::2],))
def aligned(a):
    total = 0.0
    for i in range(len(a)):
        total += a[i]["inner"]["d"] * a[i]["inner"]["c"] + a[i]["v"][2]
        a[i]["v"][0] = a[i]["tag"]
        a[i]["inner"]["c"] += 100
    return total, a["v"], a["inner"]["c"]


@case((bodies(), 1, 2), (bodies(), -1, -3), (bodies(), 3, 0))
def elements(a, i, k):
    return a["v"][i, k], a[i]["v"][k], a[i]["grid"][1, k], a["grid"][i, 1, k], a["grid"][i][0][k]


@case((bodies(), 1, 3), (bodies(), 1, -4))
def beyond_an_array(a, i, k):
    return a[i]["v"][k]


@case((bodies(), 4, 0), (bodies(), -5, 0))
def beyond_the_records(a, i, k):
    return a["v"][i, k]


@case(*BODIES)
def arrays_of_fields(a):
    return a["v"], a["grid"], a["v"][0], a["grid"][:, 1], a[0]["v"], a["pairs"]["x"]


@case(*BODIES, python=False, why=WHY)
def arrays_are_written(a):
    for i in range(len(a)):
        a[i].v[1] = -i
        a[i].grid[1, 2] += 100
        a["grid"][i, 0, 0] = 7
        a[i]["v"][2:] = 0.5
    return a


@case(*BODIES)
def whole_arrays(a):
    total = 0.0
    for i in range(len(a)):
        v = a[i]["v"]
        v += 1.0
        total += v.sum() + len(v) + a[i]["grid"].size + a[i]["grid"].shape[1] + (v * v).max()
    return total, a["v"].sum()


@case(*BODIES)
def arrays_assigned_to(a):
    for i in range(len(a)):
        a[i]["v"][:] = a[0]["v"] + i
        a["grid"][i][:] = i
    return a["v"], a["grid"]


@case(*BODIES, python=False, why=WHY)
def records_in_arrays(a):
    total = 0.0
    for i in range(len(a)):
        a[i].pairs[0].x += 1
        a["pairs"][i, 1] = a[i].pairs[0]
        for p in a[i].pairs:
            total += p.x + p.y
    return total, a


@case((bodies(), 0, 2), (bodies(), -1, 0))
def copies_of_what_is_inside(a, i, j):
    a[i]["inner"] = a[j]["inner"]
    a[j]["inner"]["y"] = 99
    return a["inner"]["x"], a["inner"]["y"]


@case((bodies(), 0, 2), (bodies(), -1, 0))
def copies_of_the_whole(a, i, j):
    a[i] = a[j]
    b = a[np.array([i, j])]
    c = np.zeros_like(a)
    c[1:] = a[:-1]
    return a["v"], b["grid"], c["pairs"]["y"], c["inner"]["x"]


def energy(v, mass):
    total = 0.0
    for k in range(len(v)):
        total += v[k] * v[k]
    return mass * total / 2


def pushed(body, by):
    body["v"][0] += by
    return body["v"]


@case(*BODIES)
def between_functions(a):
    total = 0.0
    for i in range(len(a)):
        v = pushed(a[i], 0.5)
        total += energy(v, a[i]["mass"]) + v[0]
    return total, a["v"]


@case((4,), (0,), python=False, why=WHY)
def made(n):
    a = np.zeros(n, BODY)
    for i in range(n):
        a[i].inner.y = i
        a[i].v[i % 3] = 1.5
        a[i].pairs[1].x = 0.25
    return a, np.empty(n, PAIR).shape


@case(*BODIES, numba=False, native=False, why="Numba assigns neither to an array in a record nor to a field of all records")
def arrays_and_fields_as_wholes(a):
    a[0]["v"] = np.array([7.0, 8.0, 9.0])
    a["grid"] = 5
    a["inner"] = a[0]["inner"]
    a[0]["pairs"] = a[0]["inner"]
    return a["v"], a["grid"], a["inner"]["x"], a["pairs"]["y"]
