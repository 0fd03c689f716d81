"""NumPy's functions of arrays' axes: views of them in other shapes, and parts of them."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.filling import alone, filled_with
from px.library.intrinsics import (
    is_complex,
    is_float,
    is_integer,
    readonly_view,
    tuple_drop,
    tuple_insert,
    tuple_set,
    view,
    view_like,
)
from px.library.registry import stands_for


@stands_for("numpy.shape", tests="np.shape(np.ones((2, 3))); np.shape(x)")
def shape(a):
    """The sizes of an array's axes; () of a number."""
    if isinstance(a, np.ndarray):
        return a.shape
    return ()


@stands_for("numpy.size", tests="np.size(np.ones((2, 3))); np.size(x)")
def size(a):
    """How many elements there are; 1 of a number."""
    if isinstance(a, np.ndarray):
        return a.size
    return 1


@stands_for("numpy.ndim", tests="np.ndim(np.ones((2, 3))); np.ndim(x)")
def ndim(a):
    """How many axes there are; 0 of a number."""
    if isinstance(a, np.ndarray):
        return a.ndim
    return 0


@jit
def permuted(a, axes):
    n = a.ndim
    sizes, steps = a.shape, a.strides
    seen = sizes
    for k in range(n):
        seen = tuple_set(seen, k, 0)
    if len(axes) != n:
        raise ValueError("axes don't match array")
    for k in range(n):
        axis = axes[k]
        if axis < 0:
            axis += n
        if axis < 0 or axis >= n:
            raise ValueError("axis is out of bounds for array of given dimension")
        if seen[axis] != 0:
            raise ValueError("repeated axis in transpose")
        seen = tuple_set(seen, axis, 1)
        sizes = tuple_set(sizes, k, a.shape[axis])
        steps = tuple_set(steps, k, a.strides[axis])
    return view(a, 0, sizes, steps)


@stands_for("numpy.transpose", "array.transpose")
def transpose(a, axes=None):
    """The axes in another order, a view."""
    if axes is None:
        return a.T
    if isinstance(axes, tuple):
        return permuted(a, axes)
    if a.ndim == 1:
        if axes != 0 and axes != -1:
            raise ValueError("axis is out of bounds for array of given dimension")
        return a
    return permuted(a, (int(axes),))


@stands_for("numpy.swapaxes", tests="np.swapaxes(np.array(((x, y), (1, 2))), 0, 1)")
def swapaxes(a, axis1, axis2):
    """Two axes exchanged, a view."""
    n = a.ndim
    first, second = int(axis1), int(axis2)
    if first < 0:
        first += n
    if second < 0:
        second += n
    if first < 0 or first >= n:
        raise ValueError("np.swapaxes: Argument axis1 out of bounds")
    if second < 0 or second >= n:
        raise ValueError("np.swapaxes: Argument axis2 out of bounds")
    sizes = tuple_set(tuple_set(a.shape, first, a.shape[second]), second, a.shape[first])
    steps = tuple_set(tuple_set(a.strides, first, a.strides[second]), second, a.strides[first])
    return view(a, 0, sizes, steps)


@stands_for("numpy.moveaxis", tests="np.moveaxis(np.array(((x, y), (1, 2))), 0, 1)")
def moveaxis(a, source, destination):
    """An axis at another place, a view."""
    n = a.ndim
    old, new = int(source), int(destination)
    if old < 0:
        old += n
    if new < 0:
        new += n
    if old < 0 or old >= n or new < 0 or new >= n:
        raise ValueError("np.moveaxis: axis out of bounds")
    sizes = tuple_insert(tuple_drop(a.shape, old), new, a.shape[old])
    steps = tuple_insert(tuple_drop(a.strides, old), new, a.strides[old])
    return view(a, 0, sizes, steps)


