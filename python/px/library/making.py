"""NumPy's functions that make arrays: triangles, windows, spaces, diagonals; arrays of what is none."""
# ruff: noqa: D103
# mypy: ignore-errors

import math

import numpy as np

from px.jit import jit
from px.library.filling import alone, filled_with
from px.library.intrinsics import is_boolean, is_complex, is_float, is_integer, same_element
from px.library.registry import stands_for


@jit
def ones_on_a_diagonal(rows, columns, k, dtype):
    out = np.zeros((rows, columns), dtype)
    for i in range(rows):
        if 0 <= i + k < columns:
            out[i, i + k] = 1
    return out


@stands_for("numpy.eye")
def eye(N, M=None, k=0, dtype=np.float64):
    """Ones on a diagonal, of any type."""
    if M is None:
        return ones_on_a_diagonal(N, N, k, dtype)
    return ones_on_a_diagonal(N, M, k, dtype)


@stands_for("numpy.identity")
def identity(n, dtype=np.float64):
    """Ones on the diagonal of a square, of any type."""
    return ones_on_a_diagonal(n, n, 0, dtype)


@stands_for("numpy.tri", tests="np.tri(3); np.tri(3, 4, 1)[2]")
def tri(N, M=None, k=0):
    """Ones at and below a diagonal."""
    rows = max(0, int(N))
    columns = rows
    if M is not None:
        columns = max(0, int(M))
    out = np.empty((rows, columns), np.float64)
    for i in range(rows):
        for j in range(columns):
            out[i, j] = 1.0 if j <= i + k else 0.0
    return out


@stands_for("numpy.tril", tests="np.tril(np.array(((x, y), (y, x))))")
def tril(m, k=0):
    """A matrix with zeros above a diagonal; of a line, one with the line in every row."""
    if m.ndim == 1:
        n = len(m)
        out = np.zeros((n, n), m.dtype)
        for i in range(n):
            for j in range(n):
                if j <= i + k:
                    out[i, j] = m[j]
        return out
    copied = np.zeros_like(m)
    for index, value in np.ndenumerate(m):
        if index[-1] <= index[-2] + k:
            copied[index] = value
    return copied


@stands_for("numpy.triu", tests="np.triu(np.array(((x, y), (y, x))))")
def triu(m, k=0):
    """A matrix with zeros below a diagonal; of a line, one with the line in every row."""
    if m.ndim == 1:
        n = len(m)
        out = np.zeros((n, n), m.dtype)
        for i in range(n):
            for j in range(n):
                if j >= i + k:
                    out[i, j] = m[j]
        return out
    copied = np.zeros_like(m)
    for index, value in np.ndenumerate(m):
        if index[-1] >= index[-2] + k:
            copied[index] = value
    return copied


@jit
def lower_indices(rows, columns, k):
    count = 0
    for i in range(rows):
        count += min(max(0, i + k + 1), columns)
    first, second = np.empty(count, np.int64), np.empty(count, np.int64)
    at = 0
    for i in range(rows):
        for j in range(min(max(0, i + k + 1), columns)):
            first[at], second[at] = i, j
            at += 1
    return first, second


@jit
def upper_indices(rows, columns, k):
    count = 0
    for i in range(rows):
        count += columns - min(max(0, i + k), columns)
    first, second = np.empty(count, np.int64), np.empty(count, np.int64)
    at = 0
    for i in range(rows):
        for j in range(min(max(0, i + k), columns), columns):
            first[at], second[at] = i, j
            at += 1
    return first, second


@stands_for("numpy.tril_indices", tests="np.tril_indices(3)[0]; np.tril_indices(3, 1, 2)[1]")
def tril_indices(n, k=0, m=None):
    """The indices of the elements at and below a diagonal."""
    rows = max(0, int(n))
    if m is None:
        return lower_indices(rows, rows, int(k))
    return lower_indices(rows, max(0, int(m)), int(k))


@stands_for("numpy.triu_indices", tests="np.triu_indices(3)[0]; np.triu_indices(3, 1, 2)[1]")
def triu_indices(n, k=0, m=None):
    """The indices of the elements at and above a diagonal."""
    rows = max(0, int(n))
    if m is None:
        return upper_indices(rows, rows, int(k))
    return upper_indices(rows, max(0, int(m)), int(k))


@stands_for("numpy.tril_indices_from", tests="np.tril_indices_from(np.eye(2))[0]")
def tril_indices_from(arr, k=0):
    """The same for a matrix."""
    return lower_indices(arr.shape[0], arr.shape[1], int(k))


