"""NumPy's products of vectors and rows: the cross product and the covariance."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.intrinsics import is_complex
from px.library.registry import stands_for


@jit
def third(x):
    if x.shape[-1] == 3:
        return x[..., 2]
    return np.multiply(np.zeros(1, x.dtype)[0], x[..., 0])


@jit
def write_cross(a, b, out):
    a0, a1, a2 = a[..., 0], a[..., 1], third(a)
    b0, b1, b2 = b[..., 0], b[..., 1], third(b)
    out[..., 0] = np.multiply(a1, b2) - np.multiply(a2, b1)
    out[..., 1] = np.multiply(a2, b0) - np.multiply(a0, b2)
    out[..., 2] = np.multiply(a0, b1) - np.multiply(a1, b0)


@stands_for("numpy.cross")
def cross(a, b):
    """The vector products of lines of two or three."""
    p, q = np.asarray(a), np.asarray(b)
    m, n = p.shape[-1], q.shape[-1]
    if (m != 2 and m != 3) or (n != 2 and n != 3):
        raise ValueError("Incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if m == 2 and n == 2:
        raise ValueError(
            "Dimensions for both inputs is 2.\n"
            "Please replace your numpy.cross(a, b) call with a call to `cross2d(a, b)` from `numba.np.extensions`."
        )
    dtype = (p[..., :1] * q[..., :1]).dtype
    if p.ndim == 1 and q.ndim == 1:
        line = np.empty(3, dtype)
        write_cross(p, q, line)
        return line
    shape = np.add(p[..., 0], q[..., 0]).shape
    out = np.empty((*shape, 3), dtype)
    write_cross(p, q, out)
    return out


@jit
def rows_of(m):
    if isinstance(m, np.ndarray):
        return np.atleast_2d(m)
    return np.atleast_2d(np.asarray(m))


@jit
def floats_of(x):
    if is_complex(x):
        return x.astype(np.complex128)
    return x.astype(np.float64)


@jit
def as_variables(m, rowvar):
    rows = rows_of(m)
    if not rowvar:
        rows = rows.T
    return floats_of(rows)


@jit
def joined(m, y, rowvar):
    first, second = rows_of(m), rows_of(y)
    if not rowvar:
        if first.shape[0] != 1:
            first = first.T
        if second.shape[0] != 1:
            second = second.T
    if first.shape[1] != second.shape[1]:
        raise ValueError("m and y have incompatible dimensions")
    if is_complex(first) or is_complex(second):
        out = np.empty((first.shape[0] + second.shape[0], first.shape[1]), np.complex128)
        out[: first.shape[0], :] = first
        out[-second.shape[0] :, :] = second
        return out
    real = np.empty((first.shape[0] + second.shape[0], first.shape[1]), np.float64)
    real[: first.shape[0], :] = first
    real[-second.shape[0] :, :] = second
    return real


@jit
def covariance(x, bias, ddof):
    if ddof is None:
        less = 0 if bias else 1
    else:
        less = ddof
    factor = max(x.shape[1] - less, 0.0)
    means = np.empty((x.shape[0], 1), x.dtype)
    for i in range(x.shape[0]):
        means[i, 0] = np.sum(x[i, :]) / x.shape[1]
    x -= means
    c = np.dot(x, np.conj(x.T))
    c *= np.true_divide(1, factor)
    return c


@stands_for("numpy.cov", tests="np.cov(np.array((0.5 * x, y, 2.0)), np.array((y, 1.0, 0.25 * x)))")
def cov(m, y=None, rowvar=True, bias=False, ddof=None):
    """How rows vary with each other, about their means."""
    if isinstance(m, np.ndarray):
        if m.ndim > 2:
            return np.nothing_fits(m)
        if m.ndim == 2 and m.shape[0] == 1:
            raise RuntimeError(
                "2D array containing a single row is unsupported due to ambiguity in type inference. To use numpy.cov in this case "
                "simply pass the row as a 1D array, i.e. m[0]."
            )
    if isinstance(ddof, float):
        if not np.isfinite(ddof):
            raise ValueError("Cannot convert non-finite ddof to integer")
        if ddof - int(ddof) != 0:
            raise ValueError("ddof must be integral value")
    if y is not None:
        both = joined(m, y, rowvar)
        if both.size == 0:
            return np.full((both.shape[0], both.shape[0]), np.nan, both.dtype)
        return covariance(both, bias, ddof)
    x = as_variables(m, rowvar)
    if isinstance(m, np.ndarray) and m.ndim == 2:
        if x.size == 0:
            return np.full((x.shape[0], x.shape[0]), np.nan, x.dtype)
        return covariance(x, bias, ddof)
    if isinstance(m, list) or isinstance(m, tuple):
        return np.nothing_fits(m)
    variance = np.nan
    if x.size > 0:
        variance = covariance(x, bias, ddof)[0, 0]
    return np.array(variance)


@jit
def clipped(c):
    return np.where(np.fabs(c) > 1, np.sign(c), c)


@stands_for("numpy.corrcoef", tests="np.corrcoef(np.array((0.5 * x, y, 2.0)), np.array((y, 1.0, 0.25 * x)))")
def corrcoef(x, y=None, rowvar=True):
    """How rows vary with each other, as a share of how much they vary."""
    c = np.cov(x, y, rowvar)
    if c.ndim == 0:
        return c / c
    deviations = np.sqrt(np.diag(c).real)
    for i in range(c.shape[0]):
        c[i, :] /= deviations
        c[:, i] /= deviations
    if is_complex(c):
        return clipped(c.real) + 1j * clipped(c.imag)
    return clipped(c)
