"""NumPy's functions that add up: with nan left out, by trapezoids, along rows; angles unwrapped; limits."""
# ruff: noqa: D103
# mypy: ignore-errors

import math

import numpy as np

from px.jit import jit
from px.library.intrinsics import is_complex, is_integer
from px.library.registry import stands_for


@stands_for("numpy.nancumsum", tests="np.nancumsum(np.array((0.5 * x, y)))")
def nancumsum(a):
    """The sums of the first elements without nan."""
    if is_integer(a):
        return np.cumsum(a)
    out = np.empty(a.size, a.dtype)
    at = 0
    total = np.zeros(1, a.dtype)[0]
    for value in a.flat:
        if not np.isnan(value):
            total += value
        out[at] = total
        at += 1
    return out


@stands_for("numpy.nancumprod", tests="np.nancumprod(np.array((0.5 * x, y)))")
def nancumprod(a):
    """The products of the first elements without nan."""
    if is_integer(a):
        return np.cumprod(a)
    out = np.empty(a.size, a.dtype)
    at = 0
    total = np.ones(1, a.dtype)[0]
    for value in a.flat:
        if not np.isnan(value):
            total *= value
        out[at] = total
        at += 1
    return out


@stands_for("sum")
def sum_(iterable, start=0):
    """The sum of a line of complex numbers."""
    if not isinstance(iterable, np.ndarray) or not is_complex(iterable) or iterable.ndim != 1:
        return np.nothing_fits(iterable)
    total = start + 0j
    for value in iterable:
        total = total + value
    return total


@stands_for("numpy.nansum")
def nansum(a):
    """The sum of complex numbers without nan."""
    if not is_complex(a):
        return np.nothing_fits(a)
    total = np.zeros(1, a.dtype)[0]
    for item in np.nditer(a):
        value = item.item()
        if not np.isnan(value):
            total += value
    return total


@stands_for("numpy.nanprod")
def nanprod(a):
    """The product of complex numbers without nan."""
    if not is_complex(a):
        return np.nothing_fits(a)
    total = np.ones(1, a.dtype)[0]
    for item in np.nditer(a):
        value = item.item()
        if not np.isnan(value):
            total *= value
    return total


@stands_for("numpy.nanmean")
def nanmean(a):
    """The mean of complex numbers without nan."""
    if not is_complex(a):
        return np.nothing_fits(a)
    total = 0j
    count = 0
    for item in np.nditer(a):
        value = item.item()
        if not np.isnan(value):
            total += value
            count += 1
    return np.divide(total, count)


@stands_for("numpy.nanvar")
def nanvar(a, axis=None, dtype=None, out=None, ddof=0):
    """The variance without nan, the number of degrees of freedom less."""
    if axis is not None or dtype is not None or out is not None:
        return np.nothing_fits(a)
    mean = np.nanmean(a)
    total = 0.0
    count = 0
    for item in np.nditer(a):
        value = item.item()
        if not np.isnan(value):
            away = value - mean
            total += (away * np.conj(away)).real
            count += 1
    if count <= ddof:
        return np.nan
    return np.divide(total, count - ddof)


@stands_for("numpy.nanstd")
def nanstd(a, axis=None, dtype=None, out=None, ddof=0):
    """The standard deviation without nan, the number of degrees of freedom less."""
    if axis is not None or dtype is not None or out is not None:
        return np.nothing_fits(a)
    return np.nanvar(a, ddof=ddof) ** 0.5


@stands_for("numpy.nanmedian", tests="np.nanmedian(np.array((x, y, x)))")
def nanmedian(a):
    """The middle of the elements that are not nan."""
    count = 0
    for value in a.flat:
        if not np.isnan(value):
            count += 1
    if count == 0:
        return np.nan
    kept = np.empty(count, a.dtype)
    at = 0
    for value in a.flat:
        if not np.isnan(value):
            kept[at] = value
            at += 1
    return np.median(kept)


@stands_for("numpy.count_nonzero")
def count_nonzero(a, axis=None):
    """How many elements are true along an axis."""
    if isinstance(a, np.ndarray):
        return (a != 0).sum(axis)
    return 1 if a != 0 else 0


@stands_for("numpy.average", tests="np.average(np.array((0.5 * x, y)))")
def average(a, axis=None, weights=None):
    """The mean, the elements weighted."""
    if axis is not None:
        raise TypeError("Numba does not support average with axis.")
    if weights is None:
        return np.mean(a)
    total = np.sum(weights)
    if total == 0.0:
        raise ZeroDivisionError("Weights sum to zero, can't be normalized.")
    return np.sum(np.multiply(a, weights)) / total


