"""NumPy's functions that pick elements or their places: by conditions, by bins, along an axis; without nan, without zeros at the ends."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.intrinsics import is_complex, is_float, same_element, tuple_drop, tuple_insert, tuple_set
from px.library.registry import stands_for
from px.library.views import axis_of


@stands_for("numpy.divmod", tests="np.divmod(7, -2); np.divmod(x, 0.3)")
def divmod_of(x1, x2):
    """The quotient rounded down, and what is left of x."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


@stands_for("numpy.select", tests="np.select((np.array((x, y)) > 1.0,), (np.array((y, x)),), 5.0)")
def select(condlist, choicelist, default=0):
    """From the first array of which the condition holds, element by element."""
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    out = default * np.ones(choicelist[0].shape, choicelist[0].dtype)
    for i in range(len(condlist) - 1, -1, -1):
        out = np.where(condlist[i], choicelist[i], out)
    return out


@jit
def direction(bins):
    """1 where values never fall, -1 where they never rise, 0 of others."""
    found = 0
    for i in range(1, len(bins)):
        if bins[i] > bins[i - 1]:
            if found < 0:
                return 0
            found = 1
        elif bins[i] < bins[i - 1]:
            if found > 0:
                return 0
            found = -1
    return found if found != 0 else 1


@stands_for("numpy.digitize", tests="np.digitize(np.array((x, y)), np.array((0.0, 1.0, 2.0))); np.digitize(x, np.array((2.0, 1.0)), True)")
def digitize(x, bins, right=False):
    """In which bin each value lies; bins rise or fall."""
    if is_complex(x):
        return np.nothing_fits(x)
    order = direction(bins)
    if order == 0:
        raise ValueError("bins must be monotonically increasing or decreasing")
    if right:
        if order < 0:
            return len(bins) - np.searchsorted(bins[::-1], x, side="left")
        return np.searchsorted(bins, x, side="left")
    if order < 0:
        return len(bins) - np.searchsorted(bins[::-1], x, side="right")
    return np.searchsorted(bins, x, side="right")


@jit
def along(arr, indices, axis):
    n = arr.shape[axis]
    for index in indices.flat:
        if index < -n or index >= n:
            raise IndexError("an index of take_along_axis is out of bounds")
    sizes = indices.shape
    for k in range(indices.ndim):
        if k != axis:
            ours, theirs = arr.shape[k], indices.shape[k]
            if ours != 1 and theirs != 1 and ours != theirs:
                raise ValueError("`arr` and `indices` dimensions don't match")
            if theirs == 1:
                sizes = tuple_set(sizes, k, ours)
    source = np.broadcast_to(arr, tuple_set(sizes, axis, n))
    chosen = np.broadcast_to(indices, sizes)
    out = np.empty(sizes, arr.dtype)
    for place in np.ndindex(sizes):
        out[place] = source[tuple_set(place, axis, chosen[place])]
    return out


@stands_for("numpy.take_along_axis", tests="np.take_along_axis(np.array((x, y)), np.array((1, 0, 1)), 0)")
def take_along_axis(arr, indices, axis):
    """The elements at places along an axis, line by line."""
    if axis is None:
        return along(arr.flatten(), indices, 0)
    return along(arr, indices, axis_of(axis, arr.ndim))


@jit
def place_without_nan(values, sign):
    """Of the largest value, the first of equals; `sign` -1: of the smallest. In the place of nan stands what every value is beyond."""
    if values.size == 0:
        if sign > 0:
            raise ValueError("attempt to get argmax of an empty sequence")
        raise ValueError("attempt to get argmin of an empty sequence")
    best = -np.inf
    found = 0
    at = 0
    empty = True
    for value in values.flat:
        if not np.isnan(value):
            empty = False
            if sign * value > best:
                best = sign * value
                found = at
        at += 1
    if empty:
        raise ValueError("All-NaN slice encountered")
    return found


@jit
def places_without_nan(a, axis, sign):
    """The place in each line along an axis, or in all of an array."""
    if axis is None:
        return place_without_nan(a, sign)
    axis = axis + a.ndim if axis < 0 else axis
    if axis < 0 or axis >= a.ndim:
        raise ValueError("axis is out of bounds")
    if a.ndim == 1:
        return place_without_nan(a, sign)
    if a.shape[axis] == 0:
        raise ZeroDivisionError("division by zero")
    rest = tuple_drop(a.shape, axis)
    out = np.empty(rest, np.int64)
    line = np.empty(a.shape[axis], a.dtype)
    for place in np.ndindex(rest):
        for k in range(a.shape[axis]):
            line[k] = a[tuple_insert(place, axis, k)]
        out[place] = place_without_nan(line, sign)
    return out


