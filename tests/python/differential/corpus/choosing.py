"""Elements picked by conditions, bins and places; ufuncs of divisors and of neighbours among floats; polynomials; correlations."""

import numpy as np

from differential.case import case

X = np.array([0.5, -1.5, 2.0, 3.25, -0.25, 4.0])
K = np.array([12, -18, 0, 7, 30, -4])
TABLE = np.arange(12.0).reshape(3, 4) * 0.5 - 2
GAPS = np.array([np.nan, 2.0, -1.0, np.nan, 2.0, -1.0])
GAP_TABLE = np.array([[np.nan, 1.0, 5.0], [2.0, np.nan, 5.0], [2.0, 0.5, -1.0]])
BINS = np.array([-1.0, 0.0, 0.0, 1.0, 3.0])
SMALL = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64]


@case((X, 2.0), (X, X[::-1].copy()), (X.astype(np.float32), np.float32(0.5)), (3.0, np.inf), (np.nan, 1.0), (0.0, -1.0), (7, 2))
def floats(x, y):
    return np.nextafter(x, y), np.spacing(x)


@case(
    (X, X[::-1].copy()),
    (X.astype(np.float32), np.float32(0.5)),
    (3.0, 3.0),
    (np.inf, np.inf),
    (np.nan, 1.0),
    (7, 2),
    python=False,
    why="NumPy's log and exp",
)
def sums_in_logarithms(x, y):
    return np.logaddexp2(x, y), np.logaddexp(x, y)


@case((X, 2.0), (X, X[::-1].copy()), (X.astype(np.float32), np.float32(0.5)), (K, 2), (3, 4), python=False, why="NumPy's is always float64")
def powers_of_floats(x, y):
    return np.float_power(x, y)


@case((K, K[::-1].copy()), (K, 6), (12, 18), (0, 0), (-12, 0), *[(np.abs(K).astype(t), np.abs(K)[::-1].astype(t)) for t in SMALL])
def divisors(a, b):
    return np.gcd(a, b), np.lcm(a, b)


@case((np.array([-128, 127, 100], np.int8), np.array([0, -128, 64], np.int8)), python=False, why="NumPy's wrap otherwise")
def divisors_without_room(a, b):
    return np.gcd(a, b), np.lcm(a, b)


@case((X, 0.75), (K, 5), (K, 0), (7, -2), (7.5, -2.0), (TABLE, TABLE[::-1].copy()), (X, 0.0), python=False, why="NumPy warns")
def quotients_and_rests(x, y):
    return np.divmod(x, y)


@case(
    (X, BINS),
    (X, BINS[::-1].copy()),
    (2.0, BINS),
    (TABLE, BINS),
    (K, np.array([0, 10, 20])),
    (X, np.array([1.0])),
    (X, np.array([2.0, 2.0])),
)
def bins(x, edges):
    return np.digitize(x, edges), np.digitize(x, edges, True), np.digitize(x, edges, right=False)


@case((X, np.array([1.0, 3.0, 2.0])))
def bins_in_no_order(x, edges):
    return np.digitize(x, edges)


@case(X, TABLE, K)
def selected(x):
    return (
        np.select((x > 1, x < 0), (x, x * 2)),
        np.select([x > 1, x < 0], [x, x * 2], 7),
        np.select((x > 1,), (x * 3,), default=-1),
    )


@case((TABLE, np.array([[0, 1, 2]])), python=False, why="NumPy's is an IndexError")
def along_columns_of_another_size(x, at):
    return np.take_along_axis(x, at, 0)


@case(X)
def selected_of_different_lengths(x):
    return np.select((x > 1, x < 0), (x,))


@case((X, np.array([3, -1, 0])), (K, np.array([3, 3], np.int32)))
def along_no_axis(x, at):
    return np.take_along_axis(x, at, None)


@case((TABLE, np.array([[0], [1], [2]])), (TABLE, np.argsort(-TABLE, axis=1)), (TABLE, np.array([[0, 1]])))
def along_rows(x, at):
    return np.take_along_axis(x, at, 1)


@case((TABLE, np.array([[0, 1, 2, 0]])), (TABLE, np.array([[2], [0]])))
def along_columns(x, at):
    return np.take_along_axis(x, at, axis=-2)


