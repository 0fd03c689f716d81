"""Linear algebra: factorisations of matrices by LAPACK, step by step as Numba takes them."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.intrinsics import is_complex, is_float, is_matrix, lapack, same_element
from px.library.registry import stands_for


@jit
def require_square(a):
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square.")


@jit
def require_finite(a):
    for value in a.flat:
        if not np.isfinite(value):
            raise np.linalg.LinAlgError("Array must not contain infs or NaNs.")


@jit
def require_elements(a):
    if a.size == 0:
        raise np.linalg.LinAlgError("Arrays cannot be empty")


@jit
def require_converged(answer):
    if answer != 0:
        raise ValueError("Internal algorithm failed to converge.")


@jit
def require_regular(answer):
    if answer != 0:
        raise np.linalg.LinAlgError("Matrix is singular to machine precision.")


@jit
def in_columns(a):
    """A copy in Fortran order."""
    out = np.empty((a.shape[1], a.shape[0]), a.dtype).T
    out[:] = a
    return out


@jit
def right_sides(b, rows):
    """The right sides as columns of `rows` elements."""
    if b.ndim == 1:
        line = np.empty((1, rows), b.dtype).T
        line[: b.shape[0], 0] = b
        return line
    columns = np.empty((b.shape[1], rows), b.dtype).T
    columns[: b.shape[0], :] = b
    return columns


@jit
def require_fitting(a, b):
    if a.shape[0] != b.shape[0]:
        raise np.linalg.LinAlgError("Incompatible array sizes, system is not dimensionally valid.")


@stands_for("numpy.linalg.inv")
def inv(a):
    """The inverse of a matrix."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    require_square(a)
    require_finite(a)
    out = in_columns(a)
    if out.shape[0] == 0:
        return out
    pivots = np.empty(out.shape[0], np.int64)
    require_regular(lapack("getrf", 0, out, pivots))
    require_regular(lapack("getri", 0, out, pivots))
    return out


inverse_of = jit(inv)


@stands_for("numpy.linalg.solve")
def solve(a, b):
    """The solution x of a @ x = b."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    if not isinstance(b, np.ndarray) or b.ndim < 1 or b.ndim > 2 or not same_element(a, b):
        return np.nothing_fits(a)
    require_finite(a)
    require_finite(b)
    require_fitting(a, b)
    factors = in_columns(a)
    n = a.shape[1]
    out = right_sides(b, n)
    if n > 0:
        require_regular(lapack("gesv", 0, factors, np.empty(n, np.int64), out))
    if b.ndim == 1:
        return out.T.ravel()
    return out


@jit
def walk_reals(factors, odd):
    total = 0.0
    sign = 1.0
    if odd:
        sign = -1.0
    for k in range(factors.shape[0]):
        value = factors[k, k]
        if value < 0.0:
            sign = -sign
            value = -value
        total = total + np.log(value)
    return sign, total


@jit
def walk_complexes(factors, odd):
    total = 0.0
    sign = 1.0 + 0.0j
    if odd:
        sign = -1.0 + 0.0j
    for k in range(factors.shape[0]):
        value = factors[k, k]
        size = np.abs(value)
        sign = sign * (value / size)
        total = total + np.log(size)
    return sign, total


@stands_for("numpy.linalg.slogdet")
def slogdet(a):
    """The determinant's sign and the logarithm of its size."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    require_square(a)
    require_finite(a)
    factors = in_columns(a)
    n = factors.shape[0]
    pivots = np.empty(n, np.int64)
    if n > 0 and lapack("getrf", 0, factors, pivots) != 0:
        if is_complex(a):
            return 0.0j, -np.inf
        return 0.0, -np.inf
    odd = False
    for k in range(n):
        if pivots[k] != k + 1:
            odd = not odd
    if is_complex(a):
        return walk_complexes(factors, odd)
    return walk_reals(factors, odd)


slogdet_of = jit(slogdet)


@stands_for("numpy.linalg.det")
def det(a):
    """The determinant."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    sign, logarithm = slogdet_of(a)
    return sign * np.exp(logarithm)


@stands_for("numpy.linalg.cholesky")
def cholesky(a):
    """The lower triangle L of a matrix that is L times its conjugate transpose."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    require_square(a)
    out = a.copy()
    n = out.shape[0]
    if n == 0:
        return out
    if lapack("potrf", 0, out.T) != 0:
        raise np.linalg.LinAlgError("Matrix is not positive definite.")
    for column in range(n):
        out[:column, column] = 0
    return out