@stands_for("numpy.nanargmax", tests="np.nanargmax(np.array((x, y)))")
def nanargmax(a, axis=None):
    """Where the largest element is, nan left out."""
    if not isinstance(a, np.ndarray) or is_complex(a):
        return np.nothing_fits(a)
    if not is_float(a):
        return np.argmax(a, axis)
    return places_without_nan(a, axis, 1)


@stands_for("numpy.nanargmin", tests="np.nanargmin(np.array((x, y)))")
def nanargmin(a, axis=None):
    """Where the smallest element is, nan left out."""
    if not isinstance(a, np.ndarray) or is_complex(a):
        return np.nothing_fits(a)
    if not is_float(a):
        return np.argmin(a, axis)
    return places_without_nan(a, axis, -1)


@stands_for("numpy.trim_zeros", tests="np.trim_zeros(np.array((0.0, x, 0.0)))")
def trim_zeros(filt, trim="fb"):
    """Without the zeros at its front and back."""
    first = 0
    last = len(filt)
    if trim == "fb" or trim == "bf" or trim == "f":
        while first < len(filt) and filt[first] == 0:
            first += 1
    if trim == "fb" or trim == "bf" or trim == "b":
        while last > 0 and filt[last - 1] == 0:
            last -= 1
    return filt[first:last]


@stands_for("numpy.broadcast_arrays", tests="np.broadcast_arrays(np.array((x, y)), np.array((y,)))")
def broadcast_arrays(a, b=None, c=None):
    """Two or three arrays of one element type as views of one shape, in a list."""
    if b is None or not same_element(a, b):
        return np.nothing_fits(a)
    if c is None:
        sizes = np.broadcast_shapes(np.asarray(a).shape, np.asarray(b).shape)
        return [np.broadcast_to(a, sizes), np.broadcast_to(b, sizes)]
    if not same_element(a, c):
        return np.nothing_fits(c)
    sizes = np.broadcast_shapes(np.asarray(a).shape, np.asarray(b).shape, np.asarray(c).shape)
    return [np.broadcast_to(a, sizes), np.broadcast_to(b, sizes), np.broadcast_to(c, sizes)]


@jit
def is_close(x, y, rtol, atol, equal_nan):
    first, second = np.isnan(x), np.isnan(y)
    if first != second:
        return False
    if first:
        return equal_nan
    if np.isinf(x) or np.isinf(y):
        return x == y
    return not np.abs(x - y) > atol + rtol * np.abs(y * 1.0)


@stands_for("numpy.allclose")
def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all complex numbers are equal but for a tolerance; of numbers alone whether they are."""
    if not isinstance(a, np.ndarray):
        if not isinstance(b, np.ndarray):
            return is_close(a, b, rtol, atol, equal_nan)
        for value in b.flat:
            if not is_close(a, value, rtol, atol, equal_nan):
                return False
        return True
    if not isinstance(b, np.ndarray):
        for value in a.flat:
            if not is_close(value, b, rtol, atol, equal_nan):
                return False
        return True
    if not same_element(a, b):
        return np.nothing_fits(a)
    sizes = np.broadcast_shapes(a.shape, b.shape)
    x, y = np.broadcast_to(a, sizes), np.broadcast_to(b, sizes)
    for place in np.ndindex(sizes):
        if not is_close(x[place], y[place], rtol, atol, equal_nan):
            return False
    return True


@stands_for("numpy.isclose", tests="np.isclose(x, y); np.isclose(x, x + 1e-9)")
def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether two numbers are equal but for a tolerance."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray) or is_complex(a) or is_complex(b):
        return np.nothing_fits(a)
    if np.isinf(a) or np.isinf(b):
        return a == b
    # Not `is_close`: a tolerance that is nan lets nothing pass here, and everything in np.allclose.
    return (equal_nan and np.isnan(a) and np.isnan(b)) or abs(a - b) <= atol + rtol * abs(b)