@stands_for("numpy.expand_dims", tests="np.expand_dims(np.array((x, y)), 0)")
def expand_dims(a, axis):
    """An axis of one more, a view."""
    place = int(axis)
    if place < 0:
        place += a.ndim + 1
    if place < 0 or place > a.ndim:
        raise IndexError("np.expand_dims(): axis out of bounds")
    sizes, steps = tuple_insert(a.shape, place, 1), tuple_insert(a.strides, place, a.itemsize)
    if a.ndim <= 1:
        return view_like(a, 0, sizes, steps)
    return view(a, 0, sizes, steps)


@stands_for("numpy.lib.stride_tricks.as_strided", tests="np.lib.stride_tricks.as_strided(np.array((0.5 * x, y, x)), (2, 2), (8, 8))[1]")
def as_strided(x, shape=None, strides=None):
    """A view of any shape and strides, which nobody checks."""
    if shape is None:
        if strides is None:
            return view(x, 0, x.shape, x.strides)
        return view(x, 0, x.shape, strides)
    if strides is None:
        return view(x, 0, shape, x.strides)
    return view(x, 0, shape, strides)


@jit
def spread(a, sizes):
    n, missing = len(sizes), len(sizes) - a.ndim
    if missing < 0:
        raise ValueError("input operand has more dimensions than allowed by the axis remapping")
    steps = sizes
    for k in range(n):
        if sizes[k] < 0:
            raise ValueError("all elements of broadcast shape must be non-negative")
        step = 0
        if a.ndim > 0:
            if k >= missing:
                have = a.shape[k - missing]
                if have == sizes[k]:
                    step = a.strides[k - missing]
                elif have != 1:
                    raise ValueError("operands could not be broadcast together with remapped shapes")
        steps = tuple_set(steps, k, step)
    return readonly_view(a, 0, sizes, steps)


@stands_for("numpy.broadcast_to", tests="np.broadcast_to(np.array((x, y)), (3, 2)); np.broadcast_to(x, 3)")
def broadcast_to(array, shape):
    """An array in a larger shape, a view that is not written to."""
    if isinstance(array, np.ndarray):
        if isinstance(shape, tuple):
            return spread(array, shape)
        return spread(array, (np.int64(shape),))
    if isinstance(shape, tuple):
        return spread(alone(array), shape)
    return spread(alone(array), (np.int64(shape),))


@stands_for("numpy.rot90", tests="np.rot90(np.array(((x, y), (1, 2))))")
def rot90(m, k=1):
    """A matrix turned by so many right angles, a view."""
    turns = int(k) % 4
    if turns == 0:
        return view(m, 0, m.shape, m.strides)
    if turns == 1:
        return np.swapaxes(np.fliplr(m), 0, 1)
    if turns == 2:
        return np.flipud(np.fliplr(m))
    return np.fliplr(np.swapaxes(m, 0, 1))


@stands_for("numpy.resize", tests="np.resize(np.array((x, y)), (2, 3)); np.resize(x, 3)")
def resize(a, new_shape):
    """The elements over and over again in another shape."""
    if isinstance(a, np.ndarray):
        if isinstance(new_shape, tuple):
            return refilled(np.ravel(a), new_shape)
        return refilled(np.ravel(a), (np.int64(new_shape),))
    if isinstance(new_shape, tuple):
        return refilled(filled_with(1, a), new_shape)
    return refilled(filled_with(1, a), (np.int64(new_shape),))


@jit
def refilled(flat, sizes):
    for k in range(len(sizes)):
        if sizes[k] < 0:
            raise ValueError("All elements of `new_shape` must be non-negative")
    out = np.zeros(sizes, flat.dtype)
    if len(flat) > 0:
        at = 0
        for index in np.ndindex(sizes):
            out[index] = flat[at]
            at += 1
            if at == len(flat):
                at = 0
    return out


@jit
def bound(at, n):
    if at < 0:
        at += n
    return min(max(at, 0), n)


@jit
def part(a, axis, start, stop):
    n = a.shape[axis]
    first, last = bound(start, n), bound(stop, n)
    sizes = tuple_set(a.shape, axis, max(0, last - first))
    if a.ndim == 1:
        return view_like(a, first * a.strides[axis], sizes, a.strides)
    return view(a, first * a.strides[axis], sizes, a.strides)


