"""NumPy's functions of complex numbers: elementary ones, their order, what is made of whole arrays of them."""

import numpy as np

from differential.case import case

NAN, INF = float("nan"), float("inf")
Z = np.array([1 + 2j, -0.5j, 3 - 1j, -2 + 0.25j, 0.5 + 0j, 1j, -3 - 0.0j, 1.5 + 2.5j])
W = np.array([1 - 2j, -0.5j, 2 + 5j, -2 + 0.5j, 0.25j, -1j, 3 + 0j, 1.5 + 2.25j])
ODD = np.array(
    [0j, complex(-0.0, -0.0), complex(NAN, 1), complex(1, NAN), complex(INF, 0), complex(-INF, INF), complex(0, -INF), 1 - 1e-300j]
)
EVERY = np.concatenate((Z, ODD, np.array([710 + 1j, 1e300 + 1j, 1e30 - 1e30j, 1e-40j])))
NARROW = Z.astype(np.complex64)
PAIRS = [(x, y) for x in EVERY[[0, 1, 10, 11, 12]] for y in EVERY[[1, 3, 10, 11]]]
FIRST, SECOND = np.array([x for x, _ in PAIRS]), np.array([y for _, y in PAIRS])
with np.errstate(over="ignore"):
    EVERY_NARROW = EVERY.astype(np.complex64)
ALL = (Z, NARROW, EVERY, EVERY_NARROW, EVERY[::-2], np.asfortranarray(Z.reshape(2, 4)), Z[:0], np.array(1 - 2j))
TWO = (
    (Z, W),
    (NARROW, W.astype(np.complex64)),
    (FIRST, SECOND),
    (SECOND, FIRST),
    (FIRST.astype(np.complex64), SECOND.astype(np.complex64)),
)

BITS = "NumPy's functions of complex numbers differ in the last bit"


@case(*ALL, python=False, why=BITS)
def hyperbolic(z):
    return np.sinh(z), np.cosh(z), np.tanh(z), np.arcsinh(z), np.arccosh(z), np.arctanh(z)


@case(*ALL, python=False, why=BITS)
def logarithms(z):
    return np.log2(z), np.log10(z), np.log1p(z), np.exp2(z), np.expm1(z)


@case(*ALL, python=False, why=BITS)
def rounded_and_signs(z):
    return np.rint(z), np.sign(z), np.reciprocal(z)


@case(*Z[:3], *NARROW[:2], *ODD, python=False, why=BITS)
def of_one_number(z):
    first = np.sinh(z), np.cosh(z), np.tanh(z), np.arccosh(z), np.arctanh(z), np.log2(z), np.log10(z)
    return first, np.log1p(z), np.exp2(z), np.expm1(z), np.rint(z), np.sign(z), np.reciprocal(z)


@case(*TWO)
def compared(z, w):
    return np.less(z, w), np.less_equal(z, w), np.greater(z, w), np.greater_equal(z, w)


@case(*TWO)
def extremes(z, w):
    return np.minimum(z, w), np.maximum(z, w), np.fmin(z, w), np.fmax(z, w)


@case(
    *[(x, y) for x in ODD[1:5] for y in (1 - 1j, ODD[2])], (NARROW[0], NARROW[1]), python=False, why="NumPy gives numbers of its own types"
)
def extremes_of_numbers(z, w):
    return np.minimum(z, w), np.maximum(z, w), np.fmin(z, w), np.fmax(z, w), np.less(z, w), np.greater_equal(z, w)


@case((Z, 2), (Z, 0.5), (Z, np.arange(8)), (NARROW, np.arange(8, dtype=np.float32)), (Z, Z.real))
def with_real_numbers(z, x):
    return np.maximum(z, x), np.minimum(x, z), np.less(z, x), np.greater(x, z), np.fmax(z, x)


@case(
    (Z, np.empty(8, np.complex128), np.empty(8, np.bool_)),
    (NARROW, np.empty(8, np.complex64), np.empty(8, np.bool_)),
    python=False,
    why=BITS,
)
def into_arrays(z, to, flags):
    np.tanh(z, to)
    np.add(to, np.expm1(z), to)
    np.less(z, to, flags)
    np.maximum(z, to, to)
    return to, flags


