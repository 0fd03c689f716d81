"""Norms of vectors and matrices; what NumPy reduces arrays of complex numbers to."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.intrinsics import in_c_order, in_f_order, is_complex, is_float, norm, same_element, singular_values
from px.library.registry import stands_for


@stands_for("numpy.linalg.norm", tests="np.linalg.norm(np.array((0.5 * x, 0.5 * y)))")
def linalg_norm(x, ord=None):
    """The norm of a vector or a matrix; of the order that is given: 0, 1, 2, inf …."""
    if not isinstance(x, np.ndarray) or x.ndim > 2 or not (is_float(x) or is_complex(x)):
        return np.nothing_fits(x)
    if x.ndim == 1:
        if ord is None:
            return norm(x)
        return norm_of_line(x, ord)
    if ord is not None:
        return norm_of_matrix(x, ord)
    if x.size == 0:
        return 0.0
    if in_c_order(x):
        return norm(x.reshape(x.size))
    if in_f_order(x):
        return norm(x.T.reshape(x.size))
    return norm(x.copy().reshape(x.size))


@jit
def norm_of_line(x, ord):
    if len(x) == 0:
        return 0.0
    if ord == 2:
        return norm(x)
    if ord == np.inf or ord == -np.inf:
        extreme = abs(x[0])
        for value in x[1:]:
            size = abs(value)
            if (size > extreme) if ord > 0 else (size < extreme):
                extreme = size
        return extreme
    total = 0.0
    if ord == 0:
        for value in x:
            if value != 0.0:
                total += 1.0
        return total
    if ord == 1:
        for value in x:
            total += abs(value)
        return total
    for value in x:
        total += abs(value) ** ord
    return total ** (1.0 / ord)


@jit
def extreme_of_lines(x, greatest, most):
    """The greatest or the least of the sums along the rows; 0 or `most` where none is beyond that."""
    extreme = 0.0 if greatest else most
    for row in x:
        total = 0.0
        for value in row:
            total += abs(value)
        if (total > extreme) if greatest else (total < extreme):
            extreme = total
    return extreme


@jit
def norm_of_matrix(x, ord):
    if x.size == 0:
        return 0.0
    most = 1.7976931348623157e308
    if same_element(x, np.float32) or same_element(x, np.complex64):
        most = 3.4028234663852886e38
    if ord == np.inf or ord == -np.inf:
        return extreme_of_lines(x, ord > 0, most)
    if ord == 1 or ord == -1:
        return extreme_of_lines(x.T, ord > 0, most)
    if ord == 2 or ord == -2:
        for value in x.flat:
            if not np.isfinite(value):
                raise np.linalg.LinAlgError("Array must not contain infs or NaNs.")
        values = singular_values(x)
        if ord == 2:
            return values[0]
        return values[-1]
    raise ValueError("Invalid norm order for matrices.")


@jit
def var_along(a, axis):
    mean = a.mean(axis)
    if a.ndim == 1:
        return a.var()
    step = a - np.expand_dims(mean, axis)
    return (step * step).mean(axis)


@stands_for("numpy.var", "array.var")
def var(a, axis=None):
    """The variance, of complex numbers too, and of real ones along an axis; a number alone has none."""
    if not isinstance(a, np.ndarray):
        return 0.0
    if axis is not None:
        if is_complex(a):
            return np.nothing_fits(a)
        return var_along(a, axis)
    if not is_complex(a):
        return np.nothing_fits(a)
    mean = a.mean()
    total = 0.0
    for item in np.nditer(a):
        step = item.item() - mean
        total += (step * step.conjugate()).real
    return total / a.size


@stands_for("numpy.std", "array.std")
def std(a, axis=None):
    """The root of the variance."""
    if not isinstance(a, np.ndarray):
        return 0.0
    if axis is not None:
        if is_complex(a):
            return np.nothing_fits(a)
        return np.sqrt(var_along(a, axis))
    if not is_complex(a):
        return np.nothing_fits(a)
    return np.var(a) ** 0.5


@stands_for("numpy.cumsum", "array.cumsum")
def cumsum(a, axis=None, dtype=None):
    """The sums of the first elements; of a number the number."""
    if axis is not None or dtype is not None:
        return np.nothing_fits(a)
    if not isinstance(a, np.ndarray):
        return a
    if not is_complex(a):
        return a.cumsum()
    out = np.empty(a.size, a.dtype)
    total = np.zeros(1, a.dtype)[0]
    at = 0
    for value in a.flat:
        total += value
        out[at] = total
        at += 1
    return out


@stands_for("numpy.cumprod", "array.cumprod")
def cumprod(a):
    """The products of the first elements; of a number the number."""
    if not isinstance(a, np.ndarray):
        return a
    if not is_complex(a):
        return np.nothing_fits(a)
    out = np.empty(a.size, a.dtype)
    total = np.ones(1, a.dtype)[0]
    at = 0
    for value in a.flat:
        total *= value
        out[at] = total
        at += 1
    return out
