"""NumPy's functions of single numbers, and rounding."""
# ruff: noqa: D103
# mypy: ignore-errors

import cmath
import math

import numpy as np

from px.jit import jit
from px.library.intrinsics import is_boolean, is_complex, is_float, is_integer, same_element
from px.library.registry import stands_for


@stands_for("numpy.prod")
def only_one(a):
    """A number alone is its own product."""
    if isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    return a


@stands_for("max", "min")
def one_alone(a):
    """The extreme of a number alone, as Numba has it."""
    if isinstance(a, (list, tuple, np.ndarray)):
        return np.nothing_fits(a)
    return a


@stands_for("numpy.sqrt")
def sqrt(x):
    """The square root of a complex number."""
    if isinstance(x, np.ndarray) or not is_complex(x):
        return np.nothing_fits(x)
    return cmath.sqrt(x)


@stands_for("numpy.sin")
def sin(x):
    """The sine of a complex number."""
    if isinstance(x, np.ndarray) or not is_complex(x):
        return np.nothing_fits(x)
    return complex(math.sin(x.real) * math.cosh(x.imag), math.cos(x.real) * math.sinh(x.imag))


@stands_for("numpy.cos")
def cos(x):
    """The cosine of a complex number."""
    if isinstance(x, np.ndarray) or not is_complex(x):
        return np.nothing_fits(x)
    return complex(math.cos(x.real) * math.cosh(x.imag), -math.sin(x.real) * math.sinh(x.imag))


@stands_for("numpy.sum")
def sum_(a, axis=None, dtype=None):
    """The sum of a number is the number."""
    if isinstance(a, np.ndarray):
        if dtype is not None:
            return np.nothing_fits(a)
        if axis is None:
            return a.sum()
        return a.sum(axis)
    return a


@jit
def total_in(a, like):
    """The sum in the type of a number."""
    total = type(like)(0)
    for value in a.flat:
        total = type(like)(total + type(like)(value))
    return total


@stands_for("array.sum")
def array_sum(a, axis=None, dtype=None):
    """The sum of an array, along no axis at all where they are ()."""
    if dtype is not None:
        if axis is not None:
            return np.nothing_fits(a)
        if isinstance(dtype, np.ndarray):  # its elements' type, as Numba has it; of a tuple its first item's
            return total_in(a, np.zeros(1, dtype.dtype)[0])
        if isinstance(dtype, tuple):
            return total_in(a, dtype[0])
        return total_in(a, dtype(0))
    if axis is None:
        return a.sum()
    if isinstance(axis, tuple):
        if len(axis) == 0:
            return a.copy()
        return np.nothing_fits(a)
    return a.sum(axis)


@stands_for("numpy.amax", tests="np.amax(x); np.amax(np.full(3, x))")
def amax(a):
    """The greatest element."""
    return np.max(a)


@stands_for("numpy.amin", tests="np.amin(x); np.amin(np.full(3, x))")
def amin(a):
    """The least element."""
    return np.min(a)


@stands_for("numpy.all", "numpy.any")
def truth(a):
    """Whether a number is not zero."""
    if isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    return a != 0


@stands_for("numpy.mean")
def mean(a):
    """The mean of a number."""
    if isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    return a / 1


@stands_for("numpy.percentile", "numpy.nanpercentile")
def percentile(a, q):
    """All percentiles of a number are the number."""
    if isinstance(a, np.ndarray) or isinstance(q, np.ndarray):
        return np.nothing_fits(a)
    if not 0 <= q <= 100:
        raise ValueError("Percentiles must be in the range [0, 100]")
    return float(a)


@stands_for("numpy.quantile", "numpy.nanquantile")
def quantile(a, q):
    """All quantiles of a number are the number."""
    if isinstance(a, np.ndarray) or isinstance(q, np.ndarray):
        return np.nothing_fits(a)
    if not 0 <= q <= 1:
        raise ValueError("Quantiles must be in the range [0, 1]")
    return float(a)