@jit
def axis_of(axis, n):
    if axis < -n or axis >= n:
        raise IndexError("tuple index out of range")
    return axis + n if axis < 0 else axis


@stands_for("numpy.array_split", tests="np.array_split(np.array((x, y, x)), 2)[0]")
def array_split(ary, indices_or_sections, axis=0):
    """Parts along an axis, as equal as may be."""
    at = axis_of(int(axis), ary.ndim)
    n = ary.shape[at]
    out = []
    if is_integer(indices_or_sections) and not isinstance(indices_or_sections, np.ndarray):
        if indices_or_sections < 0:
            out.append(part(ary, at, 0, n))
            return out
        each, rest = divmod(n, int(indices_or_sections))
        start = 0
        for k in range(int(indices_or_sections)):
            stop = start + each + (1 if k < rest else 0)
            out.append(part(ary, at, start, stop))
            start = stop
        return out
    start = 0
    for stop in indices_or_sections:
        out.append(part(ary, at, start, stop))
        start = stop
    out.append(part(ary, at, start, n))
    return out


@stands_for("numpy.split", tests="np.split(np.array((x, y)), 2)[0]")
def split(ary, indices_or_sections, axis=0):
    """Equal parts along an axis, or parts between indices."""
    if is_integer(indices_or_sections) and not isinstance(indices_or_sections, np.ndarray):
        at = axis_of(int(axis), ary.ndim)
        if ary.shape[at] % int(indices_or_sections) != 0:
            raise ValueError("array split does not result in an equal division")
    return np.array_split(ary, indices_or_sections, axis)


@stands_for("numpy.hsplit", tests="np.hsplit(np.array((x, y)), 2)[0]")
def hsplit(ary, indices_or_sections):
    """Parts side by side."""
    if ary.ndim == 1:
        return np.split(ary, indices_or_sections, 0)
    return np.split(ary, indices_or_sections, 1)


@stands_for("numpy.vsplit", tests="np.vsplit(np.array(((x, y), (1, 2))), 2)[0]")
def vsplit(ary, indices_or_sections):
    """Parts one below another."""
    if ary.ndim < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return np.split(ary, indices_or_sections, 0)


@stands_for("numpy.dsplit", tests="np.dsplit(np.ones((1, 2, 2)), 2)[0]")
def dsplit(ary, indices_or_sections):
    """Parts along the third axis."""
    if ary.ndim < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return np.split(ary, indices_or_sections, 2)


@jit
def picked(a, indices):
    """Element by element, for PX_CHECK=races: the built-in reads them all at once."""
    out = np.empty(indices.size, a.dtype)
    at = 0
    for i in indices.flat:
        if i >= a.size or i < -a.size:
            raise IndexError("Index out of bounds")
        if a.ndim == 1:
            out[at] = a[i]
        else:
            out[at] = a.flat[i]
        at += 1
    return out.reshape(indices.shape)


@stands_for("numpy.diag")
def diag(v, k=0):
    """As `picked`: the elements of a diagonal, or a matrix with one."""
    row, column = max(-k, 0), max(k, 0)
    if v.ndim == 1:
        n = len(v) + row + column
        out = np.zeros((n, n), v.dtype)
        for i in range(len(v)):
            out[row + i, column + i] = v[i]
        return out
    out = np.empty(max(0, min(v.shape[0] - row, v.shape[1] - column)), v.dtype)
    for i in range(len(out)):
        out[i] = v[row + i, column + i]
    return out


@stands_for("numpy.trace", "array.trace")
def trace(a, offset=0):
    """As `picked`: the sum of a diagonal, of floats in float64."""
    if a.ndim != 2:
        return np.nothing_fits(a)
    if is_complex(a):
        return np.sum(np.diag(a, offset).astype(np.complex128))
    if is_float(a):
        return np.sum(np.diag(a, offset).astype(np.float64))
    return np.sum(np.diag(a, offset))


