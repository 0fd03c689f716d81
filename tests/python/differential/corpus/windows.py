"""Lines slid along each other, of integers, booleans and mixed types; covariances of complex numbers; copies in Fortran order."""

import numpy as np

from differential.case import case

WHOLE = np.arange(1, 5)
SHORT = np.array([3, -1, 2])
HALVES = (SHORT * 0.5).astype(np.float32)
TRUTH = np.array([True, False, True, True])
COMPLEX = np.array([[1 + 2j, 0.5 - 1j, 2.5j], [0.25 + 0j, -1 - 1j, 3.0]])
COLUMNS = np.asfortranarray([[0.0, np.nan, 2.0], [np.inf, 4.0, 5.0]])
IMAGINARY = np.asfortranarray([[0j, complex(np.nan, np.nan), 2j], [complex(np.nan, np.inf), 4j, 5j]])


@case(
    (WHOLE, SHORT),
    (SHORT.astype(np.int8) * 40, WHOLE.astype(np.int8) * 9),
    (HALVES, WHOLE),
    (HALVES, WHOLE.astype(np.int16)),
    (HALVES * np.complex64(1j), WHOLE),
    (TRUTH, TRUTH),
    (WHOLE.astype(np.uint64), SHORT),
    (WHOLE[::2], SHORT[::-1]),
    (WHOLE[:0], SHORT),
)
def slid_lines(a, v):
    return np.convolve(a, v), np.convolve(v, a, "same")


@case(
    (WHOLE, SHORT),
    (TRUTH, TRUTH),
    (TRUTH, SHORT),
    (SHORT, TRUTH),
    (SHORT * 1j, WHOLE),
    python=False,
    why="NumPy's of booleans are booleans",
)
def correlated_lines(a, v):
    return np.correlate(a, v), np.correlate(a, v, "full")


@case(COMPLEX, np.asfortranarray(COMPLEX), COMPLEX.astype(np.complex64), COMPLEX[:, :0], python=False, why="the last bits")
def complex_covariance(z):
    return np.cov(z), np.corrcoef(z)


@case((COMPLEX, COMPLEX.real.copy()), (COMPLEX[0], COMPLEX[1]), python=False, why="the last bits")
def complex_covariance_of_two(z, w):
    return np.cov(z, w)


@case(COLUMNS, IMAGINARY, COLUMNS.astype(np.float32), np.arange(6).reshape(2, 3).T, python=False, why="NumPy's ravel asks the array")
def copies_in_their_order(a):
    columns = np.copy(a)
    columns[0, 1] = 7
    mended = np.nan_to_num(a)
    return columns, columns.T.ravel(), a.copy().ravel(), mended, mended.T.reshape(6), np.nan_to_num(a, True, 1.5).T.ravel()


@case(COMPLEX[0])
def complex_array_or_none(z):
    return z is None, z is not None


@case((1j, 2 + 1j, 5), (0, 1j, 4), (1 + 1j, 2.5, 1), (1j, 2j, 0), (np.complex64(1j), 2, 3), (1.0, 2j, 2), python=False, why="the last bits")
def complex_steps(start, stop, num):
    return np.linspace(start, stop, num)


NEAR = np.array([1 + 2j, complex(np.nan, 1), complex(np.inf, 0)])


@case(
    (COMPLEX, COMPLEX + 1e-9, False),
    (COMPLEX, COMPLEX[0], False),
    (NEAR, NEAR, True),
    (NEAR, NEAR, False),
    (NEAR[:1], 1 + 2j, False),
    (1j, NEAR[::2], True),
    (1 + 2j, 1 + 2j, False),
    (1.0, 1.0 + 1e-9, False),
    (1, 2, False),
    (np.inf, -np.inf, True),
    (np.nan, np.nan, True),
)
def complex_closeness(a, b, equal_nan):
    return np.allclose(a, b, 1e-3, 1e-4, equal_nan)


@case(
    (1, 2, False),
    (7, 7, False),
    (1.0, 1.0 + 1e-9, False),
    (0.3, np.float32(0.3), False),
    (np.int8(-100), np.uint8(200), False),
    (True, 1.0, False),
    (np.inf, np.inf, False),
    (np.inf, -np.inf, True),
    (np.nan, np.inf, True),
    (np.nan, np.nan, True),
    (np.nan, np.nan, False),
    (np.nan, 1.0, True),
)
def closeness_of_numbers(a, b, equal_nan):
    return np.isclose(a, b), np.isclose(a, b, 1e-3, 1e-4, equal_nan)