@case((Z, W), (NARROW, NARROW[::-1].copy()), python=False, why=BITS)
def in_expressions(z, w):
    return np.sinh(z + w) * 2 - np.reciprocal(w), np.where(np.less(z * z, w), z, w), np.tanh(z) / np.log1p(w * 1j)


ZEROS = np.array([0j, complex(-0.0, 0.0), complex(0.0, -0.0), complex(-0.0, -0.0)])


@case((Z[:4], ZEROS), (NARROW[:4], ZEROS.astype(np.complex64)), (ODD[:4], ZEROS), python=False, why="NumPy divides by another algorithm")
def by_zeros_of_either_sign(z, w):
    return np.divide(z, w)


@case((1 + 2.5j, 200 - 100j), (1e-40j, -1 + 0j), python=False, why="NumPy computes powers by another algorithm")
def powers_past_the_range(z, w):
    x, y = np.full(1, z, np.complex64), np.full(1, w, np.complex64)
    return x**y, np.power(x, y), x[0] ** y[0]


LONG = np.array([complex(k * 7 % 5 - 2, k * 11 % 6 - 2.5) for k in range(60)])
LONG[[3, 20, 41]] = complex(NAN, 1), complex(1, NAN), complex(NAN, NAN)
LINES = (Z, LONG, LONG.astype(np.complex64), ODD, LONG[::-3], Z[:1], Z[:0])


@case(*LINES, Z.reshape(2, 4), np.asfortranarray(LONG.reshape(6, 10)), python=False, why="NumPy's unique takes nan parts for different")
def in_order(z):
    copied = np.sort(z)
    z.sort()
    return copied, z, np.unique(z)


@case(*LINES, python=False, why="the order of equal elements is the algorithm's")
def places_in_order(z):
    return np.argsort(z), z.argsort(), np.argsort(z, kind="mergesort")


@case(*[(np.sort(z), w) for z in (LONG, Z, ODD, Z[:0]) for w in (ODD, Z.reshape(2, 4), LONG[7], 1 - 1j, 2.5)])
def places_of_values(z, w):
    return np.searchsorted(z, w), np.searchsorted(z, w, side="right")


@case((Z, W), (NARROW, NARROW[::2].copy()), (Z[:0], W), python=False, why="NumPy's isin of nothing and its nan differ")
def as_sets(z, w):
    return np.intersect1d(z, w), np.union1d(z, w), np.setdiff1d(z, w), np.setxor1d(z, w), np.isin(z, w)


@case(np.array([NAN, 1.0, NAN, 2.0, 1.0]))
def one_nan_of_several(a):
    return np.unique(a)


@case((Z, 2), (NARROW, -3), (Z.reshape(2, 4), 1), (LONG[::-3], 0), (np.asfortranarray(Z.reshape(2, 4)), 3))
def moved(z, n):
    return np.roll(z, n), np.repeat(z, abs(n)), z.repeat(2), np.take(z, np.array([n, 0, -1])), z.take(np.array([[1, 0]]))


@case((Z, 1), (NARROW, 2), (Z.reshape(2, 4), 1), (np.asfortranarray(Z.reshape(2, 4)), 0), (Z[:1], 3))
def differences(z, n):
    return np.diff(z, n), np.diff(z)


@case(
    Z.reshape(2, 4),
    NARROW.reshape(4, 2),
    LONG.reshape(6, 10)[:, ::-2],
    NARROW.real.reshape(2, 4),
    python=False,
    why="Numba adds a trace up in float64 or complex128",
)
def diagonals(m):
    return np.trace(m), np.trace(m, 1), np.diag(m), np.diag(m, -1), np.diag(np.diag(m))


@case((Z, W), (NARROW, NARROW), (ODD, Z[:3]), python=False, why="NumPy multiplies with fused steps")
def products_of_all(z, w):
    return np.outer(z, w), np.kron(z, w), np.kron(z.reshape(1, len(z)), w.reshape(len(w), 1))


