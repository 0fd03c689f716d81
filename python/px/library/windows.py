"""Windows over lines: convolution, correlation, sliding views, Kaiser's window, elements in part order."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.intrinsics import is_boolean, is_complex, is_float, is_integer, same_element, tuple_insert, tuple_set, view
from px.library.registry import stands_for


@jit
def products(a, b, first, second, n):
    """The sum of n products of neighbours: of floats as np.dot has it."""
    if (is_float(a) or is_complex(a)) and (is_float(b) or is_complex(b)):
        return np.dot(a[first : first + n], b[second : second + n])
    total = 0
    for k in range(n):
        total = total + a[first + k] * b[second + k]
    return total


@jit
def unit_with(whole, real):
    """An element that holds integers of a type and floats or complex numbers of another."""
    if same_element(whole, np.int8) or same_element(whole, np.uint8) or same_element(whole, np.int16) or same_element(whole, np.uint16):
        return np.zeros(1, real.dtype)
    return np.zeros(1, real.dtype) + np.zeros(1, np.float64)


@jit
def unit_of_both(a, v):
    """An element of NumPy's common type of two lines."""
    if is_integer(a) and (is_float(v) or is_complex(v)):
        return unit_with(a, v)
    if is_integer(v) and (is_float(a) or is_complex(a)):
        return unit_with(v, a)
    return np.zeros(1, a.dtype) + np.zeros(1, v.dtype)


@jit
def slid(a, v, mode, backwards):
    """A line slid along a longer one: the sums of products where they overlap, for `mode`."""
    n, m = len(a), len(v)
    left, right = 0, 0
    count = n - m + 1
    if mode == "full":
        left = right = m - 1
        count = n + m - 1
    elif mode == "same":
        left = m // 2
        right = m - left - 1
        count = n
    elif mode != "valid":
        raise ValueError("Invalid 'mode', valid are 'full', 'same', 'valid'")
    out = np.zeros(count, unit_of_both(a, v).dtype)
    at, step = (count - 1, -1) if backwards else (0, 1)
    for k in range(left):
        size = k + m - left
        out[at] = products(a, v, 0, m - size, size)
        at += step
    for k in range(n - m + 1):
        out[at] = products(a, v, k, 0, m)
        at += step
    for k in range(right):
        size = m - k - 1
        out[at] = products(a, v, n - size, 0, size)
        at += step
    return out


@jit
def check_lines(a, v):
    if len(a) == 0:
        raise ValueError("'a' cannot be empty")
    if len(v) == 0:
        raise ValueError("'v' cannot be empty")


@jit
def in_type_of_both(a, v):
    """A line of floats in the type of its elements' sums with another's; others as they are."""
    if (is_float(a) or is_complex(a)) and (is_float(v) or is_complex(v)):
        both = np.zeros(1, a.dtype) + np.zeros(1, v.dtype)
        return a.astype(both.dtype)
    return a


@jit
def conjugate_of(v):
    if is_complex(v):
        return np.conj(v)
    return v


@stands_for("numpy.convolve", tests="np.convolve(np.array((0.5 * x, 1.5 * y, 2.5)), np.array((0.5, 1.5)))")
def convolve(a, v, mode="full"):
    """The products of two lines as polynomials."""
    check_lines(a, v)
    if not isinstance(mode, str):
        if len(a) > 0:  # so it is; what could follow gives the result Numba's type
            raise ValueError("Invalid 'mode', valid are 'full', 'same', 'valid'")
        return slid(in_type_of_both(a, v), in_type_of_both(v, a), "full", False)
    if len(a) < len(v):
        return slid(in_type_of_both(v, a), in_type_of_both(a[::-1], v), mode, False)
    return slid(in_type_of_both(a, v), in_type_of_both(v[::-1], a), mode, False)


@stands_for("numpy.correlate", tests="np.correlate(np.array((0.5 * x, 1.5 * y, 2.5)), np.array((0.5, 1.5)))")
def correlate(a, v, mode="valid"):
    """A line slid along another's conjugate."""
    check_lines(a, v)
    if is_boolean(a) and not is_complex(v):  # conjugates of booleans are numbers
        return np.correlate(a.astype(np.int8), v, mode)
    first, second = in_type_of_both(a, v), in_type_of_both(conjugate_of(v), a)
    if len(a) < len(v):
        return slid(second, first, mode, True)
    return slid(first, second, mode, False)


@jit
def before(a, b):
    """The order in which nan is last."""
    if np.isnan(a):
        return False
    return np.isnan(b) or a < b


@jit
def exchange(line, places, i, j):
    line[i], line[j] = line[j], line[i]
    places[i], places[j] = places[j], places[i]


@jit
def divide(line, places, low, high):
    """Numba's partition about the median of three: the order of what is on either side is its own."""
    middle = (low + high) >> 1
    if before(line[middle], line[low]):
        exchange(line, places, low, middle)
    if before(line[high], line[middle]):
        exchange(line, places, high, middle)
    if before(line[middle], line[low]):
        exchange(line, places, low, middle)
    pivot = line[middle]
    exchange(line, places, high, middle)
    i, j = low, high - 1
    while True:
        while i < high and before(line[i], pivot):
            i += 1
        while j >= low and before(pivot, line[j]):
            j -= 1
        if i >= j:
            break
        exchange(line, places, i, j)
        i += 1
        j -= 1
    exchange(line, places, i, high)
    return i


@jit
def select(line, places, k, low, high):
    i = divide(line, places, low, high)
    while i != k:
        if i < k:
            low = i + 1
        else:
            high = i - 1
        i = divide(line, places, low, high)