@jit
def of_hermitian(a, wanted):
    """Eigenvalues, and eigenvectors where they are wanted."""
    require_square(a)
    require_finite(a)
    vectors = in_columns(a)
    n = vectors.shape[0]
    values = np.empty(n, a.real.dtype)
    if n > 0:
        require_converged(lapack("evd", wanted, vectors, values))
    return values, vectors


@stands_for("numpy.linalg.eigh")
def eigh(a):
    """The eigenvalues and eigenvectors of a symmetric or Hermitian matrix."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    return of_hermitian(a, 1)


@stands_for("numpy.linalg.eigvalsh")
def eigvalsh(a):
    """The eigenvalues of a symmetric or Hermitian matrix."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    return of_hermitian(a, 0)[0]


@stands_for("numpy.linalg.eig")
def eig(a):
    """The eigenvalues and eigenvectors of a matrix; of one of floats they must be real."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    require_square(a)
    require_finite(a)
    work = in_columns(a)
    n = work.shape[0]
    values, imaginary = np.empty(n, a.dtype), np.zeros(n, a.dtype)
    vectors = np.empty((n, n), a.dtype).T
    if n > 0:
        require_converged(lapack("geev", 1, work, values, imaginary, vectors))
    if not is_complex(a) and np.any(imaginary):
        raise ValueError("eig() argument must not cause a domain change.")
    return values, vectors


@stands_for("numpy.linalg.eigvals")
def eigvals(a):
    """The eigenvalues of a matrix; of one of floats they must be real."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    require_square(a)
    require_finite(a)
    work = in_columns(a)
    n = work.shape[0]
    values, imaginary = np.empty(n, a.dtype), np.zeros(n, a.dtype)
    if n > 0:
        require_converged(lapack("geev", 0, work, values, imaginary, np.empty((1, 1), a.dtype)))
    if not is_complex(a) and np.any(imaginary):
        raise ValueError("eigvals() argument must not cause a domain change.")
    return values


@stands_for("numpy.linalg.svd")
def svd(a, full_matrices=1):
    """The singular values of a matrix and the unitary matrices on both sides."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    require_elements(a)
    require_finite(a)
    m, n = a.shape
    least = min(m, n)
    left, right = least, least
    if full_matrices:
        left, right = m, n
    u = np.empty((left, m), a.dtype).T
    vt = np.empty((n, right), a.dtype).T
    values = np.empty(least, a.real.dtype)
    require_converged(lapack("gesdd", 0, in_columns(a), values, u, vt))
    return u, values, vt


@stands_for("numpy.linalg.qr")
def qr(a):
    """An orthogonal matrix and an upper triangle whose product is the matrix."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    require_elements(a)
    require_finite(a)
    m, n = a.shape
    least = min(m, n)
    q = in_columns(a)
    tau = np.empty(least, a.dtype)
    require_converged(lapack("geqrf", 0, q, tau))
    r = np.zeros((n, least), a.dtype).T
    for column in range(n):
        for row in range(min(column + 1, least)):
            r[row, column] = q[row, column]
    require_converged(lapack("gqr", 0, q, tau))
    return q[:, :least], r


@jit
def squares(line):
    if is_complex(line):
        return np.abs(line) ** 2
    return line**2


