"""`px.jit(locals=…)` and a dispatcher's `locals`: variables of one type, as Numba has them, in every tier."""

import numba
import numpy as np
import pytest

import px

TIERS = {"interp": {"interpreter"}, "baseline": {"baseline"}, "native": {"numba"}}


@pytest.fixture(autouse=True)
def automatic_tier():
    yield
    px._px.set_tier("auto")


def agree(function, types, *arguments):
    """Every tier gives what Numba gives, to the type, and each has run."""
    expected = numba.njit(locals=types)(function)(*arguments)
    for tier, ran in TIERS.items():
        px._px.set_tier(tier)
        marked = px.jit(locals=types)(function)
        got = marked(*arguments)
        assert type(got) is type(expected) and np.array_equal(got, expected), (tier, got, expected)
        assert {s["tier"] for s in px.stats(marked)["specialisations"]} == ran
    return expected


def assigned(x, y):
    narrow = x * y
    other = x * y
    return other - narrow


def looped(n):
    total = 0.0
    for i in range(n):
        item = i / 3
        total += item
    return total


def items(a):
    total = 0.0
    for item in a:
        total += item / 3
    return total


def parameter(x, n):
    x += 1
    return x / n


def unpacked(x, y):
    (a, b), c = (x, y), x + y
    return a + b + c


def paths(x, first):
    if first:
        y = x
    else:
        y = 2 * x
    return y * 3


def in_a_try(x):
    y = x + 0.1
    try:
        y = 1 / x
    except Exception:
        y = x + 7.3
    return y


def nested(x):
    y = x / 3

    def inner(z):
        y = z / 3
        return y

    return inner(x) - y


class TestValues:
    def test_assignments_are_converted(self):
        assert agree(assigned, {"narrow": numba.float32}, 0.1, 0.3) != 0.0

    @pytest.mark.parametrize("type_", [numba.float32, numba.int64, numba.int8, numba.complex128, numba.boolean])
    def test_in_loops(self, type_):
        agree(looped, {"item": type_}, 50)
        agree(looped, {"total": numba.float32}, 50)  # Numba has no code for a constant of 0.0 in a variable of integers

    @pytest.mark.parametrize("a", [np.linspace(0, 9, 7), np.arange(9), np.linspace(0, 9, 7).astype(np.float32)])
    def test_items_of_a_loop(self, a):
        agree(items, {"item": numba.float32}, a)
        agree(items, {"item": numba.int16}, a)

    def test_parameters(self):
        agree(parameter, {"x": numba.float32}, 0.1, 3)
        agree(parameter, {"x": numba.int8}, 127, 1)
        agree(parameter, {"x": numba.float32, "n": numba.float32}, 1, 3)

    def test_unpacking(self):
        agree(unpacked, {"a": numba.float32, "c": numba.int32}, 0.1, 2.7)

    @pytest.mark.parametrize("first", [True, False])
    def test_paths(self, first):
        agree(paths, {"y": numba.int16}, 20000, first)

    @pytest.mark.parametrize("x", [3, 0])
    def test_where_exceptions_are_caught(self, x):
        agree(in_a_try, {"y": numba.float32}, x)

    def test_functions_inside_have_their_own(self):
        assert agree(nested, {"y": numba.float32}, 1.0) != 0.0

    def test_unknown_names_are_left(self):
        agree(paths, {"nobody": numba.int16}, 3, True)

    def test_callees_have_their_own(self):
        callee = px.jit(locals={"y": "f4"})(lambda x: x)

        @px.jit(locals={"y": "float32"})
        def inner(x):
            y = x / 3
            return y

        @px.jit
        def outer(x):
            y = x / 3
            return y - inner(x)

        assert callee(1.0) == 1.0
        for tier in TIERS:
            px._px.set_tier(tier)
            assert outer(1.0) == 1.0 / 3 - float(np.float32(1.0 / 3))


class TestSpelling:
    @pytest.mark.parametrize("given", [numba.float32, "float32", "f4", np.float32, np.dtype("f4")])
    def test_types(self, given):
        marked = px.jit(locals={"narrow": given})(assigned)
        assert marked(0.1, 0.3) == 0.1 * 0.3 - float(np.float32(0.1 * 0.3))

    def test_a_dispatchers(self):
        marked = px.jit(numba.njit(locals={"narrow": numba.float32})(assigned))
        assert marked(0.1, 0.3) == 0.1 * 0.3 - float(np.float32(0.1 * 0.3))

    def test_a_dispatcher_that_is_called(self):
        inner = numba.njit(locals={"narrow": numba.float32})(assigned)

        @px.jit
        def outer(x, y):
            return inner(x, y)

        for tier, ran in TIERS.items():
            px._px.set_tier(tier)
            assert outer(0.1, 0.3) == 0.1 * 0.3 - float(np.float32(0.1 * 0.3))
        assert ran <= {s["tier"] for s in px.stats(outer)["specialisations"]}

    def test_arrays(self):
        @px.jit(locals={"b": "float64[:]"})
        def f(a):
            b = a
            return b.sum()

        assert f(np.ones(3)) == 3.0


class TestErrors:
    def test_what_a_type_cannot_hold(self):
        @px.jit(locals={"y": "float32"})
        def f(x):
            y = (x, x)
            return y

        with pytest.raises(px.TypingError, match="'y' is float32 by `locals` and cannot hold Tuple"):
            f(1.0)
        with pytest.raises(numba.TypingError):
            numba.njit(locals={"y": numba.float32})(f.py_func)(1.0)

    def test_no_types(self):
        with pytest.raises(ValueError, match="no_type"):
            px.jit(locals={"x": "no_type("})(assigned)
        with pytest.raises(px.UnsupportedError, match="unicode"):
            px.jit(locals={"x": numba.types.unicode_type})(assigned)
        with pytest.raises(TypeError, match="dict"):
            px.jit(locals=["x"])(assigned)
        with pytest.raises(TypeError, match="'x'"):
            px.jit(locals={"x": list})(assigned)
