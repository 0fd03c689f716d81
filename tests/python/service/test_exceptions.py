"""Exceptions carry type, arguments, function and line; library code shows the caller's line."""

import math
from typing import Any

import numpy as np
import pytest
from service_object import Raised


def static(x):
    if x > 1:
        raise ValueError("too big")
    if x < 0:
        raise KeyError
    if x == 0:
        raise ValueError(1, 2.5)
    assert x != 1, "one"
    return x


def test_raise_with_constants(build: Any) -> None:
    obj = build(static, ["int64"])
    assert obj.call(2) == Raised("ValueError", "too big", (), [(0, 2)], None)
    assert obj.call(-1) == Raised("KeyError", None, (), [(0, 4)], None)
    assert obj.call(0) == Raised("ValueError", None, (1, 2.5), [(0, 6)], None)
    assert obj.call(1) == Raised("AssertionError", "one", (), [(0, 7)], None)


def dynamic(x, y, z):
    if z:
        raise IndexError(x, y, z, -1)
    raise ValueError(y)


def test_raise_with_values(build: Any) -> None:
    obj = build(dynamic, ["int32", "float64", "bool"])
    assert obj.call(-3, 1.5, True) == Raised("IndexError", None, (-3, 1.5, True, -1), [(0, 2)], None)
    assert obj.call(-3, 1.5, False).arguments == (1.5,)


def mixed(x):
    raise ValueError("bad value", x)


def formatted(x):
    raise ValueError(f"bad value {x}, é")


def test_raise_with_text(build: Any) -> None:
    assert build(mixed, ["int64"]).call(7).arguments == ("bad value", 7)
    assert build(formatted, ["int64"]).call(-12).arguments == ("bad value -12, é",)


class CustomError(Exception):
    pass


def custom(x):
    raise CustomError("mine")


def test_a_class_of_the_users_keeps_its_name(build: Any) -> None:
    raised = build(custom, ["int64"]).call(1)
    assert raised.exception == f"{__name__}:CustomError" and raised.message == "mine"


def inner(a, i):
    return a[i]


def outer(a, i):
    b = 1.0

    return b + inner(a, i)


def test_the_trace_runs_through_calls(build: Any) -> None:
    raised = build(outer, ["array(float64, 1d, C)", "int64"]).call(np.zeros(3), 3)
    assert raised == Raised("IndexError", None, (), [(1, 1), (0, 3)], (3, 0, 3))


def index2(a, i, j):
    a[i, j] = 1
    return a[i][j]


@pytest.mark.parametrize("index, axis", [((4, 0), 0), ((0, 5), 1), ((-5, 0), 0), ((0, -6), 1)])
def test_an_index_error_has_the_index_as_written(build: Any, index: tuple[int, int], axis: int) -> None:
    raised = build(index2, ["array(float64, 2d, A)", "int64", "int64"]).call(np.zeros((4, 5)), *index)
    assert raised.index == (index[axis], axis, (4, 5)[axis])
    assert raised.trace == [(0, 1)]


def unsigned(a, i):
    return a[i]


def test_a_huge_unsigned_index_is_out_of_bounds(build: Any) -> None:
    assert build(unsigned, ["array(int64, 1d, C)", "uint64"]).call(np.zeros(3, np.int64), 1 << 63).exception == "IndexError"


def test_boundscheck_off_checks_nothing(build: Any) -> None:
    obj = build(unsigned, ["array(int64, 1d, C)", "int64"], boundscheck=False)
    assert obj.call(np.arange(10)[:3], 5) == 5
    assert not obj.header["sites"]


def operators(op, a, b):
    if op == 0:
        return a / b
    if op == 1:
        return float(a // b)
    if op == 2:
        return float(a % b)
    return float(divmod(a, b)[0])


@pytest.mark.parametrize("ty", ["int64", "float64", "uint8"])
@pytest.mark.parametrize("op, line", [(0, 2), (1, 4), (2, 6), (3, 7)])
def test_division_by_zero(build: Any, ty: str, op: int, line: int) -> None:
    raised = build(operators, ["int64", ty, ty]).call(op, 1, 0)
    assert raised == Raised("ZeroDivisionError", "division by zero", (), [(0, line)], None)


def steps(n):
    total = 0
    for i in range(0, 10, n):
        total += i
    return total


def test_a_range_needs_a_step(build: Any) -> None:
    assert build(steps, ["int64"]).call(0) == Raised("ValueError", "range() arg 3 must not be zero", (), [(0, 2)], None)


def shift(a, n):
    b = a << n
    return b >> n


@pytest.mark.parametrize("a", ["int64", "uint64", "int32"])
def test_shift_counts(build: Any, a: str) -> None:
    obj = build(shift, [a, "int64"])
    assert obj.call(1, -1) == Raised("ValueError", "negative shift count", (), [(0, 1)], None)
    assert obj.call(1, 64) == Raised("ValueError", "shift count out of range", (), [(0, 1)], None)
    assert obj.call(1, 63) == ((1 << 63 >> 63) if a == "uint64" else -1)


def negative_size(n):
    x = 1

    return np.zeros(n).size + x


def test_library_code_shows_the_callers_line(build: Any) -> None:
    raised = build(negative_size, ["int64"]).call(-1)
    assert raised == Raised("ValueError", "negative dimensions not allowed", (), [(0, 3)], None)


def assign(a, b):
    a[:] = b


def test_an_exception_of_library_code_has_one_text(build: Any) -> None:
    raised = build(assign, ["array(float64, 1d, C)", "array(float64, 1d, C)"]).call(np.zeros(3), np.zeros(4))
    assert raised.exception == "ValueError" and raised.trace == [(0, 1)]
    assert raised.message == "cannot assign slice from input of different size"


def domain(x):
    return math.log(x) + math.sqrt(x)


def test_domains_are_numbas(build: Any) -> None:
    assert math.isnan(build(domain, ["float64"]).call(-1.0))


def deep(n):
    if n == 0:
        return 0
    return deep(n - 1) + 1


def test_a_recursive_function_asks_for_the_stacks_limit(build: Any) -> None:
    obj = build(deep, ["int64"])
    assert obj.call(100) == 100
    # The helper says so the third time, and it is asked at every sixteenth level.
    raised = obj.call(100, depth_limit=3)
    assert raised == Raised("RecursionError", "maximum recursion depth exceeded", (), [(0, 3)] * 32, None)


def inlined(a, i):
    return inner(a, i) + 1


def test_an_inlined_function_keeps_its_own_line(build: Any) -> None:
    raised = build(inlined, ["array(float64, 1d, C)", "int64"], inline="always").call(np.zeros(3), 9)
    assert raised.trace[0] == (1, 1)


def caught(x):
    try:
        if x:
            raise ValueError
    except Exception:
        return 1
    return 2


def test_try(build: Any) -> None:
    obj = build(caught, ["int64"])
    assert (obj.call(1), obj.call(0)) == (1, 2)
