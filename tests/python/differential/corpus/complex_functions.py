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
