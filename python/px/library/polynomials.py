"""Polynomials by their coefficients, the lowest power first; their roots, the highest first."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.intrinsics import is_complex, is_float
from px.library.registry import stands_for


@jit
def series(c, other):
    """Coefficients in the common type with another's: complex128 or float64."""
    if is_complex(c) or is_complex(other):
        return np.atleast_1d(np.asarray(c)).astype(np.complex128)
    return np.atleast_1d(np.asarray(c)).astype(np.float64)


@jit
def trimmed_series(c, other):
    made = series(c, other)
    if made.size == 0:
        raise ValueError("Coefficient array is empty")
    return trimseq(made)


@jit
def extended(a, size):
    out = np.zeros(size, a.dtype)
    out[: a.size] = a
    return out


@jit
def trimseq(seq):
    last = len(seq) - 1
    while last > 0 and seq[last] == 0:
        last -= 1
    return seq[: last + 1]


@stands_for("numpy.polynomial.polyutils.trimseq", tests="np.polynomial.polyutils.trimseq(np.array((x, 0.0)))")
def trimseq_of(seq):
    """Without the zeros of the highest powers."""
    return trimseq(seq)


@jit
def unit_of(items, unit):
    """An element of the type that those of all items have in common with the unit."""
    if len(items) == 0:
        return unit
    return unit_of(items[1:], unit + np.zeros(1, np.asarray(items[0]).dtype))


@jit
def line_of(item, unit):
    if isinstance(item, np.ndarray) and item.ndim > 1:
        return np.nothing_fits(item)
    return np.atleast_1d(np.asarray(item)).astype(unit.dtype)


@jit
def lines_of(items, unit):
    first = [line_of(items[0], unit)]
    if len(items) == 1:
        return first
    return first + lines_of(items[1:], unit)


@jit
def as_lines(items):
    unit = np.zeros(1, np.float64)
    if isinstance(items, tuple):
        return lines_of(items, unit_of(items, unit))
    if isinstance(items, np.ndarray):
        unit_of_rows = unit + np.zeros(1, items.dtype)
        return [line_of(row, unit_of_rows) for row in items]
    unit_of_list = unit + np.zeros(1, np.asarray(items[0]).dtype)
    return [line_of(item, unit_of_list) for item in items]


@stands_for("numpy.polynomial.polyutils.as_series", tests="np.polynomial.polyutils.as_series((np.array((x, 0.0)), np.array((y, 1.0))))[1]")
def as_series(alist, trim=True):
    """A list of lines of coefficients, of one type: float64 or complex128; without the zeros of the highest powers."""
    lines = as_lines(alist)
    if len(lines) == 0:
        raise StopIteration  # as Numba's min of nothing
    for line in lines:
        if line.size == 0:
            raise ValueError("Coefficient array is empty")
    if trim:
        lines = [trimseq(line) for line in lines]
    return lines


@stands_for("numpy.polynomial.polynomial.polyadd", tests="np.polynomial.polynomial.polyadd(np.array((x, y)), np.array((1.0, x, y)))")
def polyadd(c1, c2):
    """The sum."""
    a, b = trimmed_series(c1, c2), trimmed_series(c2, c1)
    size = max(len(a), len(b))
    return trimseq(extended(a, size) + extended(b, size))


@stands_for("numpy.polynomial.polynomial.polysub", tests="np.polynomial.polynomial.polysub(np.array((x, y)), np.array((1.0, x, y)))")
def polysub(c1, c2):
    """The difference."""
    a, b = trimmed_series(c1, c2), trimmed_series(c2, c1)
    size = max(len(a), len(b))
    return trimseq(extended(a, size) - extended(b, size))


@stands_for("numpy.polynomial.polynomial.polymul", tests="np.polynomial.polynomial.polymul(np.array((x, y)), np.array((1.0, x, y)))")
def polymul(c1, c2):
    """The product."""
    return trimseq(np.convolve(trimmed_series(c1, c2), trimmed_series(c2, c1)))


@stands_for("numpy.polynomial.polynomial.polydiv", tests="np.polynomial.polynomial.polydiv(np.array((x, y, 2.0)), np.array((1.0, x)))")
def polydiv(c1, c2):
    """The quotient and what is left."""
    a, b = trimmed_series(c1, c2), trimmed_series(c2, c1)
    if b[-1] == 0:
        raise ZeroDivisionError
    if len(a) < len(b):
        return a[:1] * 0, a
    if len(b) == 1:
        return a / b[-1], a[:1] * 0
    leading = b[-1]
    rest = b[:-1] / leading
    j = len(a) - 1
    for i in range(len(a) - len(b), -1, -1):
        a[i:j] -= rest * a[j]
        j -= 1
    return a[j + 1 :] / leading, trimseq(a[: j + 1])


