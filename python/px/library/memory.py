"""An array's memory taken otherwise: as other elements, in another order."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.filling import filled_with
from px.library.intrinsics import in_c_order, in_f_order, recast, tuple_set, view_c
from px.library.registry import stands_for


@stands_for("numpy.frombuffer")
def frombuffer(buffer, dtype=None, count=-1, offset=0):
    """The memory of an array in C order as a line of other elements."""
    if not in_c_order(buffer):
        return np.nothing_fits(buffer)
    if dtype is None:
        return line_of(buffer, np.float64, int(count), int(offset))
    if isinstance(dtype, str):
        if dtype == "complex64":
            return line_of(buffer, np.complex64, int(count), int(offset))
        if dtype == "float32":
            return line_of(buffer, np.float32, int(count), int(offset))
        if dtype == "float64":
            return line_of(buffer, np.float64, int(count), int(offset))
        if dtype == "int32":
            return line_of(buffer, np.int32, int(count), int(offset))
        if dtype == "int64":
            return line_of(buffer, np.int64, int(count), int(offset))
        return np.nothing_fits(buffer)
    return line_of(buffer, dtype, int(count), int(offset))


@jit
def line_of(buffer, dtype, count, offset):
    # As Numba has it: the offset counts in elements of the result where sizes are checked, in those of the buffer where the line begins.
    nbytes = buffer.nbytes - offset * dtype.itemsize
    if nbytes < 0 or offset < 0 or offset * buffer.itemsize > buffer.nbytes:
        raise ValueError("offset must be non-negative and no greater than buffer length")
    if nbytes % dtype.itemsize != 0:
        raise ValueError("buffer size must be a multiple of element size")
    if count < 0:
        count = nbytes // dtype.itemsize
    if count * dtype.itemsize > nbytes or offset * buffer.itemsize + count * dtype.itemsize > buffer.nbytes:
        raise ValueError("buffer is smaller than requested size")
    if offset == 0:
        return recast(buffer, dtype, (count,), (dtype.itemsize,))
    flat = np.ravel(buffer)
    return recast(flat[offset:], dtype, (count,), (dtype.itemsize,))


@stands_for("array.view")
def array_view(a, dtype):
    """An array's memory as other elements."""
    if dtype.itemsize == a.itemsize:
        return recast(a, dtype, a.shape, a.strides)
    if a.strides[-1] != a.itemsize or a.shape[-1] * a.itemsize % dtype.itemsize != 0:
        raise ValueError("new type not compatible with array")
    sizes = tuple_set(a.shape, a.ndim - 1, a.shape[-1] * a.itemsize // dtype.itemsize)
    return recast(a, dtype, sizes, tuple_set(a.strides, a.ndim - 1, dtype.itemsize))


@jit
def lies_in_c_order(a):
    """Whether an array whose type says nothing of it lies in C order: as in Numba, axes of one item count in the middle alone."""
    first, last = 0, a.ndim - 1
    while last >= 0 and a.shape[last] <= 1:
        last -= 1
    if last < 0:
        return True
    while first < last and a.shape[first] <= 1:
        first += 1
    stride = a.itemsize
    for axis in range(last, first - 1, -1):
        if a.strides[axis] != stride:
            return False
        stride *= a.shape[axis]
    return True


@stands_for("numpy.ascontiguousarray", tests="np.ascontiguousarray(np.array(((x, y), (y, x))).T); np.ascontiguousarray(x)")
def ascontiguousarray(a):
    """An array in C order: itself, or a copy; of a number one element."""
    if isinstance(a, np.ndarray):
        if a.ndim == 0:
            return filled_with(1, a[()])
        if in_c_order(a) or a.ndim == 1 and in_f_order(a):
            return a
        if not in_f_order(a) and lies_in_c_order(a):
            return view_c(a, 0, a.shape, a.strides)
        return a.copy()
    return filled_with(1, a)


@stands_for("numpy.asfortranarray", tests="np.asfortranarray(np.array(((x, y), (y, x)))); np.asfortranarray(x)")
def asfortranarray(a):
    """An array in Fortran order: itself, or a copy; of a number one element."""
    if isinstance(a, np.ndarray):
        if a.ndim == 0:
            return a
        return np.ascontiguousarray(a.T).T
    return filled_with(1, a)