@jit
def round_digits(x, digits):
    if math.isinf(x) or math.isnan(x):
        return x
    if digits >= 0:
        first, second = 1.0, 1.0
        if digits > 22:  # the product of both might not be finite
            first = 10.0 ** (digits - 22)
            second = 1e22
        else:
            first = 10.0**digits
        y = x * first * second
        if math.isinf(y):
            return x
        return np.rint(y) / second / first
    first = 10.0 ** (-digits)
    return np.rint(x / first) * first


@jit
def round_number(a, decimals):
    if is_float(a):
        if decimals == 0:
            return np.rint(a)
        return round_digits(a, decimals)
    if is_complex(a):
        real, imag = a.real, a.imag
        if decimals == 0:
            return complex(np.rint(real), np.rint(imag))
        return complex(round_digits(real, decimals), round_digits(imag, decimals))
    if decimals == 0:
        return a
    return int(round_digits(a, decimals))


@stands_for("numpy.round", "numpy.around", tests="np.round(0.5 * x); np.around(0.5 * x, 1); np.round(np.array((0.25 * x, 1.5 * y)), 1)[1]")
def round_(a, decimals=0, out=None):
    """Rounded to so many decimals, halves to even."""
    if isinstance(a, np.ndarray):
        if out is None:
            made = np.empty_like(a)
            for index, value in np.ndenumerate(a):
                made[index] = round_number(value, decimals)
            return made
        if a.shape != out.shape:
            raise ValueError("invalid output shape")
        for index, value in np.ndenumerate(a):
            out[index] = round_number(value, decimals)
        return out
    if out is None:
        return round_number(a, decimals)
    out[0] = round_number(a, decimals)
    return out


@stands_for("array.round")
def array_round(a, decimals=0, out=None):
    """Rounded to so many decimals."""
    return np.round(a, decimals, out)


@stands_for("numpy.real", tests="np.real(complex(x, y)); np.real(np.array((x, y)))")
def real(val):
    """The real part."""
    if isinstance(val, np.ndarray):
        if is_complex(val):
            return val.real
        return val
    return val.real


@stands_for("numpy.imag", tests="np.imag(complex(x, y))")
def imag(val):
    """The imaginary part."""
    return val.imag


@stands_for("number.item")
def item(a):
    """A number itself."""
    return a


@stands_for("numpy.isreal", tests="np.isreal(complex(x, y)); np.isreal(x)")
def isreal(x):
    """Whether the imaginary part is zero."""
    if isinstance(x, np.ndarray):
        out = np.empty(x.shape, np.bool_)
        for index, value in np.ndenumerate(x):
            out[index] = value.imag == 0
        return out
    return x.imag == 0


@stands_for("numpy.iscomplex", tests="np.iscomplex(complex(x, y)); np.iscomplex(x)")
def iscomplex(x):
    """Whether the imaginary part is not zero."""
    if isinstance(x, np.ndarray):
        out = np.empty(x.shape, np.bool_)
        for index, value in np.ndenumerate(x):
            out[index] = value.imag != 0
        return out
    return x.imag != 0


@stands_for("numpy.isposinf", tests="np.isposinf(1.0 * x); np.isposinf(np.array((0.5 * x, y)))")
def isposinf(x, out=None):
    """Whether x is the positive infinity."""
    if isinstance(x, np.ndarray):
        if out is None:
            made = np.empty(x.shape, np.bool_)
            for index, value in np.ndenumerate(x):
                made[index] = value == math.inf
            return made
        for index, value in np.ndenumerate(x):
            out[index] = value == math.inf
        return out
    return x == math.inf


@stands_for("numpy.isneginf", tests="np.isneginf(1.0 * x); np.isneginf(np.array((0.5 * x, y)))")
def isneginf(x, out=None):
    """Whether x is the negative infinity."""
    if isinstance(x, np.ndarray):
        if out is None:
            made = np.empty(x.shape, np.bool_)
            for index, value in np.ndenumerate(x):
                made[index] = value == -math.inf
            return made
        for index, value in np.ndenumerate(x):
            out[index] = value == -math.inf
        return out
    return x == -math.inf


