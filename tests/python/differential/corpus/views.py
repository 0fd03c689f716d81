"""Slices as views: read, assigned, returned, passed on; rows; new axes."""

import numpy as np

from differential.case import case

NAN = float("nan")


def one():
    return np.array([3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0])


def two(dtype=np.float64):
    return np.arange(20).astype(dtype).reshape(4, 5)


ONE = ((one(),), (one()[::2],), (one()[::-1],), (np.zeros(0),), (one()[:1],), (np.array([1, 2, 3, 4], np.uint8),))
TWO = ((two(),), (two()[:, ::2],), (two(np.int32).T[::2],))
BOUNDS = tuple((one(), i, j) for i in (-9, -7, -2, 0, 3, 6, 7, 12) for j in (-12, -3, 0, 2, 7, 30))
STEPS = tuple((one(), i, j, k) for i, j in ((-9, 9), (9, -9), (1, 6), (6, 1), (5, 5)) for k in (-8, -2, -1, 0, 1, 2, 7))


@case(*ONE)
def ends(a):
    return a[:2], a[1:], a[-2:], a[:-1], a[:], a[5:2], a[2:100]


@case(*ONE)
def every_other(a):
    return a[::2], a[1::2], a[::-1], a[::-2], a[-1:0:-1], a[::1]


@case(*BOUNDS)
def between(a, i, j):
    return a[i:j], len(a[i:j])


@case(*STEPS)
def in_steps(a, i, j, k):
    return a[i:j:k]


@case((one(), -(2**63)), (one(), 2**63 - 1), (one(), -3))
def far_steps(a, k):
    return a[::k], a[k:], a[:k]


@case((one(), np.uint8(3)), (one(), np.int32(-2)), (one(), np.int8(2)))
def narrow_bounds(a, i):
    return a[i:], a[:i]


@case(*TWO)
def row_and_column(m):
    return m[1], m[-1], m[:, 1], m[:, -1], m[1, :], m[1, 1:3]


@case(*TWO)
def inner(m):
    return m[1:-1, 1:-1], m[1:], m[:, 1:], m[::2, ::-1], m[:2, 0]


@case((two(), 0), (two(), -4), (two(), 4), (two(), -5), (two().T, 4), (np.zeros((0, 3)), 0))
def row(m, i):
    return m[i]


@case((two(), 4), (two(), -5), (two(), 5), (two(), -6), (np.zeros((3, 0)), 0))
def column(m, j):
    return m[:, j]


@case(*TWO)
def with_ellipsis(m):
    return m[..., 0], m[0, ...], m[..., 1:]


@case(*TWO, numba=False, native=False, why="Numba cannot lower m[...] alone")
def ellipsis_alone(m):
    return m[...]


@case((two(),), python=False, why="NumPy makes a view without dimensions")
def ellipsis_of_nothing(m):
    return m[..., 1, 2], m[1, ..., 2]


@case((np.arange(24.0).reshape(2, 3, 4),), (np.arange(24).reshape(2, 3, 4).T,), (np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),))
def three_axes(t):
    return t[1], t[:, 1], t[..., 1], t[1, 2], t[0, :, 1], t[:, 1:, ::2], t[1:, 2], t[-1, ..., 0]


@case(*ONE)
def new_axes(a):
    return a[:, np.newaxis], a[np.newaxis, :], a[None], a[1:, None], a[..., None]


@case(*TWO)
def view_of_view(m):
    inside = m[1:, 1:]
    line = inside[1]
    return line[::-1][0], inside[:, ::-1][0, 0], line[1:][0]


@case(*ONE)
def writes_through(a):
    half = a[1::2]
    for i in range(len(half)):
        half[i] = -half[i]
    return a


@case((one(), 2.5), (one(), 7), (one()[::-2], -1), (np.arange(6), 3), (np.arange(6, dtype=np.int8), 5), (np.zeros(0), 1))
def set_scalar(a, x):
    a[1:3] = x
    a[::3] = x + 1
    return a