@case((Z, np.arange(4)), (NARROW, np.arange(3.0)), (NARROW, NARROW.real), python=False, why="NumPy multiplies with fused steps")
def products_with_real_ones(z, x):
    return np.outer(z, x), np.outer(x, z)


@case(np.asfortranarray(np.array([[1e16, 1.0, -1e16], [1.0, NAN, 1.0]]) * 1.1), python=False, why="NumPy sums in pairs")
def sums_without_nan_in_memory_order(a):
    return np.nansum(a), np.nanmean(a), np.nanvar(a), np.nanstd(a), np.nanprod(a)


@case(Z, (np.arange(6) * 1j).reshape(2, 3))
def parts_in_lists(z):
    parts = np.array_split(z, 2)
    parts.append(z[:1])
    parts.insert(0, z[1:])
    return len(parts), parts[0], parts[1], parts[3], np.split(z, 2)[1]


SPARSE = (Z, NARROW, LONG, ODD, LONG[::-3], np.asfortranarray(LONG.reshape(6, 10)), np.full(2, complex(NAN, NAN)))


@case(*SPARSE, python=False, why="NumPy's extremes are nan where there is one")
def least_and_greatest(z):
    return np.min(z), np.max(z), z.min(), z.max(), np.amin(z), np.amax(z), np.nanmin(z), np.nanmax(z)


@case(Z[:0])
def least_of_nothing(z):
    return z.min()


@case(*SPARSE, Z[:0], python=False, why="NumPy sums in pairs")
def without_nan(z):
    return np.nansum(z), np.nanprod(z), np.nanmean(z), np.nanvar(z), np.nanstd(z)


@case((Z, True), (NARROW, False), (ODD, False), (Z.real.copy(), True), python=False, why="NumPy's arc tangent differs in the last bit")
def angles(z, degrees):
    return np.angle(z), np.angle(z, degrees)


@case(ODD, ODD.astype(np.complex64), LONG[::-3])
def numbers_for_nan(z):
    return np.nan_to_num(z), np.nan_to_num(z, nan=2.5), np.nan_to_num(z, posinf=1.0, neginf=-1.0)


@case(*ODD, python=False, why="NumPy gives numbers of its own types")
def number_for_nan(z):
    return np.nan_to_num(z), np.nan_to_num(z, nan=2.5)


@case(*SPARSE[:-1], Z[:0], python=False, why="NumPy's nan of a range differs")
def ranges(z):
    return np.ptp(z)


@case(Z, NARROW, LONG, Z[:0], python=False, why="NumPy's complex64 stays narrow")
def sums_of_lines(z):
    return sum(z), sum(z, 2.5)


WINDOWS = [(x, y) for x in (Z, NARROW, Z[:3]) for y in (W, NARROW[::-2], Z.real)]


@case(*WINDOWS, (Z.real.astype(np.float32), W.real.astype(np.float32)), python=False, why="NumPy's BLAS may be another")
def lines_slid(z, w):
    every = np.convolve(z, w), np.convolve(w, z, "same"), np.convolve(z, w, "valid")
    return every, np.correlate(z, w), np.correlate(w, z, "full"), np.correlate(z, w, "same")


AT = np.array([-1.0, 0.0, 0.3, 2.5, 4.0, 4.5, 7.0, NAN, INF])
POINTS, VALUES = np.array([0.0, 1.0, 4.0, 6.0]), np.array([2.0 - 1j, -1.0, 3j, complex(INF, -INF)])


@case(
    (AT, POINTS, VALUES),
    (AT[:2], POINTS, VALUES),
    (AT.astype(np.float32), POINTS.astype(np.float32), VALUES.astype(np.complex64)),
    (np.arange(-1, 9).reshape(2, 5), POINTS[:3].astype(np.int64), VALUES[:3] / 3),
    (0.7, POINTS, VALUES[::-1]),
    (3, POINTS, NARROW[:4]),
    (NAN, POINTS[:1], VALUES[:1]),
    (AT, POINTS[:1], VALUES[:1]),
    (AT, POINTS[:0], VALUES[:0]),
    (0.5, POINTS, VALUES[:2]),
    python=False,
    why=BITS,
)
def on_complex_lines(x, xp, fp):
    return np.interp(x, xp, fp)