@jit
def checked_place(kth, n):
    if abs(kth) >= n:
        raise ValueError("kth out of bounds")
    return kth + n if kth < 0 else kth


@stands_for("numpy.partition", tests="np.partition(np.array((0.5 * x, y, 0.25, 1.5)), 2)")
def partition(a, kth):
    """The last axis in an order in which one element is where sorting would put it."""
    if isinstance(kth, (np.ndarray, tuple, list)):
        return np.nothing_fits(a)
    n = a.shape[-1]
    rows = a.copy().reshape((a.size // n, n))
    place = checked_place(int(kth), n)
    places = np.zeros(n, np.int64)
    for r in range(rows.shape[0]):
        select(rows[r], places, place, 0, n - 1)
    return rows.reshape(a.shape)


@stands_for("numpy.argpartition", tests="np.argpartition(np.array((0.5 * x, y, 0.25, 1.5)), 2)")
def argpartition(a, kth):
    """The places of that order."""
    if isinstance(kth, (np.ndarray, tuple, list)):
        return np.nothing_fits(a)
    n = a.shape[-1]
    rows = a.copy().reshape((a.size // n, n))
    place = checked_place(int(kth), n)
    out = np.empty(rows.shape, np.int64)
    for r in range(rows.shape[0]):
        places = np.arange(n)
        select(rows[r], places, place, 0, n - 1)
        out[r] = places
    return out.reshape(a.shape)


@stands_for("numpy.lib.stride_tricks.sliding_window_view")
def sliding_window_view(x, window_shape, axis=None):
    """Windows along an axis, a view."""
    if axis is None or isinstance(window_shape, tuple) or isinstance(axis, tuple):
        return np.nothing_fits(x)
    at = int(axis)
    if at < 0:
        at += x.ndim
    if at < 0 or at >= x.ndim:
        raise ValueError("Argument axis out of bounds")
    size = int(window_shape)
    if size < 0:
        raise ValueError("`window_shape` cannot contain negative values")
    if size > x.shape[at]:
        raise ValueError("window_shape cannot be larger than input array shape")
    shape = tuple_insert(tuple_set(x.shape, at, x.shape[at] - size + 1), x.ndim, size)
    return view(x, 0, shape, tuple_insert(x.strides, x.ndim, x.strides[at]))


# Cephes' Chebyshev coefficients of the modified Bessel function of order 0: exp(-x) I0(x) up to 8, and exp(-x) sqrt(x) I0(x) beyond.
_NEAR = (
    -4.41534164647933937950e-18, 3.33079451882223809783e-17, -2.43127984654795469359e-16, 1.71539128555513303061e-15,
    -1.16853328779934516808e-14, 7.67618549860493561688e-14, -4.85644678311192946090e-13, 2.95505266312963983461e-12,
    -1.72682629144155570723e-11, 9.67580903537323691224e-11, -5.18979560163526290666e-10, 2.65982372468238665035e-9,
    -1.30002500998624804212e-8, 6.04699502254191894932e-8, -2.67079385394061173391e-7, 1.11738753912010371815e-6,
    -4.41673835845875056359e-6, 1.64484480707288970893e-5, -5.75419501008210370398e-5, 1.88502885095841655729e-4,
    -5.76375574538582365885e-4, 1.63947561694133579842e-3, -4.32430999505057594430e-3, 1.05464603945949983183e-2,
    -2.37374148058994688156e-2, 4.93052842396707084878e-2, -9.49010970480476444210e-2, 1.71620901522208775349e-1,
    -3.04682672343198398683e-1, 6.76795274409476084995e-1,
)  # fmt: skip
_FAR = (
    -7.23318048787475395456e-18, -4.83050448594418207126e-18, 4.46562142029675999901e-17, 3.46122286769746109310e-17,
    -2.82762398051658348494e-16, -3.42548561967721913462e-16, 1.77256013305652638360e-15, 3.81168066935262242075e-15,
    -9.55484669882830764870e-15, -4.15056934728722208663e-14, 1.54008621752140982691e-14, 3.85277838274214270114e-13,
    7.18012445138366623367e-13, -1.79417853150680611778e-12, -1.32158118404477131188e-11, -3.14991652796324136454e-11,
    1.18891471078464383424e-11, 4.94060238822496958910e-10, 3.39623202570838634515e-9, 2.26666899049817806459e-8,
    2.04891858946906374183e-7, 2.89137052083475648297e-6, 6.88975834691682398426e-5, 3.36911647825569408990e-3,
    8.04490411014108831608e-1,
)  # fmt: skip


@jit
def chebyshev(x, coefficients):
    now, last, one_before = coefficients[0], 0.0, 0.0
    for k in range(1, len(coefficients)):
        one_before = last
        last = now
        now = x * last - one_before + coefficients[k]
    return 0.5 * (now - one_before)


@jit
def bessel(x):
    if x < 0:
        x = -x
    if x <= 8.0:
        return np.exp(x) * chebyshev(0.5 * x - 2.0, _NEAR)
    return np.exp(x) * chebyshev(32.0 / x - 2.0, _FAR) / np.sqrt(x)


@stands_for("numpy.kaiser", tests="np.kaiser(5, 8.5)")
def kaiser(M, beta):
    """A window of a Bessel function."""
    if M < 1:
        return np.empty(0, np.float64)
    if M == 1:
        return np.ones(1, np.float64)
    half = (M - 1) / 2.0
    out = np.empty(int(M), np.float64)
    whole = bessel(np.float64(beta))
    for k in range(len(out)):
        out[k] = bessel(beta * np.sqrt(1 - ((k - half) / half) ** 2.0)) / whole
    return out
