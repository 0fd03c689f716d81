"""Arrays as indices, read and assigned; choosing, joining, sorting and counting."""

import numpy as np

from differential.case import case

A = np.array([3.0, -1.0, 4.0, -1.0, 5.0, 9.0])
M = np.arange(24.0).reshape(4, 6)
I = np.array([2, 0, -1])  # noqa: E741
NAN = float("nan")
REALS = (np.array([1.5, NAN, -2.0, 0.5, NAN]),)


@case((A,), (A.astype(np.int32),), (A[::-1],), (np.zeros(0),))
def masked(a):
    return a[a > 2], a[a < -100], a[a == a].sum()


@case((M, I), (M.T, I), (M[::2, ::-1], np.array([1, 0, 0])), (M.astype(np.int16), I.astype(np.int32)))
def picked(m, i):
    return m[i], m[:, i], m[i, 1], m[1, i], m[0][i]


@case((M, np.array([0, 4])), (M, np.array([-5])))
def picked_out_of_bounds(m, i):
    return m[i]


@case((A, I, 7.0), (A.astype(np.int64), I, 7))
def put(a, i, x):
    a[a < 0] = x
    a[i] = a[i] * 2
    a[i] += 1
    return a


@case((M, I), (M.astype(np.float32), I))
def put_rows(m, i):
    m[i] = m[0]
    m[:, i] = 5
    m[m[:, 0] > 4] = -1
    return m


@case((A, np.array([1.0, 2.0])), (A, np.array([1.0, 2.0, 3.0, 4.0])))
def put_needs_the_size(a, v):
    a[a > 2] = v
    return a


@case((A, 0.0), (M, 1), (A.astype(np.int32), 2.5), (A.astype(np.uint8), np.arange(6)))
def chosen(a, x):
    return np.where(a > 2, a, x), np.where(a > 2, x, a)


@case((A,), (M,), (M.T.astype(np.int8),), native=False, why="Numba does not tell that argwhere's array is in C order")
def true_ones(a):
    return np.nonzero(a > 3), np.argwhere(a > 3), np.flatnonzero(a > 3), np.count_nonzero(a)


@case((A, A[:2]), (A, np.arange(3)), (A[::2], A[1::2]))
def joined(a, b):
    return np.concatenate((a, b)), np.hstack((a, b, a))


@case((M, M[:2]), (M, M.T[:2]), (M.astype(np.int32)[:3], M[:3]), (M[:1], M[:1]))
def joined_rows(a, b):
    return np.concatenate((a, b)), np.vstack((a, b))


@case((A, A[::-1]), (A, np.arange(6)))
def stacked(a, b):
    return np.stack((a, b)), np.stack((a, b), 1), np.column_stack((a, b)), np.vstack((a, b))


RNG = np.random.default_rng(3)
UNSORTED = (
    (RNG.normal(size=100),),
    (RNG.integers(0, 9, 60),),
    (RNG.integers(0, 9, 60).astype(np.uint8),),
    (A[::2],),
    *((x,) for x in REALS),
)


@case(*UNSORTED)
def in_order(a):
    b = np.sort(a)
    a.sort()
    return a, b


@case(*UNSORTED, python=False, why="the order of equal elements is Numba's")
def order(a):
    return a.argsort(), np.argsort(a, kind="mergesort")


@case(
    (np.sort(RNG.normal(size=30)), RNG.normal(size=9), 0.1),
    (np.arange(9), np.array([3, 3, -1, 100]), 4),
    (np.arange(9.0), np.array([2, 5]), 3),
)
def found(a, v, x):
    return np.searchsorted(a, v), np.searchsorted(a, v, side="right"), np.searchsorted(a, x), np.searchsorted(a, x, "right")


@case((A,), (RNG.integers(0, 9, 60),), (M % 5,))
def different_ones(a):
    return np.unique(a)


@case(
    (np.array([1, 3, 1, 7]), np.array([0.5, 1.0, 2.0, 0.25])),
    (np.array([0, 1], np.uint8), np.ones(2)),
    (np.array([1, -3]), np.ones(2)),
    (np.array([1, 2]), np.ones(3)),
)
def counted(a, w):
    return np.bincount(a), np.bincount(a, w), np.bincount(a, None, 6)