@stands_for("numpy.triu_indices_from", tests="np.triu_indices_from(np.eye(2))[0]")
def triu_indices_from(arr, k=0):
    """The same for a matrix."""
    return upper_indices(arr.shape[0], arr.shape[1], int(k))


@stands_for("numpy.vander", tests="np.vander(np.array((0.5, 1.5)), 3)")
def vander(x, N=None, increasing=False):
    """The powers of a line's elements as columns."""
    count = len(x)
    if N is not None:
        count = int(N)
    if count < 0:
        raise ValueError("Negative dimensions are not allowed")
    if is_integer(x) or is_boolean(x):
        return powers(x, np.empty((len(x), count), np.int64), increasing)
    return powers(x, np.empty((len(x), count), x.dtype), increasing)


@jit
def powers(x, out, increasing):
    n = out.shape[1]
    for i in range(n):
        for row in range(len(x)):
            at = i if increasing else n - 1 - i
            if i == 0:
                out[row, at] = 1
            elif increasing:
                out[row, at] = x[row] * out[row, at - 1]
            else:
                out[row, at] = x[row] * out[row, at + 1]
    return out


@stands_for("numpy.bartlett", tests="np.bartlett(5)")
def bartlett(M):
    """A window: a triangle."""
    if M < 1:
        return np.empty(0, np.float64)
    if M == 1:
        return np.ones(1, np.float64)
    n = np.arange(1.0 - M, M, 2)
    out = np.empty(len(n), np.float64)
    for i in range(len(n)):
        out[i] = 1 + n[i] / (M - 1) if n[i] <= 0 else 1 - n[i] / (M - 1)
    return out


@stands_for("numpy.blackman", tests="np.blackman(5)")
def blackman(M):
    """A window of three cosines."""
    if M < 1:
        return np.empty(0, np.float64)
    if M == 1:
        return np.ones(1, np.float64)
    n = np.arange(1.0 - M, M, 2)
    return 0.42 + 0.5 * np.cos(np.pi * n / (M - 1)) + 0.08 * np.cos(2.0 * np.pi * n / (M - 1))


@stands_for("numpy.hamming", tests="np.hamming(5)")
def hamming(M):
    """A window: a cosine upon a plate."""
    if M < 1:
        return np.empty(0, np.float64)
    if M == 1:
        return np.ones(1, np.float64)
    n = np.arange(1 - M, M, 2)
    return 0.54 + 0.46 * np.cos(np.pi * n / (M - 1))


@stands_for("numpy.hanning", tests="np.hanning(5)")
def hanning(M):
    """A window: a cosine."""
    if M < 1:
        return np.empty(0, np.float64)
    if M == 1:
        return np.ones(1, np.float64)
    n = np.arange(1 - M, M, 2)
    return 0.5 + 0.5 * np.cos(np.pi * n / (M - 1))


@stands_for("numpy.logspace", tests="np.logspace(0.5 * x, 0.25 * y, 4)")
def logspace(start, stop, num=50):
    """Powers of ten whose exponents lie at equal distances."""
    return np.power(10.0, np.linspace(start, stop, num))


@stands_for("numpy.geomspace", tests="np.geomspace(0.5, 8, 4)")
def geomspace(start, stop, num=50):
    """Numbers of equal ratios."""
    if start == 0 or stop == 0:
        raise ValueError("Geometric sequence cannot include zero")
    sign = 1
    if start < 0 and stop < 0:
        start, stop, sign = -start, -stop, -1
    result = np.power(10.0, np.linspace(np.log10(start), np.log10(stop), num))
    if num > 0:
        result[0] = start
        if num > 1:
            result[-1] = stop
    return sign * result


@stands_for("numpy.diagflat", tests="np.diagflat(np.array((x, y)), 1); np.diagflat(x)")
def diagflat(v, k=0):
    """A matrix with elements on a diagonal."""
    size = abs(int(k))
    rows, columns = max(0, -int(k)), max(0, int(k))
    if isinstance(v, np.ndarray):
        flat = np.ravel(v)
        out = np.zeros((len(flat) + size, len(flat) + size), v.dtype)
        for i in range(len(flat)):
            out[i + rows, i + columns] = flat[i]
        return out
    one = filled_with((1 + size, 1 + size), v)
    for i in range(1 + size):
        for j in range(1 + size):
            if i != rows or j != columns:
                one[i, j] = 0
    return one


@stands_for("numpy.indices", tests="np.indices((2, 3))")
def indices(dimensions):
    """The indices of a grid, an axis each."""
    out = np.empty((len(dimensions), *dimensions), np.int64)
    for index in np.ndindex(dimensions):
        for axis in range(len(dimensions)):
            out[(axis, *index)] = index[axis]
    return out


