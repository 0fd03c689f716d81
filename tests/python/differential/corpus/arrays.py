"""Arrays of one to three dimensions, in each layout and element type."""

import numpy as np

from differential.case import case


def one(dtype=np.float64):
    return np.array([3, 1, 4, 1, 5, 9, 2, 6]).astype(dtype)


def two(dtype=np.float64):
    return np.arange(12).astype(dtype).reshape(3, 4)


ONE = tuple(
    (one(t),) for t in (np.float64, np.float32, np.int64, np.int32, np.int16, np.int8, np.uint8, np.uint16, np.uint32, np.uint64, np.bool_)
)
LAYOUTS = ((two(),), (np.asfortranarray(two()),), (two()[:, ::2],), (two()[::-1],), (two().T,), (two(np.int64),), (two(np.uint8).T,))
THREE = (
    (np.arange(24.0).reshape(2, 3, 4),),
    (np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1),),
    (np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),),
)


@case(*ONE)
def total(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i]
    return s


@case(*ONE)
def elements(a):
    return a[0], a[-1], a[len(a) // 2]


@case(*ONE[:-1])
def sum_in_its_type(a):
    s = a[0]
    for i in range(1, len(a)):
        s = s + a[i]
    return s


@case(*ONE[-1:], python=False, why="NumPy adds booleans as `or`")
def sum_of_booleans(a):
    s = a[0]
    for i in range(1, len(a)):
        s = s + a[i]
    return s


@case(*ONE, (one()[::2],), (one()[::-1],))
def iterate(a):
    s = 0.0
    for x in a:
        s = s * 0.5 + x
    return s


@case(*LAYOUTS)
def weigh(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j] * (i + 10 * j)
    return s


@case(*LAYOUTS)
def corners(a):
    return a[0, 0], a[-1, -1], a[0, -1], a[-1, 0]


@case(*THREE)
def weigh_three(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for k in range(a.shape[2]):
                s = s * 1.25 + a[i, j, k]
    return s, a[-1, -2, -1]


@case(*LAYOUTS, *THREE, *ONE)
def facts(a):
    return a.ndim, a.size, len(a), a.shape[0], a.shape[-1]


@case(*LAYOUTS)
def shape_as_tuple(a):
    n, m = a.shape
    return n * 100 + m


@case(*ONE)
def double_in_place(a):
    for i in range(a.shape[0]):
        a[i] = a[i] + a[i]
    return a[0]


@case(*LAYOUTS)
def write_layouts(a):
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] = i * 7 + j
    a[-1, -1] += 3
    return a[0, 0]


@case(*THREE)
def write_three(a):
    a[0, 1, 2] = 5
    a[-1, -1, -1] *= 2
    return a[0, 1, 2]


@case(one(np.uint8), one(np.int8), one(np.int16), one(np.uint32))
def narrow_writes_wrap(a):
    for i in range(a.shape[0]):
        a[i] = a[i] * 100
    return a[3]


@case(
    (np.zeros(4, np.int64), 2.75),
    (np.zeros(4), 3),
    (np.zeros(4, np.float32), 0.1),
    (np.zeros(4, np.bool_), 2),
    (np.zeros(4, np.uint8), 200),
)
def store_converts(a, x):
    a[1] = x
    return a[1]


@case(one())
def augmented_elements(a):
    a[0] += 1
    a[1] -= 2
    a[2] *= 3
    a[3] /= 4
    a[4] **= 2
    a[-1] //= 2
    return a[0] + a[5]


@case((one(), 0), (one(), 7), (one(), -8), (one(), 8), (one(), -9), (one(), 2**40))
def bounds(a, i):
    return a[i]


@case((one(), 0, 3), (one(), 8, 3), (one(), -9, 3))
def bounds_of_writes(a, i, x):
    a[i] = x
    return a[0]


@case((two(), 2, 3), (two(), 3, 0), (two(), 0, 4), (two(), -4, 0), (two(), 0, -5))
def bounds_of_two(a, i, j):
    return a[i, j]


@case((np.arange(24.0).reshape(2, 3, 4), 1, 2, 3), (np.arange(24.0).reshape(2, 3, 4), 1, 3, 3))
def bounds_of_three(a, i, j, k):
    return a[i, j, k]


@case(5, 0)
def make_zeros(n):
    a = np.zeros(n)
    for i in range(n):
        a[i] += i * 0.5
    return a


@case(5, 0)
def make_ones(n):
    return np.ones(n, np.int64)


@case((2, 3))
def make_two(n, m):
    a = np.empty((n, m))
    for i in range(n):
        for j in range(m):
            a[i, j] = i - j
    return a


@case(3)
def make_types(n):
    return np.zeros(n, np.uint8), np.ones(n, np.float32), np.zeros((n, 2), dtype=np.int32), np.ones(n, dtype=np.bool_)


@case(-1)
def make_negative(n):
    return np.zeros(n)


@case(two())
def rows(a):
    s = 0.0
    for i in range(a.shape[0]):
        r = a[i]
        s += r[0] * r[-1] + len(r)
    return s


@case(np.arange(24.0).reshape(2, 3, 4))
def planes(a):
    p = a[1]
    r = p[-1]
    r[0] = 100.0
    return a[1, 2, 0], p[0, 1], r[3]


@case(two(), np.asfortranarray(two()))
def transposed(a):
    b = a.T
    return b[0, 2], b[3, 0], b.shape[0]


@case(one())
def returns_argument(a):
    a[0] = -1
    return a


@case((two(), 1))
def returns_row(a, i):
    return a[i]


@case((one(), one(np.int64)))
def gather(a, k):
    s = 0.0
    for i in range(k.shape[0]):
        s += a[k[i] % 8] * i
    return s


@case((one(), one(np.uint8)))
def unsigned_index(a, k):
    return a[k[1]], a[k[6]]


@case((one(np.bool_), one()))
def masked_sum(m, a):
    s = 0.0
    for i in range(len(m)):
        if m[i]:
            s += a[i]
    return s


@case((two(), two().T))
def product(a, b):
    n, m, p = a.shape[0], b.shape[1], a.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            s = 0.0
            for k in range(p):
                s += a[i, k] * b[k, j]
            c[i, j] = s
    return c


@case(one())
def bubble(a):
    n = len(a)
    for i in range(n):
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a[0], a[-1]


@case(one(np.int64))
def prefix(a):
    for i in range(1, a.size):
        a[i] += a[i - 1]
    return a[-1]


@case(one())
def temporaries(a):
    s = 0.0
    for i in range(5):
        b = np.zeros(3)
        b[0] = a[i]
        b[2] = i
        s += b[0] * 2 + b[1] + b[2]
    return s


@case(one(np.float32))
def single_precision(a):
    s = a[0]
    for i in range(1, len(a)):
        s = s * a[i] - s / a[i]
    return s


@case(np.zeros((0, 3)), np.zeros(0))
def empty_array(a):
    s = 1.0
    for i in range(a.shape[0]):
        s = 2.0
    return s, a.size


@case((np.arange(5.0), 2.0), (np.arange(6).reshape(2, 3), 4.5))
def contained(a, x):
    return x in a, x not in a


@case(np.arange(6).reshape(2, 3))
def length_of_flat(a):
    return len(a.flat)


@case((np.arange(6.0), 1.9, 4.2), python=False, why="CPython takes no floats for bounds")
def sliced_by_floats(a, i, j):
    return a[i:j].sum()


@case(3)
def zip_of_nothing(n):
    for _ in zip():
        n += 1
    return n
