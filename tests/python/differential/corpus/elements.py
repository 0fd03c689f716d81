"""Elements one after another: np.nditer, .flat, arrays in no dimensions."""

import numpy as np

from differential.case import case


def two(dtype=np.float64):
    return (np.arange(12) * 1.5 - 4).astype(dtype).reshape(3, 4)


ARRAYS = (
    (two(),),
    (two(np.int32),),
    (two().T,),
    (two()[:, ::2],),
    (np.arange(5.0),),
    (np.arange(9, dtype=np.uint8)[1::2],),
    (np.array(2.5),),
    (np.arange(24.0).reshape(2, 3, 4),),
)


@case(*ARRAYS)
def in_memory_order(a):
    items = np.zeros(a.size)
    k = 0
    for v in np.nditer(a):
        items[k] = v.item()
        k += 1
    return items, k


@case((np.zeros((0, 3)),), (np.zeros(0),), python=False, why="NumPy goes over nothing only where that is asked for")
def of_nothing(a):
    count = 0
    for v in np.nditer(a):
        count += v.item()
    return count


@case((np.arange(5.0)[::-1],), (two()[::-1],), python=False, why="NumPy turns negative steps round where the order is its own to choose")
def in_reverse(a):
    total = 0.0
    for v in np.nditer(a):
        total = total * 0.5 + v.item()
    return total


@case(*ARRAYS)
def numbered(a):
    total = 0.0
    for i, v in enumerate(np.nditer(a)):
        total += i * v.item()
    return total


@case((two(), two() * 2), (two(), two().T.copy().T), (two().T, two().T), (np.arange(4.0), np.arange(4)), (two(), np.arange(4.0)))
def two_together(a, b):
    total = 0.0
    for x, y in np.nditer((a, b)):
        total = total * 0.5 + x.item() - 3 * y.item()
    return total


@case((two(), np.zeros((4, 3))), (np.arange(3.0), np.arange(4.0)), (two(), np.arange(3.0)))
def that_do_not_fit(a, b):
    total = 0.0
    for x, y in np.nditer((a, b)):
        total += x.item() * y.item()
    return total


@case(*ARRAYS, python=False, why="NumPy's iterators read only where nothing else is said")
def written(a):
    for v in np.nditer(a):
        v[()] = v.item() + 1


@case(*(a for a in ARRAYS if a[0].dtype != np.uint8))
def arithmetic_without_dimensions(a):
    total = 0.0
    below = 0
    for v in np.nditer(a):
        total += v * 2.0 - np.sqrt(np.abs(v))
        if v < 3:
            below += 1
    return total, below


@case((np.array([3.5]),), (np.array([[7]]),), (np.array(2.0),), (np.array([1.0, 2.0]),), (np.zeros(0),))
def single_item(a):
    return a.item()


UNCHECKED = "Numba reads and writes .flat at any index, within the array or not"
FLAT = tuple((a, i) for a in (two(), two().T, two(np.int16)[:, ::2], np.arange(6.0)) for i in (0, 3, -1, 5))


@case(*FLAT, numba=False, why=UNCHECKED)
def flat_item(a, i):
    return a.flat[i], len(a.flat)


@case(*FLAT, numba=False, why=UNCHECKED)
def flat_item_is_set(a, i):
    a.flat[i] = 9
    a.flat[i - 1] += 2
    return a.flat[i]


@case((two(), 12), (two(), -13), (two().T, 12), (np.zeros((0, 3)), 0), (two(), np.uint8(200)), numba=False, why=UNCHECKED)
def beyond_the_flat(a, i):
    return a.flat[i]


@case((two(), 12), (two().T, -13), numba=False, why=UNCHECKED)
def set_beyond_the_flat(a, i):
    a.flat[i] = 1.0


@case(*ARRAYS[:5])
def flat_from_end_to_end(a):
    for i in range(a.size):
        a.flat[i] = a.flat[a.size - 1 - i] * 0.5
    return a.sum()