@stands_for("numpy.linalg.lstsq")
def lstsq(a, b, rcond=-1.0):
    """Least squares: the solution, the sums of squares that are left, the rank and the singular values."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    if not isinstance(b, np.ndarray) or b.ndim < 1 or b.ndim > 2 or not same_element(a, b):
        return np.nothing_fits(a)
    m, n = a.shape
    require_finite(a)
    require_finite(b)
    require_elements(a)
    require_elements(b)
    require_fitting(a, b)
    out = right_sides(b, max(m, n))
    values = np.empty(min(m, n), a.real.dtype)
    found = np.zeros(1, np.int64)
    require_converged(lapack("gelsd", rcond, in_columns(a), out, values, found))
    rank = np.int32(found[0])
    count = 0 if rank < n or m <= n else out.shape[1]
    left = np.zeros(count, a.real.dtype)
    for k in range(count):
        left[k] = np.sum(squares(out[n:, k]))
    if b.ndim == 1:
        return out.T.ravel()[:n], left, rank, values
    return out[:n, :].copy(), left, rank, values


@stands_for("numpy.linalg.pinv")
def pinv(a, rcond=1.0e-15):
    """The pseudo-inverse of a matrix."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    require_finite(a)
    m, n = a.shape
    out = np.empty((m, n), a.dtype).T
    if a.size == 0:
        return out
    least = min(m, n)
    u = np.empty((least, m), a.dtype).T
    vt = np.empty((n, least), a.dtype).T
    values = np.empty(least, a.real.dtype)
    require_converged(lapack("gesdd", 0, in_columns(a), values, u, vt))
    cut = values[0] * rcond
    last = 0
    for k in range(least):
        if values[k] > cut:
            values[k] = 1.0 / values[k]
            last = k
    last += 1
    if m >= n:
        for i in range(n):
            for j in range(last):
                vt[j, i] = vt[j, i] * values[j]
    else:
        for i in range(last):
            for j in range(least):
                u[j, i] = u[j, i] * values[i]
    lapack("adjoint", last, vt, u, out)
    return out


@jit
def singular_values_of(a):
    require_elements(a)
    require_finite(a)
    values = np.empty(min(a.shape[0], a.shape[1]), a.real.dtype)
    unused = np.empty((1, 1), a.dtype)
    require_converged(lapack("gesdd", 1, in_columns(a), values, unused, unused))
    return values


@jit
def ratio_of_norms(x, p):
    if p == 2 or p == -2:
        values = singular_values_of(x)
        return np.divide(values[0], values[-1]) if p == 2 else np.divide(values[-1], values[0])
    return np.linalg.norm(x, p) * np.linalg.norm(np.linalg.inv(x), p)


@stands_for("numpy.linalg.cond")
def cond(x, p=None):
    """The condition number of a matrix."""
    if not is_matrix(x):
        return np.nothing_fits(x)
    if p is None:
        ratio = ratio_of_norms(x, 2)
    else:
        ratio = ratio_of_norms(x, p)
    if np.isnan(ratio):
        return np.inf
    return ratio


@jit
def rank_of(values, limit):
    rank = 0
    for value in values:
        if not value > limit:
            break
        rank += 1
    return rank


@stands_for("numpy.linalg.matrix_rank")
def matrix_rank(A, tol=None):  # noqa: N803
    """How many singular values of a matrix are not next to 0; of a vector whether it has an element that is not 0."""
    if not isinstance(A, np.ndarray) or A.ndim > 2 or not (is_float(A) or is_complex(A)):
        return np.nothing_fits(A)
    if A.ndim == 1:
        for value in A:
            if value != 0.0:
                return 1
        return 0
    values = singular_values_of(A)
    if tol is not None:
        return rank_of(values, tol)
    if same_element(values, np.float32):
        return rank_of(values, values[0] * max(A.shape[0], A.shape[1]) * np.float32(1.1920929e-07))
    return rank_of(values, values[0] * max(A.shape[0], A.shape[1]) * 2.220446049250313e-16)


@stands_for("numpy.linalg.matrix_power")
def matrix_power(a, n):
    """A matrix multiplied by itself, n times."""
    if not is_matrix(a):
        return np.nothing_fits(a)
    if n == 0:
        one = np.zeros(a.shape, a.dtype)
        for k in range(a.shape[0]):
            one[k, k] = 1.0
        return one
    if a.shape[0] != a.shape[1]:
        raise ValueError("input must be a square array")
    if n < 0:
        if n == -1 or a.shape[0] == 0:
            return inverse_of(a).copy()
        return power(inverse_of(a).copy(), -n)
    if n > 0:
        return power(a, n)
    return None  # never; but Numba's may be None, for all that its type says


@jit
def power(a, n):
    if n == 1 or a.shape[0] == 0:
        return a.copy()
    if n == 2:
        return np.dot(a, a)
    if n == 3:
        return np.dot(np.dot(a, a), a)
    factor = a.copy()
    out = factor
    first = True
    while n != 0:
        if n & 1:
            if first:
                out = factor
                first = False
            else:
                out = np.dot(out, factor)
        factor = np.dot(factor, factor)
        n = n >> 1
    return out
