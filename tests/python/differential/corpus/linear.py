"""Products of vectors and matrices, norms, and reductions of arrays of complex numbers."""

import numpy as np

from differential.case import case

NAN, INF = float("nan"), float("inf")
RNG = np.random.default_rng(11)
# Whole parts: sums of products are exact, whoever adds them up.
Z = np.array([1 + 2j, -1j, 3 - 1j, -2 + 4j])
W = np.array([2 - 1j, 1 + 1j, 5j, -3 + 0j])
M = (np.arange(12).reshape(3, 4) - 5) * (1 - 2j) + 3
N = M.T.copy() - 1j
NARROW = tuple(a.astype(np.complex64) for a in (Z, W, M, N))
WHY = "NumPy adds complex numbers up in pairs"


@case(
    (Z, W, M, N), NARROW, (Z[::-1], W[::2].repeat(2), M[:, ::-1], N[::-1]), python=False, why="NumPy's complex numbers have their own type"
)
def complex_products(z, w, m, n):
    return z @ w, np.dot(z, w), np.vdot(z, w), m @ z, np.dot(w, n), m @ n, n @ m


@case(
    (np.asfortranarray(M), N),
    (M, np.asfortranarray(N)),
    (np.asfortranarray(M), np.asfortranarray(N)),
    (M.real.copy(order="F"), N.real.copy()),
    (M.real.copy(), N.real.astype(np.float64, order="F")),
    (M.T[:, ::2].T, N[:, ::2]),
)
def products_in_any_order(m, n):
    return m @ n, m @ n[:, 0], m[0] @ n, m[:1] @ n, m @ n[:, :1], m[:1] @ n[:, :1]


@case(
    (np.zeros((2, 0), np.complex128), np.zeros((0, 3), np.complex128)),
    (np.zeros((2, 0)), np.zeros((0, 3))),
    (np.zeros((0, 2)), np.zeros((2, 0))),
)
def products_of_nothing(m, n):
    return m @ n


@case((np.zeros((2, 0)), np.zeros((3, 4))), python=False, why="Numba looks at the first matrix alone where it is empty")
def products_of_nothing_with_something(m, n):
    return m @ n


@case((Z, W[:2]), (Z[:0], W), (np.ones(3), np.ones(2)))
def vectors_of_different_sizes(z, w):
    return z @ w


@case((M, M), (M[:1], N[:3]), (M.real.copy(), M.real.copy()))
def matrices_that_do_not_fit(m, n):
    return m @ n


@case((M, W[:2]), (N, Z))
def a_vector_that_does_not_fit(m, z):
    return m @ z


@case((W[:2], M), (Z, M))
def a_matrix_that_does_not_fit(z, m):
    return z @ m


LARGE = RNG.normal(size=(40, 40)) + 1j * RNG.normal(size=(40, 40))


@case(
    (LARGE, LARGE[:, 3].copy()),
    (np.asfortranarray(LARGE), LARGE[0]),
    (LARGE.astype(np.complex64), LARGE[1].astype(np.complex64)),
    (LARGE.real.copy(), LARGE[1].real.copy()),
    (np.asfortranarray(LARGE.real), LARGE[1].real.copy()),
    python=False,
    numba=False,
    why="the BLAS of NumPy and that of SciPy differ in the last bit",
)
def large_products(m, z):
    return m @ m, m @ z, z @ m, z @ z, np.vdot(z, z)


@case(
    (Z, M),
    (NARROW[0], NARROW[2]),
    (Z[::-1], np.asfortranarray(M)),
    (Z[::2], M[:, ::2]),
    (Z[:0], M[:, :0]),
    (np.array([INF + 0j, 1.0]), M),
    (np.array([complex(NAN, 1), 1.0]), M),
    python=False,
    why=WHY,
)
def complex_reductions(z, m):
    return z.sum(), z.prod(), z.mean(), np.mean(m), m.sum(), np.prod(m), np.cumsum(z), z.cumprod(), z.any(), np.all(m), m.any()


