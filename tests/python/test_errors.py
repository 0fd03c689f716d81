"""Exceptions of px functions: type, arguments and traceback, in each tier."""

import traceback

import numpy as np
import pytest

import px


@px.jit
def element(a, i):
    return a[i]


@px.jit
def outer(a, i):
    x = element(a, i)
    return x + 1


def frames(error):
    return [(frame.name, frame.line) for frame in traceback.extract_tb(error.__traceback__) if frame.filename == __file__][1:]


def test_the_traceback_has_every_px_functions_line(tier):
    with pytest.raises(IndexError, match="index 5 is out of bounds for axis 0 with size 3") as caught:
        outer(np.zeros(3), 5)
    assert frames(caught.value) == [("outer", "x = element(a, i)"), ("element", "return a[i]")]


def test_a_raise_with_arguments(tier):
    @px.jit
    def f(x):
        if x > 3:
            raise ValueError(x, 0.5, x > 5)
        return x

    assert f(3) == 3
    with pytest.raises(ValueError) as caught:
        f(7)
    assert caught.value.args == (7, 0.5, True)
    assert frames(caught.value) == [("f", "raise ValueError(x, 0.5, x > 5)")]


def test_a_raise_with_text_among_its_arguments(interpreted):
    @px.jit
    def f(x):
        if x > 3:
            raise ValueError("too large", x)
        return x

    with pytest.raises(ValueError) as caught:
        f(7)
    assert caught.value.args == ("too large", 7)


def test_a_raise_without_arguments(tier):
    @px.jit
    def f(x):
        if x:
            raise KeyError
        return x

    with pytest.raises(KeyError) as caught:
        f(1)
    assert caught.value.args == ()


class OwnError(LookupError):
    pass


def test_a_class_of_the_users_own(tier):
    def make(shadow):
        class OwnError(shadow):
            pass

        return OwnError

    for error in (OwnError, make(ArithmeticError), make(OwnError)):

        @px.jit
        def f(x):
            if x > 3:
                raise error("own", x)
            return x

        assert f(1) == 1
        with pytest.raises(error) as caught:
            f(4)
        assert type(caught.value) is error and caught.value.args == ("own", 4)


def test_division_and_assert(tier):
    @px.jit
    def f(x, y):
        assert x >= 0, "negative"
        return x / y

    with pytest.raises(ZeroDivisionError, match="division by zero"):
        f(1, 0)
    with pytest.raises(AssertionError, match="negative"):
        f(-1, 1)
    assert f(1, 2) == 0.5


def test_a_call_after_an_exception(tier):
    for _ in range(3):
        with pytest.raises(IndexError):
            element(np.zeros(2), 2)
        assert element(np.ones(2), 1) == 1.0


def test_endless_recursion(interpreted):
    @px.jit
    def f(n):
        if n < 0:
            return 0
        return f(n + 1) + 1

    with pytest.raises(RecursionError):
        f(0)


def test_types_that_do_not_fit():
    @px.jit
    def f(a, b):
        return a + b

    with pytest.raises(px.TypingError, match=r"test_errors.py:\d+") as caught:
        f(np.zeros(3), (1, 2))
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("z", [1 + 2j, np.array([1 + 2j, 3j])])
def test_operators_do_not_order_complex_numbers(z):
    @px.jit
    def f(z):
        return z < z

    with pytest.raises(px.TypingError, match="has no rule for"):
        f(z)


def test_a_construct_that_no_tier_runs():
    @px.jit
    def f(x):
        with x:
            pass

    with pytest.raises(px.UnsupportedError, match=r"test_errors.py:\d+"):
        f(1)
    with pytest.raises(NotImplementedError):
        px.submit_work(f, (1,))


def test_no_source():
    space = {}
    exec("def f(x): return x + 1", space)
    with pytest.raises(px.UnsupportedError):
        px.jit(space["f"])(1)
    assert px.jit(space["f"], source="def f(x): return x + 1")(1) == 2


def test_classes_derive_as_documented():
    for name, also in [
        ("UnsupportedError", NotImplementedError),
        ("TypingError", TypeError),
        ("ProtectionError", TypeError),
        ("PersistenceError", RuntimeError),
        ("SnapshotError", RuntimeError),
        ("HeapLimitError", MemoryError),
        ("CompileServiceError", RuntimeError),
    ]:
        error = getattr(px, name)
        assert issubclass(error, px.PxError) and issubclass(error, also) and error.__module__ == "px"
