"""Objects compute what Numba's own dispatcher computes, bit for bit."""

import math
import struct
import types
from typing import Any

import numba
import numpy as np
import pytest
from px_service import symbols
from service_request import make, type_of


def bits(value: Any) -> Any:
    """A value in a form that compares bit for bit."""
    if isinstance(value, tuple):
        return tuple(bits(v) for v in value)
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, float):
        return "nan" if math.isnan(value) else struct.pack("<d", value)
    return value


def copies(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments for one run: arrays are its own, with the same strides."""

    def copy(array: np.ndarray) -> np.ndarray:
        base = array.base if isinstance(array.base, np.ndarray) else array
        fresh = base.copy(order="K")
        offset = array.ctypes.data - base.ctypes.data
        return np.ndarray(array.shape, array.dtype, fresh, offset, array.strides)

    return tuple(copy(v) if isinstance(v, np.ndarray) else v for v in values)


def jitted(function: Any, options: dict[str, Any]) -> Any:
    """Numba's dispatcher of `function`, and of the functions that it calls."""
    known: dict[Any, Any] = {}

    def jit(python: Any) -> Any:
        if python not in known:
            scope = dict(python.__globals__)
            copy = types.FunctionType(python.__code__, scope, python.__name__, python.__defaults__, python.__closure__)
            known[python] = numba.njit(copy, **options)
            for name in python.__code__.co_names:
                if isinstance(scope.get(name), types.FunctionType) and scope[name].__module__ == python.__module__:
                    scope[name] = jit(scope[name])
        return known[python]

    return jit(function)


@pytest.fixture
def same(build: Any) -> Any:
    """same(function, *values, **options): both sides agree on the result and on what they wrote into the arrays."""

    def same(function: Any, *values: Any, **options: Any) -> Any:
        options.setdefault("boundscheck", True)
        obj = build(function, [type_of(v) for v in values], **options)
        ours, theirs = copies(values), copies(values)
        got = obj.call(*ours)
        wanted = jitted(function, options)(*theirs)
        assert bits(got) == bits(wanted)
        assert bits(ours) == bits(theirs)
        return obj

    return same


def arithmetic(a, b):
    return a + b, a - b, a * b, a / b, a // b, a % b, a**2, -a, abs(b)


@pytest.mark.parametrize("a, b", [(7, -3), (7.5, -2.0), (-7, 2.0), (True, 3), (np.float32(1.1), np.float32(3.3))])
def test_arithmetic(same: Any, a: Any, b: Any) -> None:
    same(arithmetic, a, b)


def identity(a, b, c, d, e, f, g, h, i, j):
    return a, b, c, d, e, f, g, h, i, j


def test_every_scalar_crosses_both_ways(build: Any) -> None:
    values = [np.dtype(t).type(100) for t in "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split()]
    extremes = [type(v)(np.iinfo(type(v)).min) if isinstance(v, np.signedinteger) else v for v in values]
    for given in (values, extremes):
        obj = build(identity, [v.dtype.name for v in given])
        assert obj.call(*given) == tuple(v.item() for v in given)


def comparisons(a, b):
    return a < b, a == b, not a, a and b, (a > b) | (a != b)


@pytest.mark.parametrize("a, b", [(1, 2), (2.0, math.nan), (True, False)])
def test_booleans(same: Any, a: Any, b: Any) -> None:
    same(comparisons, a, b)


def bump(a):
    a[0] = a[0] + 1
    a[-1] *= 2
    return a.sum(), a.shape[0], a.size, a.ndim, len(a)


@pytest.mark.parametrize("dtype", "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split())
@pytest.mark.parametrize("step", [1, 3, -1])
def test_arrays_of_one_dimension(same: Any, dtype: str, step: int) -> None:
    same(bump, np.arange(1, 13).astype(dtype)[::step])


def walk2(a):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] += i * 10 - j
            total = total * 1.5 + a[i, j]
    return total, a.strides[0], a[1, -1]


@pytest.mark.parametrize("layout", "CFA")
def test_arrays_of_two_dimensions(same: Any, layout: str) -> None:
    base = np.arange(48.0).reshape(6, 8)
    same(walk2, {"C": base, "F": np.asfortranarray(base), "A": base[::2, ::3]}[layout])


def walk3(a):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for k in range(a.shape[2]):
                total = total * 1.25 + a[i, j, -k - 1]
                a[i, j, k] = total
    return total


@pytest.mark.parametrize("layout", "CFA")
def test_arrays_of_three_dimensions(same: Any, layout: str) -> None:
    base = np.arange(60.0).reshape(3, 4, 5)
    same(walk3, {"C": base, "F": np.asfortranarray(base), "A": base[:, ::2, ::-1]}[layout])


def take_tuple(t, n):
    (a, b), c = t
    return (c, (b + n, a[0])), None


def test_tuples_and_none(build: Any) -> None:
    obj = build(take_tuple, ["Tuple(Tuple(array(float64, 1d, C), int64), bool)", "int32"])
    assert obj.header["result"] == "Tuple(Tuple(bool, Tuple(int64, float64)), none)"
    assert obj.call(((np.array([2.5]), 40), True), 2) == ((True, (42, 2.5)), None)


def nothing(a, b):
    if b is None:
        a[0] = 9


def test_none_as_argument_and_result(build: Any) -> None:
    array = np.zeros(1)
    assert build(nothing, ["array(float64, 1d, C)", "none"]).call(array, None) is None
    assert array[0] == 9


def views(a):
    return a[1:-1, ::2], a.T, a[0]


def test_views_of_arguments_are_returned(build: Any) -> None:
    array = np.arange(20.0).reshape(4, 5)
    obj = build(views, ["array(float64, 2d, C)"])
    assert obj.header["result"] == "Tuple(array(float64, 2d, A), array(float64, 2d, F), array(float64, 1d, C))"
    assert bits(obj.call(array)) == bits(views(array))
    assert obj.record.live == 0


def fresh(n):
    a = np.zeros((n, n))
    for i in range(n):
        b = np.ones(n)
        a[i, :] = b * i
    return a


def test_returned_arrays_stay_alive_and_temporaries_go(same: Any) -> None:
    obj = same(fresh, 5)
    assert obj.record.live == 1
    assert obj.record.allocations > 5


def empty_array(a):
    return a.sum(), a.shape


def test_empty_arrays(same: Any) -> None:
    same(empty_array, np.zeros((0, 3)))


def every_function(x):
    a = math.sin(x) + math.cos(x) + math.tan(x) + math.asin(x) + math.acos(x) + math.atan(x)
    b = math.sinh(x) + math.cosh(x) + math.tanh(x) + math.asinh(x) + math.acosh(1 + x) + math.atanh(x)
    c = math.exp(x) + math.expm1(x) + math.log(x) + math.log2(x) + math.log10(x) + math.log1p(x)
    d = math.erf(x) + math.erfc(x) + math.gamma(x) + math.lgamma(x)
    e = math.atan2(x, 2.0) + x**0.5 + math.pow(x, 3.5) + math.hypot(x, 2.0) + 2.0 % x
    f = math.sqrt(x) + math.fabs(-x) + math.floor(x) + math.ceil(x) + math.copysign(x, -1.0) + round(x)
    return a, b, c, d, e, f, math.frexp(x), math.ldexp(x, 3), np.cbrt(x), np.exp2(x), np.exp(x), np.sin(x)


@pytest.mark.parametrize("x", [0.1, 0.7853981633974483, 0.99, 1e-9])
def test_mathematics(same: Any, x: float) -> None:
    same(every_function, x)


def square_root(x):
    return x**0.5, 4.0**0.5, math.sin(0.5)


def test_inexact_functions_are_never_folded_or_specialised(build: Any) -> None:
    obj = build(square_root, ["float64"])
    assert {"px_pow", "px_sin"} <= set(symbols.undefined(obj.blob))


def helper_a(x, n=3):
    return helper_b(x) * n


def helper_b(x):
    return x + OFFSET


OFFSET = 17


def graph(x):
    return helper_a(x), helper_a(x, 2.5), helper_a(n=1, x=x), helper_b(True)


def test_a_call_graph(same: Any) -> None:
    same(graph, 5)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def even(n):
    if n == 0:
        return True
    return odd(n - 1)


def odd(n):
    if n == 0:
        return False
    return even(n - 1)


def test_recursion(same: Any) -> None:
    same(fib, 15)
    same(even, 11)


TABLE = np.arange(10.0)
OTHER = np.arange(5)


def leaf(i, scale=2.0):
    return TABLE[i] * scale


def middle(i):
    return leaf(i) + leaf(i, scale=3.0) + leaf(scale=1.0, i=0)


def down(n):
    if n == 0:
        return middle(1) + OTHER[0]
    return down(n - 1) + OTHER[n]


def test_global_arrays_travel_as_hidden_arguments(build: Any) -> None:
    obj = build(down, ["int64"])
    arrays = {"TABLE": TABLE, "OTHER": OTHER}
    order = tuple(arrays[h["path"]] for h in make(down, ["int64"])["hidden"])
    assert obj.call(3, hidden=order) == down(3)
    changed = tuple(a * 2 for a in order)
    assert obj.call(3, hidden=changed) == 2 * down(3)


def closures(a, scale):
    total = 0.0
    for x in [y * scale for y in a]:
        total += x
    f = lambda TABLE, k: TABLE * k  # noqa: E731
    return total + f(2.0, 3.0) + TABLE[1]


def test_names_of_inner_scopes_shadow_globals(build: Any) -> None:
    array = np.arange(4.0)
    assert build(closures, ["array(float64, 1d, C)", "float64"]).call(array, 2.0, hidden=(TABLE,)) == closures(array, 2.0)


def shifts(a, b):
    return a << b, a >> b, (a << 3) >> 1


@pytest.mark.parametrize("a, b", [(5, 3), (-5, 63), (np.uint64(1), np.uint64(63)), (np.int32(-8), np.int8(2))])
def test_shifts_in_range(same: Any, a: Any, b: Any) -> None:
    same(shifts, a, b)


def fast(a):
    total = 0.0
    for x in a:
        total += x
    return total


@pytest.mark.parametrize("fastmath", [True, {"nsz", "contract"}])
def test_fastmath_is_numbas(same: Any, fastmath: Any) -> None:
    same(fast, np.linspace(0, 1, 64), fastmath=fastmath)


def divides(a, b):
    return a / b, a // b, a % b


def test_error_model_numpy_does_not_raise(same: Any) -> None:
    same(divides, 1.0, 0.0, error_model="numpy")
    same(divides, 1, 0, error_model="numpy")


def reshaped(a):
    return a.reshape(2, -1)[1, 0], a[::2].copy().reshape((3, 1)).shape


def test_reshape_goes_through_numbas_plain_helpers(service: Any) -> None:
    header, blob = service.ask(make(reshaped, ["array(float64, 1d, C)"]))
    assert header["ok"], header["reason"]
    assert set(symbols.undefined(blob)) <= symbols.ALLOWED


def small_arrays(n):
    total = 0.0
    for i in range(n):
        a = np.empty(16)
        a[i & 15] = i
        total += a[i & 15]
    return total


def test_small_arrays_are_made_and_dropped_inline(service: Any) -> None:
    header, blob = service.ask(make(small_arrays, ["int64"]))
    assert header["ok"], header["reason"]
    needed = set(symbols.undefined(blob))
    assert {"px_free_blocks", "px_meminfo_alloc", "px_meminfo_drop"} <= needed
    assert not any(name.startswith("NRT_") for name in needed)


CONSTANTS = (3, (2.5, True))


def constants(x):
    if CONSTANTS[1][1]:
        return x**2 + CONSTANTS[0] * CONSTANTS[1][0]
    return x


def test_frozen_constants(same: Any) -> None:
    same(constants, 1.25)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def test_recursion_with_a_literal_has_a_signature_of_its_own(build: Any) -> None:
    assert build(ackermann, ["int64", "int64"]).call(2, 3) == 9


def parity(n):
    return even(n), odd(n)


def test_a_cycle_entered_from_outside(build: Any) -> None:
    obj = build(parity, ["int64"])
    assert [obj.call(n) for n in range(4)] == [parity(n) for n in range(4)]