@case((np.arange(6, dtype=np.uint8), 300), (np.arange(6.0, dtype=np.float32), 0.1), python=False, why="NumPy refuses 300 in uint8")
def set_converted(a, x):
    a[:2] = x
    return a


@case(*TWO)
def set_rows(m):
    m[0] = m[1]
    m[:, 1] = m[:, 2]
    m[2:, 2:] = 1
    m[-1, :] = 7
    return m


@case(*TWO)
def set_all(m):
    m[:] = 3
    m[...] = 4
    m[1, ...] = 5
    return m


@case((one(),), (one()[::-1],), (np.arange(9),))
def overlapping(a):
    a[1:] = a[:-1]
    a[:3] = a[2::-1]
    a[::2] = a[::-2]
    return a


@case(
    (two(), np.arange(5.0)),
    (two(), np.arange(4.0).reshape(4, 1)),
    (two(), np.ones((1, 1))),
    (two(np.int32), two()),
    (two().T, np.ones(4)),
)
def spread(m, a):
    m[:] = a
    return m


@case((one(), np.ones(2)), (one(), np.ones(3)), (one(), np.ones(0)), (one(), np.ones(1)), (np.zeros(0), np.ones(1)))
def sizes_must_fit(a, b):
    a[1:4] = b
    return a


@case((two(), np.ones((3, 5))), (two(), np.ones((2, 4, 5))), (two(), np.ones((1, 4, 5))), (two(), np.ones(4)))
def shapes_must_fit(m, a):
    m[:, :] = a
    return m


@case(
    (np.zeros(3), np.array([1, 2, 3])),
    (np.zeros(3, np.float32), np.array([0.1, NAN, 1e300])),
    (np.zeros(3, np.bool_), np.array([0, 2, 0])),
)
def set_from_other_type(a, b):
    a[:] = b
    return a


@case(*TWO)
def add_to_column(m):
    m[1:, 0] = m[0, :3] if m.shape[0] == 4 else m[1:, 1]
    return m


@case(*TWO, (np.zeros((0, 3)),))
def rows(m):
    s = 0.0
    for r in m:
        for x in r:
            s = s * 0.5 + x
    return s


@case(*TWO)
def rows_are_views(m):
    for r in m:
        r[0] = 9
    return m


@case((np.arange(24.0).reshape(2, 3, 4),))
def rows_of_three(t):
    s = 0.0
    for m in t:
        for r in m:
            s += r[-1] * m[0, 0]
    return s


def tail_sum(a):
    s = 0.0
    for i in range(len(a)):
        s += a[i]
    return s


@case(*ONE)
def passed_on(a):
    return tail_sum(a[1:]) + tail_sum(a[::-1])


@case((one(), 3), (one(), 0))
def chosen_view(a, n):
    b = a[:n]
    if n > 2:
        b = a[::2]
    return b


@case((one(),))
def shrinks_in_a_loop(a):
    s = 0.0
    while len(a) > 0:
        s = s * 2 + a[0]
        a = a[1:]
    return s


@case(5)
def tuple_slices(n):
    t = (n, 1.5, n + 1, 2)
    return t[1:], t[:-1], t[::-1], t[1:2], t[::2], t[9:]


@case(two())
def shape_slices(m):
    return m.shape[1:], m.shape[:1]


@case((np.asfortranarray(two()),), (two(np.int32).T,))
def fortran_order(m):
    return m[:, 1], m[1], m[1:3, 1], m[..., 0], m[:, 1:]


@case(
    (two(), 1),
    (two(), 2),
    (one(), 1),
    (one(), 2),
    (two()[:1], 1),
    (np.asfortranarray(two()), 1),
    (two().T[:, :1], 1),
    (np.zeros((0, 3)), 1),
)
def in_order_already(m, k):
    """The type of `m[::k]` says nothing of its order: where the memory is in order it is taken as it is."""
    rows, columns = np.ascontiguousarray(m[::k]), np.asfortranarray(m[::k])
    rows[:1] += 7
    columns[1:] += 100
    return rows, columns
