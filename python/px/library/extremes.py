"""NumPy's extremes of numbers alone and of arrays of complex numbers: by the real part, then by the imaginary one."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.intrinsics import is_complex
from px.library.registry import stands_for


@jit
def beyond(value, limit, greatest):
    if greatest:
        return value.real > limit.real or (value.real == limit.real and value.imag > limit.imag)
    return value.real < limit.real or (value.real == limit.real and value.imag < limit.imag)


@jit
def extreme(a, greatest, skips_nan):
    best = np.zeros(1, a.dtype)[0]
    first = True
    for item in np.nditer(a):
        value = item.item()
        if first or (skips_nan and np.isnan(best.real) and not np.isnan(value.real)) or beyond(value, best, greatest):
            best = value
        first = False
    return best


@jit
def extreme_of(a, greatest, skips_nan, nothing):
    """Of a number the number; `nothing`: the error's text where there are no elements."""
    if not isinstance(a, np.ndarray):
        return a
    if not is_complex(a):
        return np.nothing_fits(a)
    if a.size == 0:
        raise ValueError(nothing)
    return extreme(a, greatest, skips_nan)


@stands_for("numpy.max", "array.max")
def max_(a):
    """The greatest element; of a number the number."""
    return extreme_of(a, True, False, "zero-size array to reduction operation maximum which has no identity")


@stands_for("numpy.min", "array.min")
def min_(a):
    """The least element; of a number the number."""
    return extreme_of(a, False, False, "zero-size array to reduction operation minimum which has no identity")


@stands_for("numpy.nanmax")
def nanmax(a):
    """The greatest element whose real part is not nan."""
    return extreme_of(a, True, True, "zero-size array to reduction operation not possible")


@stands_for("numpy.nanmin")
def nanmin(a):
    """The least element whose real part is not nan."""
    return extreme_of(a, False, True, "zero-size array to reduction operation not possible")


@stands_for("numpy.ptp")
def ptp(a):
    """The greatest element minus the least; of a number nothing."""
    if not isinstance(a, np.ndarray):
        return a - a
    if not is_complex(a):
        return np.nothing_fits(a)
    if len(a) == 0:
        raise ValueError("zero-size array reduction not possible")
    low = high = np.ravel(a)[0]
    for value in a.flat:
        if np.isnan(value.real):
            return np.nan + np.nan * 1j if np.isnan(value.imag) else np.nan + 0j
        if beyond(value, high, True):
            high = value
        if beyond(value, low, False):
            low = value
    return high - low