@case((Z, M), (Z[::-1], np.asfortranarray(M)), (NARROW[0], NARROW[2]), python=False, why=WHY)
def complex_deviations(z, m):
    return z.var(), np.std(z), np.var(m), m.std()


@case((M, 0), (M, 1), (M, -1), (NARROW[2], 0), (np.asfortranarray(M), 1), (M[::-1, ::2], 0), (M[:0], 0), python=False, why=WHY)
def complex_sums_along_an_axis(m, axis):
    return m.sum(axis), np.sum(m, axis)


@case((M, 2), (M, -3), (Z, 1), python=False, numba=False, why="an AxisError of NumPy's is the ValueError that it is derived from")
def an_axis_that_is_not_there(m, axis):
    return m.sum(axis)


@case((Z, 0), (Z, -1), (Z[:0], 0), python=False, why=WHY)
def complex_sums_along_the_only_axis(z, axis):
    return z.sum(axis=axis)


@case(
    (M, 0),
    (M, -1),
    (NARROW[2], 1),
    (M * (M.real > 0), 0),
    (M, 2),
    python=False,
    numba=False,
    native=False,
    why="Numba has no axis for these",
)
def complex_reductions_along_an_axis(m, axis):
    return np.prod(m, axis), m.mean(axis), np.any(m, axis), m.all(axis)


@case((M.reshape(3, 2, 2), 0), (M.reshape(3, 2, 2), 1), (M.reshape(3, 2, 2).transpose(2, 0, 1), -1), python=False, why=WHY)
def complex_sums_of_cubes(m, axis):
    return m.sum(axis)


X = np.array([3.0, -4.0, 0.0, 12.0])
LINES = ((X,), (X.astype(np.float32),), (X * 1j,), (X[::2],), (X[::-1],), (X[:0],), (X[2:3],), (X[[0, 1]] * (1 + 0j),))
TABLES = (
    (np.arange(6.0).reshape(2, 3),),
    (np.asfortranarray(np.arange(6.0).reshape(2, 3)),),
    (np.arange(12.0).reshape(3, 4)[:, ::2],),
    (np.arange(6.0).reshape(2, 3).astype(np.float32),),
    (np.arange(4.0).reshape(2, 2) * (3 + 4j),),
    (np.zeros((0, 3)),),
)
BLAS = "NumPy's and SciPy's BLAS differ in the last bit, and NumPy's norm is float64 for float32"


@case(*LINES, python=False, numba=False, why=BLAS)
def norms_of_lines(x):
    return np.linalg.norm(x)


@case(*TABLES, python=False, numba=False, why=BLAS)
def norms_of_tables(x):
    return np.linalg.norm(x)


ORDERS = (2, 1, 0, -1, 3, 0.5, INF, -INF)
SOME = (X, X.astype(np.float32), X * (3 + 4j), X[::2], np.array([NAN, 1.0]), X[:0])


@case(*((x, order) for x in SOME for order in ORDERS), python=False, numba=False, why=BLAS)
def norms_of_an_order(x, order):
    return np.linalg.norm(x, order)


@case(
    *((t[0], order) for t in TABLES for order in (1, -1, 2, -2, INF, -INF)),
    (TABLES[0][0], 3),
    (np.array([[1.0, NAN], [2.0, INF]]), 1),
    python=False,
    numba=False,
    why=BLAS,
)
def norms_of_tables_of_an_order(x, order):
    return np.linalg.norm(x, order)


@case((np.array([[1.0, NAN], [2.0, 3.0]]), 2), (np.array([[1.0, 1j * INF], [2.0, 3.0]]), -2), python=False, why="NumPy computes on")
def singular_values_of_what_is_not_finite(x, order):
    return np.linalg.norm(x, order)


@case(
    np.array([(1.0, 2), (3.0, 5)], np.dtype([("x", "f8"), ("n", "i4")])), python=False, numba=False, why="Numba reads beside the elements"
)
def norm_of_a_field(a):
    return np.linalg.norm(a["x"])
