"""Types of elements as arguments: NumPy's classes and dtypes."""

import numpy as np

from differential.case import case

CLASSES = (np.float64, np.float32, np.int64, np.int8, np.uint16, np.bool_, np.complex64, np.complex128)
DTYPES = tuple(np.dtype(c) for c in CLASSES)


@case(*((3, t) for t in (*CLASSES, *DTYPES)))
def arrays_of_a_type(n, dtype):
    a = np.zeros(n, dtype)
    b = np.ones((2, n), dtype=dtype)
    c = np.empty_like(b, dtype)
    c[:] = b
    return a, b, c, np.full(n, 1, dtype)


@case(*((np.array([1.5, -2.25, 100.0]), t) for t in (np.float32, np.int64, np.dtype("i2"), np.dtype("c16"), np.bool_)))
def converted(a, dtype):
    return a.astype(dtype)


@case(
    (2.75, np.float32),
    (2.75, np.int32),
    (-7, np.uint8),
    (3, np.complex64),
    (0.0, np.bool_),
    (300, np.int8),
    python=False,
    why="NumPy refuses what does not fit",
)
def numbers(x, dtype):
    return dtype(x)


def filled(n, dtype, value):
    out = np.empty(n, dtype)
    for i in range(n):
        out[i] = value + i
    return out


@case((4, np.float32), (4, np.dtype("u1")), (0, np.int64))
def handed_on(n, dtype):
    return filled(n, dtype, 1), filled(n, np.float64, 0.5)


@case((np.arange(5), np.float64), (np.arange(5.0), np.dtype("f4")))
def sums_in_a_type(a, dtype):
    total = np.zeros(1, dtype)[0]
    for x in a:
        total += x
    return total


def like(a, dtype=np.float32):
    return np.zeros(len(a), a.dtype)


@case((np.arange(3, dtype=np.int16),), (np.arange(3) * 1j,))
def of_an_array(a):
    return like(a, a.dtype)


@case((np.array([1, 2, 3]), np.float64), (np.array([1, 2, 3]), np.dtype("i4")))
def array_functions(a, dtype):
    return np.arange(3, dtype=dtype), np.asarray(a).astype(dtype), np.zeros_like(a, dtype=dtype), np.eye(2, dtype=dtype)