@stands_for("numpy.arange")
def arange(start, stop=None, step=None, dtype=None):
    """start, start + step, … below stop, of any numbers, in any type."""
    if stop is None:
        if is_complex(start):
            return filled(0j, start, 1 if step is None else step, dtype)
        if is_float(start):
            return filled(0.0, start, 1 if step is None else step, dtype)
        return filled(0, start, 1 if step is None else step, dtype)
    return filled(start, stop, 1 if step is None else step, dtype)


@jit
def filled(start, stop, step, dtype):
    if is_complex(start) or is_complex(stop) or is_complex(step):
        quotient = (stop - start) / step
        count = max(min(int(math.ceil(quotient.imag)), int(math.ceil(quotient.real))), 0)
        return line(start + 0j, step + 0j, count, dtype)
    count = max(int(math.ceil((stop - start) / step)), 0)
    if is_integer(start) and is_integer(stop) and is_integer(step):
        return line(int(start), int(step), count, dtype)
    return line(float(start), float(step), count, dtype)


@jit
def line(start, step, count, dtype):
    if dtype is None:
        out = filled_with(count, start)
        for i in range(count):
            out[i] = start + i * step
        return out
    typed = np.empty(count, dtype)
    for i in range(count):
        typed[i] = start + i * step
    return typed


@jit
def stacked(parts, dtype):
    """Arrays of one shape as one with an axis more; of no arrays, whose shape nothing says, there is none."""
    shape = parts[0].shape
    if dtype is None:
        out = np.empty((len(parts), *shape), parts[0].dtype)
    else:
        out = np.empty((len(parts), *shape), dtype)
    for k in range(len(parts)):
        if parts[k].shape != shape:
            raise ValueError("np.array: the parts have different shapes")
        out[k] = parts[k]
    return out


@stands_for("numpy.asarray", "numpy.array", tests="np.asarray(np.array((x, y))); np.asarray((x, y))")
def asarray(a, dtype=None):
    """An array as it is, or of numbers."""
    if isinstance(a, np.ndarray):
        if dtype is None:
            return a
        if same_element(a, dtype):
            return a
        return a.astype(dtype)
    if isinstance(a, list):
        if isinstance(a[0], np.ndarray):
            return stacked(a, dtype)
        if isinstance(a[0], list):
            return stacked([np.array(part) for part in a], dtype)
    if isinstance(a, (tuple, list)):
        if dtype is None:
            return np.array(a)
        return np.array(a, dtype)
    if dtype is None:
        return alone(a)
    if isinstance(dtype, (float, int)):
        return np.full((), type(dtype)(a))
    return np.full((), a, dtype)


@jit
def numbers_like(a, dtype):
    """An array in a dtype, or in the type of a number."""
    if isinstance(dtype, (int, float)) and isinstance(a, np.ndarray):
        out = np.full(a.shape, dtype)
        for index, value in np.ndenumerate(a):
            out[index] = value
        return out
    return np.asarray(a, dtype)


@stands_for("numpy.asarray_chkfinite", tests="np.asarray_chkfinite(np.array((x, y)))")
def asarray_chkfinite(a, dtype=None):
    """An array as it is, if all of it is finite."""
    made = numbers_like(a, dtype)
    for index, value in np.ndenumerate(made):
        if not np.isfinite(value):
            raise ValueError("array must not contain infs or NaNs")
    return made


@stands_for("numpy.copy")
def copy(a):
    """Of a number an array without dimensions."""
    if isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    return alone(a)


@stands_for("numpy.where")
def where(condition, x, y):
    """Of numbers an array without dimensions."""
    if isinstance(condition, np.ndarray) or isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        return np.nothing_fits(condition)
    if condition:
        return alone(x)
    return alone(y)


@stands_for("numpy.argwhere")
def argwhere(a):
    """Of a number that is not zero one row of no indices."""
    if isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    return np.empty((1 if a != 0 else 0, 0), np.int64)


@stands_for("numpy.flatnonzero")
def flatnonzero(a):
    """Of a number that is not zero the index 0."""
    if isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    return np.zeros(1 if a != 0 else 0, np.int64)


@stands_for("numpy.linspace")
def linspace(start, stop, num=50):
    """So many complex numbers from one to another, the same step between them."""
    if not (is_complex(start) or is_complex(stop)):
        return np.nothing_fits(start)
    first, last = start * 1.0, stop * 1.0
    out = np.empty(num, np.complex128)
    if num == 1:
        out[0] = first
    if num > 1:
        step = np.divide(last - first, num - 1)
        for i in range(num):
            out[i] = first + i * step
        out[-1] = last
    return out
