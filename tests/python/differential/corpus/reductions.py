"""Reductions of whole arrays and the methods of arrays: the same order of additions in every tier, and so the same bits."""

import numpy as np

from differential.case import case

NAN, INF = float("nan"), float("inf")
RNG = np.random.default_rng(7)
REALS = RNG.normal(size=1000) * 10.0 ** RNG.integers(-8, 8, size=1000)
GRID = RNG.normal(size=(13, 17))
TYPES = tuple((np.array([3, 1, 4, 1, 5, 90, 2, 6]).astype(t),) for t in (np.float32, np.int64, np.int8, np.uint16, np.bool_))
LAYOUTS = (
    (GRID,),
    (np.asfortranarray(GRID),),
    (GRID[::2, ::-3],),
    (GRID[:, 3],),
    (np.arange(24).reshape(2, 3, 4).transpose(1, 2, 0),),
)
SPECIAL = ((np.array([1.0, NAN, 0.5]),), (np.array([NAN, 1.0]),), (np.array([-0.0, 0.0]),), (np.array([INF, -INF]),))
EMPTY = ((np.zeros(0),), (np.zeros((0, 3), np.int64),), (np.zeros(0, np.float32),), (np.zeros(0, np.bool_),))
WHY = "NumPy adds pairwise, and small integers stay small in px"


@case(*TYPES, *LAYOUTS, *SPECIAL, *EMPTY, (REALS,), (REALS.astype(np.float32),), python=False, why=WHY)
def sums(a):
    return a.sum()


@case(*TYPES, *LAYOUTS, *SPECIAL, *EMPTY, (REALS,), python=False, why=WHY)
def products(a):
    return np.prod(a)


@case(*TYPES, *LAYOUTS, *SPECIAL, *EMPTY, (REALS,), (REALS.astype(np.float32),), python=False, why=WHY)
def means(a):
    return a.mean()


@case(*TYPES, *LAYOUTS, *SPECIAL)
def extremes(a):
    return a.min(), np.max(a)


@case(*EMPTY)
def least_of_nothing(a):
    return a.min()


@case(*EMPTY)
def greatest_of_nothing(a):
    return np.max(a)


@case(*TYPES, *LAYOUTS, *SPECIAL)
def places(a):
    return a.argmin(), np.argmax(a)


@case(*EMPTY)
def place_in_nothing(a):
    return a.argmax()


@case(*TYPES, *LAYOUTS, *SPECIAL, *EMPTY, (np.zeros((3, 4)),), (np.zeros((3, 4))[::2],), (np.array([0, 0, 1], np.int8),))
def truths(a):
    return a.any(), np.all(a)


@case(*TYPES, *LAYOUTS, *EMPTY)
def copies(a):
    return a.copy()


@case((GRID,), (GRID.T,))
def copy_is_apart(m):
    b = m.copy()
    b[0, 0] = 5
    return m, b


@case(*LAYOUTS, *EMPTY)
def flattened(a):
    return a.ravel(), a.flatten()


@case((np.arange(6.0),), (np.arange(6),))
def ravel_is_a_view(a):
    b = a.ravel()
    b[0] = 9
    c = a.flatten()
    c[1] = 7
    return a


@case((np.arange(12.0), 3), (np.arange(12), -1), (np.arange(12), 5), (np.arange(12), 0), (np.zeros(0), 0), (np.arange(12.0), -2))
def reshaped(a, n):
    return a.reshape(n, 4), a.reshape((4, n))


@case((np.arange(24.0).reshape(4, 6),))
def more_shapes(m):
    return m.reshape(-1), m.reshape((2, 2, 6)), np.reshape(m, (3, 8)), m.reshape(24)[5:].sum()


@case((np.arange(6.0),))
def reshape_is_a_view(a):
    m = a.reshape(2, 3)
    m[1, 2] = -1
    return a


@case((np.arange(4.0),), (np.arange(4.0),), (np.arange(4).reshape(2, 2),))
def turned(a):
    return a.T


@case((np.zeros(3), 2.5), (np.zeros((2, 3)), 1), (np.zeros(3, np.float32), 0.1), (np.arange(9)[::2], 7), (np.zeros(0), 1))
def filled(a, x):
    a.fill(x)
    return a


@case(*TYPES, (np.array([1.5, -2.5, 200.0]),), (GRID[::2],))
def to_integers(a):
    return a.astype(np.int64), a.astype(np.int32)


@case(*TYPES, *LAYOUTS, (np.array([1.5, NAN, -0.0]),))
def to_floats(a):
    return a.astype(np.float64), a.astype(np.float32), a.astype(np.bool_)


@case((np.array([1.5, NAN, 300.0, -1.0]),), python=False, why="out of range")
def to_small(a):
    return a.astype(np.uint8), a.astype(np.int8)


@case(*LAYOUTS[:5])
def slices_reduced(m):
    return m[1:].max(), m[:2].min(), m[::-1].argmax()


@case((GRID,))
def centred(m):
    total = 0.0
    for j in range(m.shape[1]):
        c = m[:, j]
        mean = c.mean()
        for x in c:
            total += (x - mean) ** 2
    return total


SMALL = [(np.arange(-70, 70).astype(t), (np.arange(140) * 37).astype(t)) for t in (np.int8, np.uint8, np.int16, np.uint32)]


@case(*SMALL, python=False, why="-a of unsigned numbers is of 64 bits in Numba")
def small_integers_in_their_own_width(a, b):
    return a * b + a - b, (a & b) ^ ~b, a > b, (a | b) >= (a & b), a + b > b, np.minimum(a, b)


ZEROS = np.tile(np.array([0.0, -0.0, 3.0, -0.0]), 80)
HOLED = np.where(np.arange(300) == 250, NAN, np.arange(300.0))


@case((ZEROS,), (-ZEROS,), (HOLED,), (HOLED[::-1].copy(),), (ZEROS.astype(np.float32),), (np.arange(300, dtype=np.int8),))
def extremes_of_long_lines(a):
    return a.min(), a.max(), a[1:].min(), a[::3].max()


@case(
    (np.array([0.6, 0.7, 0.9]),),
    (np.array([[1, 2], [3, 4]], np.int32),),
    (np.array([200, 100], np.uint8),),
    (np.array([True, True]),),
    python=False,
    why="summed as Numba does: in the wider of the two types, then converted",
)
def summed_in_another_type(a):
    return a.sum(dtype=np.int64), a.sum(dtype=np.float64), a.sum(dtype=np.float32), a.sum(dtype=np.int32)