@case(*UNSORTED[:4], (M,), (M.T,), python=False, why="NumPy adds pairwise")
def spread(a):
    return a.var(), a.std(), np.median(a), a.cumsum(), np.cumprod(a)


@case(*((x,) for x in REALS), (A,), python=False, why="NumPy adds pairwise")
def without_nan(a):
    return np.nansum(a), np.nanmean(a), np.nanmin(a), np.nanmax(a), np.nanvar(a), np.nanstd(a), np.nanprod(a)


@case(
    (M, 0),
    (M, 1),
    (M, -1),
    (M.T, 0),
    (M.astype(np.int32), 1),
    (np.arange(24).reshape(2, 3, 4), 1),
    python=False,
    why="NumPy adds pairwise",
)
def along(m, k):
    return m.sum(axis=k), m.sum(k), np.cumsum(m, axis=k)


@case((M,), (M.T,))
def places_along(m):
    return m.argmin(0), m.argmax(axis=1), np.argmax(m, axis=-1)


@case((M, 0), (M, 1), (M.T, 0), python=False, numba=False, native=False, why="Numba has no axis here")
def more_along(m, k):
    return m.mean(axis=k), m.min(axis=k), m.max(k), np.prod(m, axis=k), (m > 3).any(axis=k), (m > 3).all(k)


@case((A, 2), (np.arange(5), -1), (M, 3))
def moved(a, n):
    return np.roll(a, n), np.repeat(a, 2), np.diff(a), np.flip(a).copy(), np.ravel(a)[::-1]


@case(
    (A, np.arange(4)),
    (np.arange(3), np.arange(2, dtype=np.int32)),
    (np.ones(2, np.float32), np.arange(2)),
    python=False,
    why="np.outer has the first array's type, as in Numba",
)
def products(a, b):
    return np.outer(a, b), np.diag(a), np.diag(np.outer(a, b)), np.take(a, b)


@case((A, np.arange(4)), (np.ones(2), np.arange(2)))
def traced(a, b):
    return np.trace(np.outer(a, b))


@case((A, A[::-1].copy(), M, M.T.copy()), (np.arange(3.0), np.ones(3), np.ones((3, 3)), np.eye(3)))
def dots(a, b, m, n):
    return a @ b, np.dot(a, b), m @ n


@case((1, 2.5), (1, 2))
def from_tuples(x, y):
    return np.array((x, y)), np.array(((x, y), (y, 1)), np.float32), np.array((x, y, 3))


@case((M,), (M.T,), (M[:0],), (np.arange(24).reshape(2, 3, 4),), (A[::2],))
def indices(m):
    total = 0.0
    for i, v in np.ndenumerate(m):
        total = total * 0.5 + v + i[0]
    for v in m.flat:
        total = total * 0.5 + v
    return total


@case((2, 3), (0, 4), (1, 1))
def index_tuples(n, m):
    total = 0
    for i, j in np.ndindex(n, m):
        total = total * 3 + i - j
    for i in np.ndindex((m, n)):
        total = total * 3 + i[0] - i[1]
    return total


@case((A, 0, 4), (A, 0.5, 3.5), (M.astype(np.int32), 3, 9), (A.astype(np.float32), 0.1, 2))
def limited(a, low, high):
    return np.clip(a, low, high), np.clip(a, None, high), np.clip(a, low, None)


@case((np.array([-1.0, 0.0, 0.3, 2.5, 7.0, NAN]), np.array([0.0, 1.0, 4.0]), np.array([2.0, -1.0, 3.0])))
def interpolated(x, xp, fp):
    return np.interp(x, xp, fp)


@case((A, np.arange(6.0).reshape(2, 3)), (A[::-1], np.eye(3)))
def vector_products(a, m):
    return np.cross(a[:3], m[0]), np.cross(m, m + 1.0)


@case((np.array([0.1, 0.9, 0.5, 0.2, 1.0]), np.array([0.0, 0.25, 0.5, 1.0])), (np.arange(7), np.array([1, 3, 6])))
def counted_between_edges(a, edges):
    """The edges make the range needless."""
    counts, same = np.histogram(a, edges, (0.0, 0.5))
    return counts, same, np.histogram(a, edges)[0], np.histogram(a, 3, (0, 2))