@jit
def horner(inputs, c):
    y = c[len(c) - 1] + inputs * 0
    for i in range(len(c) - 1, 0, -1):
        y = c[i - 1] + y * inputs
    return y


@stands_for("numpy.polynomial.polynomial.polyval", tests="np.polynomial.polynomial.polyval(np.array((x, y)), np.array((1.0, x, y)))")
def polyval(x, c, tensor=None):
    """Values at x."""
    if is_complex(x) or is_complex(c):
        coefficients = np.atleast_1d(np.asarray(c)).astype(np.complex128)
    else:
        coefficients = np.atleast_1d(np.asarray(c)).astype(np.float64)
    if not isinstance(x, np.ndarray):
        if isinstance(x, tuple) or isinstance(x, list):
            return np.nothing_fits(x)
        return horner(series(x, c)[0], coefficients)
    inputs = series(x, c).reshape(x.shape)
    if coefficients.ndim == 1:
        return horner(inputs, coefficients)
    if tensor is not None:  # its value says what type the result has: only the usual one is known
        return np.nothing_fits(x)
    if x.ndim == 1:
        return horner(inputs, np.expand_dims(coefficients, coefficients.ndim))
    if x.ndim == 2:
        return horner(inputs, np.expand_dims(np.expand_dims(coefficients, coefficients.ndim), coefficients.ndim + 1))
    return np.nothing_fits(x)


@jit
def integral(c):
    n = len(c)
    out = np.empty((n + 1, *c.shape[1:]), c.dtype)
    out[0] = c[0] * 0
    out[1] = c[0]
    for j in range(1, n):
        out[j + 1] = c[j] / (j + 1)
    return out


@stands_for("numpy.polynomial.polynomial.polyint", tests="np.polynomial.polynomial.polyint(np.array((1.0, x, y)), 2)")
def polyint(c, m=1):
    """The integral from 0, m times."""
    made = series(c, c)
    for _ in range(m):
        made = integral(made)
    if made.ndim > 1:
        return made
    return trimseq(made)


@stands_for("numpy.roots", tests="np.roots(np.array((1.0, -3.0, 2.0)))")
def roots(p):
    """Where the polynomial is 0; the coefficient of the highest power comes first."""
    if p.ndim != 1:
        raise ValueError("Input must be a 1d array.")
    if is_complex(p) or is_float(p):
        given = p
    else:
        given = p.astype(np.float64)
    places = np.nonzero(given)[0]
    if len(places) == 0:
        return np.zeros(0, given.dtype)
    zeros = np.zeros(len(given) - places[-1] - 1, given.dtype)
    given = given[places[0] : places[-1] + 1]
    n = len(given)
    if n < 2:
        return zeros
    companion = np.zeros((n - 1, n - 1), given.dtype)
    for i in range(n - 2):
        companion[i + 1, i] = 1
    companion[0, :] = -given[1:] / given[0]
    found = np.linalg.eigvals(companion)
    if len(zeros) > 0:
        return np.hstack((found, zeros))
    return found


@jit
def line_at(x, x0, y0, slope, x1, y1):
    """A line's value, from its other end where it is nan from the first."""
    value = slope * (x - x0) + y0
    if np.isnan(value):
        value = slope * (x - x1) + y1
        if np.isnan(value) and y0 == y1:
            value = y0
    return value


@jit
def complex_line_at(x, xp, fp, j):
    scale = 1 / (xp[j + 1] - xp[j])
    here, there = fp[j], fp[j + 1]
    slope = (there.real - here.real) * scale + 1j * ((there.imag - here.imag) * scale)
    real = line_at(x, xp[j], here.real, slope.real, xp[j + 1], there.real)
    imag = line_at(x, xp[j], here.imag, slope.imag, xp[j + 1], there.imag)
    return real + 1j * imag


@jit
def complex_interpolated(x, xp, fp):
    last = len(xp) - 1
    j = np.searchsorted(xp, x, side="right") - 1
    if np.isnan(x) and last > 0:
        return x + 1j * 0.0
    if j < 0:
        return fp[0]
    if j >= last or xp[j] == x:
        return fp[min(j, last)]
    return complex_line_at(x, xp, fp, j)


@stands_for("numpy.interp")
def interp(x, xp, fp):
    """Complex values on the lines between points; xp rises."""
    if is_complex(x) or is_complex(xp) or not is_complex(fp):
        return np.nothing_fits(x)
    if len(xp) == 0:
        raise ValueError("array of sample points is empty")
    if len(xp) != len(fp):
        raise ValueError("fp and xp are not of the same size.")
    if not isinstance(x, np.ndarray):
        return complex_interpolated(x, xp, fp)
    out = np.empty(x.shape, np.complex128)
    for place in np.ndindex(x.shape):
        out[place] = complex_interpolated(x[place], xp, fp)
    return out