@jit
def steps_of(x, rows, n):
    """Differences along the last axis, a row each; one of one element is spread."""
    out = np.empty((rows, n), np.float64)
    if isinstance(x, (tuple, list)):
        line = np.array(x)
        for r in range(rows):
            for k in range(n):
                at = k if len(line) > 2 else 0
                out[r, k] = line[at + 1] - line[at]
        return out
    if x.ndim == 1:
        for r in range(rows):
            for k in range(n):
                at = k if len(x) > 2 else 0
                out[r, k] = x[at + 1] - x[at]
        return out
    grid = x.copy().reshape((rows, n + 1))
    for r in range(rows):
        for k in range(n):
            out[r, k] = grid[r, k + 1] - grid[r, k]
    return out


@stands_for("numpy.trapezoid", tests="np.trapezoid(np.array((x, y, x)))")
def trapezoid(y, x=None, dx=1.0):
    """The integral of a function through points, by trapezoids."""
    made = np.asarray(y)
    n = made.shape[-1]
    rows = made.size // n
    grid = made.copy().reshape((rows, n))
    if x is None:
        steps = np.full((rows, n - 1), dx)
    else:
        steps = steps_of(x, rows, n - 1)
    out = np.zeros(rows, np.float64)
    for r in range(rows):
        total = 0.0
        for k in range(n - 1):
            total += steps[r, k] * ((grid[r, k + 1] + grid[r, k]) / 2.0)
        out[r] = total
    if made.ndim == 1:
        return out[0]
    return out.reshape(made.shape[:-1])


@jit
def unwrap_rows(rows, limit, period, high, ambiguous):
    low = -high
    for r in range(rows.shape[0]):
        total = 0 * period
        before = rows[r, 0]
        for k in range(1, rows.shape[1]):
            now = rows[r, k]
            step = now - before
            wrapped = np.mod(step - low, period) + low
            if ambiguous and wrapped == low and step > 0:
                wrapped = high
            if not abs(step) < limit:
                total += wrapped - step
            rows[r, k] = now + total
            before = now
    return rows


@stands_for("numpy.unwrap", tests="np.unwrap(np.array((0.5 * x, 4.0 * y, 9.0)))")
def unwrap(p, discont=None, axis=-1, period=6.283185307179586):
    """Angles without jumps of a period, along the last axis."""
    if axis != -1:
        raise ValueError('Value for argument "axis" is not supported')
    n = p.shape[-1]
    limit = period / 2
    if discont is not None:
        limit = float(discont)
    if is_integer(p) and is_integer(period):
        whole = p.copy().reshape((p.size // n, n))
        high, rest = divmod(period, 2)
        return unwrap_rows(whole, limit, period, high, rest == 0).reshape(p.shape)
    rows = p.copy().reshape((p.size // n, n)).astype(np.float64)
    return unwrap_rows(rows, limit, period, period / 2, True).reshape(p.shape)


@stands_for("array.clip")
def array_clip(a, a_min=None, a_max=None, out=None):
    """No less than one number, no more than another."""
    return np.clip(a, a_min, a_max, out)


@stands_for("numpy.clip")
def clip(a, a_min=None, a_max=None, out=None):
    """No less than the elements of one array, no more than those of another."""
    if out is None:
        if a_min is None:
            return np.minimum(a, a_max)
        if a_max is None:
            return np.maximum(a, a_min)
        return np.minimum(np.maximum(a, a_min), a_max)
    if a_min is None:
        np.minimum(a, a_max, out)
    elif a_max is None:
        np.maximum(a, a_min, out)
    else:
        np.minimum(np.maximum(a, a_min), a_max, out)
    return out


@stands_for("array.conj", "array.conjugate", "numpy.conj", "numpy.conjugate", tests="np.conj(complex(x, y)); np.conj(np.array((x, y)))")
def conj(a):
    """With the other sign of the imaginary parts."""
    if isinstance(a, np.ndarray):
        out = np.empty_like(a)
        for index, value in np.ndenumerate(a):
            out[index] = value.conjugate() if is_complex(value) else value
        return out
    return a.conjugate()


@stands_for("math.gcd")
def gcd(a, b):
    """The greatest common divisor of two numbers, cut to integers as Numba does it."""
    return math.gcd(int(a), int(b))