@jit
def sinc_number(x):
    if x == 0:
        x = 1e-20
    x *= np.pi
    return np.sin(x) / x


@jit
def sinc_complex(x):
    # sin(a + bi) / (a + bi) as the two are computed one after the other
    if x == 0:
        x = 1e-20 + 0j
    z = x * np.pi
    return np.sin(z) / z


@stands_for("numpy.sinc", tests="np.sinc(0.5 * x)")
def sinc(x):
    """sin(pi x) / (pi x)."""
    if isinstance(x, np.ndarray):
        out = np.zeros_like(x)
        for index, value in np.ndenumerate(x):
            out[index] = sinc_number(value)
        return out
    if is_complex(x):
        return sinc_complex(x)
    return sinc_number(x)


@stands_for("numpy.angle", tests="np.angle(complex(x, y)); np.angle(0.5 * x, True)")
def angle(z, deg=False):
    """The angle of a complex number, radians, or degrees."""
    if isinstance(z, np.ndarray):
        if is_integer(z):
            return np.nothing_fits(z)
        out = np.zeros_like(z, z.real.dtype)
        for index, value in np.ndenumerate(z):
            out[index] = np.angle(value, deg)
        return out
    if deg:
        return np.arctan2(z.imag, z.real) * 57.29577951308232
    return np.arctan2(z.imag, z.real)


@stands_for("numpy.ldexp", tests="np.ldexp(0.5 * x, 3)")
def ldexp(x, i):
    """x * 2 ** i."""
    if isinstance(x, np.ndarray) or isinstance(i, np.ndarray):
        return np.nothing_fits(x)
    if is_boolean(x) or same_element(x, np.int8) or same_element(x, np.uint8) or same_element(x, np.int16) or same_element(x, np.uint16):
        return math.ldexp(np.float32(x), int(i))
    return math.ldexp(float(x), int(i))


@stands_for("numpy.nan_to_num")
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    """A number, or 0 or the largest number in the place of nan and infinities."""
    if is_integer(x):
        return x  # as Numba: an array too
    if isinstance(x, np.ndarray) and is_float(x):
        if copy:
            return mended(np.copy(x), nan, posinf, neginf)
        return mended(x, nan, posinf, neginf)
    if isinstance(x, np.ndarray) and is_complex(x):
        if copy:
            return mended_parts(np.copy(x), nan, posinf, neginf)
        return mended_parts(x, nan, posinf, neginf)
    if isinstance(x, np.ndarray):
        return np.nothing_fits(x)
    if is_complex(x):
        return complex(np.nan_to_num(x.real, True, nan, posinf, neginf), np.nan_to_num(x.imag, True, nan, posinf, neginf))
    largest, least = 1.7976931348623157e308, -1.7976931348623157e308
    if posinf is not None:
        largest = float(posinf)
    if neginf is not None:
        least = float(neginf)
    if math.isnan(x):
        return float(nan)
    if x == math.inf:
        return largest
    if x == -math.inf:
        return least
    return float(x)


@jit
def mended_parts(out, nan, posinf, neginf):
    mended(out.real, nan, posinf, neginf)
    mended(out.imag, nan, posinf, neginf)
    return out


@jit
def mended(out, nan, posinf, neginf):
    """The array with other numbers in the place of nan and infinities."""
    largest = 3.4028234663852886e38 if same_element(out, np.float32) else 1.7976931348623157e308
    least = -largest
    if posinf is not None:
        largest = float(posinf)
    if neginf is not None:
        least = float(neginf)
    for index, value in np.ndenumerate(out):
        if math.isnan(value):
            out[index] = nan
        elif value == math.inf:
            out[index] = largest
        elif value == -math.inf:
            out[index] = least
    return out