@stands_for("numpy.take", "array.take")
def take(a, indices, axis=None):
    """The elements at these places, of all of an array or along an axis."""
    if axis is None:
        if isinstance(indices, (tuple, list)):
            return np.take(a, np.array(indices))
        if isinstance(indices, np.ndarray):
            return picked(a, indices)
        flat = np.ravel(a)
        if indices >= len(flat) or indices < -len(flat):
            raise IndexError("Index out of bounds")
        return flat[indices]
    n = a.ndim
    at = int(axis)
    if at < -n or at >= n:
        raise ValueError("axis is out of bounds for array of given dimension")
    if at < 0:
        at += n
    if isinstance(indices, (tuple, list, np.ndarray)):
        return np.nothing_fits(a)
    if indices >= a.shape[at] or indices < -a.shape[at]:
        raise IndexError("Index out of bounds")
    index = indices + a.shape[at] if indices < 0 else indices
    if n == 1:
        return a[index]
    return view(a, index * a.strides[at], tuple_drop(a.shape, at), tuple_drop(a.strides, at)).copy()


@stands_for("numpy.dstack", tests="np.dstack((np.full(2, x), np.full(2, y)))")
def dstack(tup):
    """Arrays joined along the third axis."""
    first = tup[0]
    if first.ndim == 1:
        out = np.empty((1, len(first), len(tup)), first.dtype)
        for k in range(len(tup)):
            if len(tup[k]) != len(first):
                raise ValueError("all the input array dimensions except for the concatenation axis must match exactly")
            out[0, :, k] = tup[k]
        return out
    if first.ndim == 2:
        flat = np.empty((first.shape[0], first.shape[1], len(tup)), first.dtype)
        for k in range(len(tup)):
            if tup[k].shape != first.shape:
                raise ValueError("all the input array dimensions except for the concatenation axis must match exactly")
            flat[:, :, k] = tup[k]
        return flat
    return np.concatenate(tup, 2)


@stands_for("numpy.row_stack")
def row_stack(tup):
    """Arrays one below another."""
    return np.vstack(tup)


@stands_for("numpy.fill_diagonal")
def fill_diagonal(a, val, wrap=False):
    """Writes a number on a matrix's diagonal."""
    if a.ndim != 2 or isinstance(val, (np.ndarray, tuple, list)):
        return np.nothing_fits(a)
    m, n = a.shape
    end = n * m if wrap else n * min(m, n)
    for at in range(0, end, n + 1):
        a[at // n, at % n] = val
    return None


@jit
def lifted(a, axis):
    """With an axis of one more."""
    return view_like(a, 0, tuple_insert(a.shape, axis, 1), tuple_insert(a.strides, axis, 0))


@stands_for("numpy.atleast_1d", tests="np.atleast_1d(np.array(x)); np.atleast_1d(np.ones(2))")
def atleast_1d(a):
    """The array, with an axis where it has none."""
    if not isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    if a.ndim == 0:
        return lifted(a, 0)
    return a


@stands_for("numpy.atleast_2d", tests="np.atleast_2d(np.array(x)); np.atleast_2d(np.array((x, y)))")
def atleast_2d(a):
    """The array, a line as a row."""
    if not isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    if a.ndim == 0:
        return lifted(lifted(a, 0), 0)
    if a.ndim == 1:
        return lifted(a, 0)
    return a


@stands_for("numpy.atleast_3d", tests="np.atleast_3d(np.array((x, y)))[0]; np.atleast_3d(np.ones((2, 2)))[1]")
def atleast_3d(a):
    """The array, a matrix with a third axis, a line with one before and one after."""
    if not isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    if a.ndim == 0:
        return lifted(lifted(lifted(a, 0), 0), 2)
    if a.ndim == 1:
        return lifted(lifted(a, 0), 2)
    if a.ndim == 2:
        return lifted(a, 2)
    return a
