"""enumerate, zip, sum, any and all; loops over tuples."""

import numpy as np

from differential.case import case

ONE = ((np.array([3.0, 1.0, 2.5]),), (np.arange(5),), (np.arange(6.0)[::-2],), (np.zeros(0),), (np.array([1, 2], np.uint8),))

HERE_ALONE = {"numba": False, "native": False, "why": "Numba has no any and all"}


@case(*ONE)
def numbered(a):
    s = 0.0
    for i, x in enumerate(a):
        s += i * x
    return s


@case((np.arange(4.0), 10), (np.arange(4.0), -1), (np.arange(2.0), np.int32(3)))
def numbered_from(a, n):
    s = 0.0
    k = 0
    for k, x in enumerate(a, n):
        s += k * x
    for k, x in enumerate(a, n + 1):
        s -= k * x
    return s, k


@case(0, 1, 5)
def numbered_range(n):
    s = 0
    for i, x in enumerate(range(n, 3 * n, 2)):
        s = s * 3 + i * x
    return s


@case(np.arange(12.0).reshape(3, 4), np.arange(6).reshape(2, 3).T)
def numbered_rows(m):
    s = 0.0
    for i, r in enumerate(m):
        s += i * r[-1]
        r[0] = i
    return s


@case((np.arange(4.0), np.arange(3)), (np.arange(3), np.arange(4.0)), (np.zeros(0), np.arange(3)), (np.arange(5)[::-1], np.arange(5.0)))
def pairs(a, b):
    s = 0.0
    for x, y in zip(a, b):
        s = s * 0.5 + x * (y + 1)
    return s


@case((np.arange(4.0), np.arange(2)), (np.arange(1.0), np.arange(3)))
def keeps_the_last_pair(a, b):
    pair = (-1.0, -1)
    for pair in zip(a, b):
        pass
    return pair


@case((np.arange(4.0), 3))
def three_together(a, n):
    s = 0.0
    for x, i, t in zip(a, range(n), (5, 6, 7, 8)):
        s += x * i * t
    return s


@case(np.arange(4.0))
def nested(a):
    s = 0.0
    for i, (x, y) in enumerate(zip(a, a[1:])):
        s += i * (y - x)
    return s


@case((np.arange(6.0), np.arange(6.0)))
def leaves_early(a, b):
    found = -1
    for i, (x, y) in enumerate(zip(a, b)):
        if x + y > 5:
            found = i
            break
    else:
        found = -2
    return found


@case((1, 2, 3), (5, -1, 0))
def over_a_tuple(a, b, c):
    s = 0
    for x in (a, b, c):
        s = s * 10 + x
    for d in (1.5, 2.5):
        s += int(d)
    return s


@case(np.zeros((2, 3, 4)))
def over_a_shape(t):
    n = 1
    for k in t.shape:
        n *= k
    return n


@case(*ONE, (np.array([True, True]),))
def added_up(a):
    return sum(a)


@case(np.array([0.1, 0.2, 0.3], np.float32), python=False, why="0 + np.float32 is a float64")
def added_up_in_float64(a):
    return sum(a)


@case((np.arange(4.0), 0.5), (np.arange(4), 0.5), (np.arange(4), 3))
def added_to(a, x):
    return sum(a, x), sum((x, x))


@case(0, 7)
def added_range(n):
    return sum(range(n)), sum(range(n), 10)


@case(
    (np.array([0.0, 0.0]),),
    (np.array([0, 3]),),
    (np.array([1, 3]),),
    (np.zeros(0),),
    (np.array([np.nan]),),
    (np.array([True, False]),),
    **HERE_ALONE,
)
def truths(a):
    return any(a), all(a)


@case((1, 0), (0, 0), (2, 3), **HERE_ALONE)
def truths_of_tuples(x, y):
    return any((x > 1, y > 1)), all((x > 1, y > 1)), any((x, y)), all((x, y))


@case(5)
def again(n):
    s = 0
    for i in range(n):
        for j, k in enumerate(range(i)):
            s += j * k
    return s


NDITER = {"python": False, "why": "NumPy's items are arrays of their own, and Numba's sizes below zero one round"}


@case((3, 2.5), (-1, 0.0), (np.int32(7), np.float32(0.5)), **NDITER)
def numbers_as_arrays(n, x):
    total = 0.0
    for a in np.nditer(n):
        total += a.item()
    for a, b in np.nditer((n, x)):
        total += a.item() * b.item()
    return total


@case((np.arange(4.0), 0.5), **NDITER)
def an_array_with_a_number(a, x):
    total = 0.0
    for v, w in np.nditer((a, x)):
        total = total * 0.5 + v.item() * w.item()
    return total


@case((2, 3), (0, 3), (-2, 3), (3, -2), (-1, -1), (np.int32(2), np.int32(-3)), **NDITER)
def rounds_of_sizes(m, n):
    count, total = 0, 0
    for i, j in np.ndindex(m, n):
        count += 1
        total = total * 3 + i * 10 + j
    return count, total


@case()
def rounds_of_no_sizes():
    count = 0
    for index in np.ndindex(()):
        count += len(index) + 1
    return count


@case(5)
def rounds_of_nothing(x):
    for i in zip():
        x += len(i) + 1
    return x


@case((3, 0, 10, 3), (4, 0, 10, 3), (-2, 5, -10, -1), (9, 0, 9, 1), (2**62, 0, 2**63 - 1, 2), (True, 0, 2, 1))
def among_steps(x, start, stop, step):
    return x in range(start, stop, step), x not in range(start, stop), x in range(stop)


@case((2.0, 5), (2.5, 5), (-1.0, 5), (np.float32(3.0), 5), (1e300, 5), (float("nan"), 5), (float("inf"), 5))
def a_float_among_steps(x, stop):
    return x in range(stop), x in range(4, -5, -2), x not in range(0, stop, 3)


@case((7, 3), (0, 0), python=False, why="CPython has no range without a step")
def among_no_steps(x, step):
    return x + 0.5 in range(0, 10, step)


EMPTY = "NumPy 2.2 and Numba: an empty array has no truth"


@case((np.array([3]),), (np.array([0.0]),), (np.array([[True]]),), (np.array(2.5),), (np.arange(3),), (np.zeros(0),))
def truth_of_an_array(a):
    if a:
        return 1
    return 2 if not a else 3


@case((np.array([3]), 3, 4), (np.array([[4.0]]), 3, 4), (np.array([5.0]), 3, 4), (np.arange(3.0), 3, 4), (np.zeros(0), 3, 4))
def an_array_among_numbers(a, x, y):
    return a in (x, y), a not in (y, x)


@case((1, 2, 2), (3, 2, 2), (2, 2.0, 1))
def where_in_a_tuple(x, y, z):
    return (1, 2, 3).index(x), (y, y, y).index(z)