@case(GAPS, GAP_TABLE, X, K, TABLE, GAPS.astype(np.float32), np.array([-np.inf, np.nan]), np.array([np.nan]), np.array([True, False]))
def places(x):
    return np.nanargmax(x), np.nanargmin(x)


@case(GAP_TABLE, TABLE, K.reshape(2, 3), np.array([[np.nan, np.nan], [1.0, 2.0]]))
def places_along_axes(x):
    return np.nanargmax(x, 0), np.nanargmin(x, axis=1), np.nanargmax(x, -1)


@case(np.array([0.0, 0.0, 1.0, 0.0, 2.0, 0.0]), np.array([0, 3, 0]), np.zeros(3), np.zeros(0), X)
def trimmed(x):
    return np.trim_zeros(x)


@case((TABLE, X[:4]), (X, X[:1]), (K, np.array(3)))
def of_one_shape(x, y):
    out = np.broadcast_arrays(x, y)
    return len(out), out[0] + out[1]


@case((X, X[:3]), (X[:2], X), (np.array([1.0, 0.0]), np.array([2.0, 0.0, 0.0])), (X, X), (K, X), (X * 1j, X), python=False, why="types")
def polynomials(a, b):
    return (
        np.polynomial.polynomial.polyadd(a, b),
        np.polynomial.polynomial.polysub(a, b),
        np.polynomial.polynomial.polymul(a, b),
        np.polynomial.polyutils.trimseq(a),
    )


@case((X, X[:3]), (X[:2], X), (X, np.array([2.0])), (K, X), (X, np.array([1.0, 0.0])), (X, np.array([0.0])), python=False, why="types")
def divided_polynomials(a, b):
    return np.polynomial.polynomial.polydiv(a, b)


@case((X, X), (2.0, X), (3, K), (TABLE, X), (X, TABLE), (X * 1j, X), (X, K), (X, 3), python=False, why="types")
def values_of_polynomials(x, c):
    return np.polynomial.polynomial.polyval(x, c)


@case(X, K, X * 1j, TABLE, python=False, why="types")
def integrals_of_polynomials(c):
    return np.polynomial.polynomial.polyint(c), np.polynomial.polynomial.polyint(c, 3)


@case(
    np.array([1.0, -3.0, 2.0]),
    np.array([0.0, 2.0, -4.0, 0.0]),
    np.array([1, -3, 2]),
    np.zeros(3),
    np.array([5.0]),
    python=False,
    why="complex in NumPy",
)
def roots(p):
    return np.roots(p)


@case(np.array([1j, 2.0, -1.0 + 1j]))
def complex_roots(p):
    return np.roots(p)


@case(TABLE * TABLE - np.arange(4), X, python=False, why="NumPy's dot of other shapes")
def correlated(x):
    return np.corrcoef(x)


@case((X, X**2), (TABLE[0], TABLE[1] ** 2), python=False, why="NumPy's dot of other shapes")
def correlated_pairs(x, y):
    return np.corrcoef(x, y), np.corrcoef(x, y, False)


@case((X, np.array([6])), (X, np.array([-7])), numba=False, why="Numba reads what lies there")
def along_no_such_places(x, at):
    return np.take_along_axis(x, at, None)


NAN_LINES = np.array([[np.nan, 3.0, 1.0], [2.0, np.nan, 3.0], [-np.inf, np.inf, np.nan]])


@case(
    *[(a, axis) for a in (NAN_LINES, NAN_LINES[0], np.asfortranarray(NAN_LINES), NAN_LINES[:, ::2]) for axis in (0, -1, 1, -2, 5)],
    *[(np.zeros(shape), axis) for shape in (0, (0, 3), (3, 0)) for axis in (0, 1, -1)],
    (np.array([[np.nan, 1.0], [np.nan, 2.0]]), 0),
    (np.arange(6).reshape(2, 3), 1),
    (np.arange(4), 1),
    python=False,
    why="NumPy's errors are others",
)
def places_without_nan_along(a, axis):
    return np.nanargmax(a, axis), np.nanargmin(a, axis)


@case(
    NAN_LINES,
    np.array([np.nan, -np.inf]),
    np.array([np.nan, np.inf]),
    np.array([np.inf, np.nan], np.float32),
    np.array([np.nan]),
    np.zeros(0),
)
def places_without_nan(a):
    return np.nanargmax(a), np.nanargmin(a)
