"""Direct calls: arguments in, results out, in each tier."""

import math

import numpy as np
import pytest

import px


def test_scalars(tier):
    @px.jit
    def f(x, y):
        return x * y + 0.5

    assert f(2.0, 3.0) == 6.5
    assert f(2, 3) == 6.5
    assert f(True, 4) == 4.5


def test_the_same_function_for_many_types(interpreted):
    @px.jit
    def f(x):
        return x + x

    expected = [
        (1, 2), (2.5, 5.0), (True, 2), (np.float32(1.5), 3.0), (np.int8(100), 200), (np.uint64(2**63), 0),
        (2**63, 0), (np.float64(0.25), 0.5),
    ]  # fmt: skip
    for _ in range(3):
        for value, twice in expected:
            assert f(value) == twice and type(f(value)) is type(twice)
    assert len(f.signatures) >= 5


def test_results_are_python_values(tier):
    @px.jit
    def f(x):
        return x

    assert type(f(1)) is int
    assert type(f(1.0)) is float
    assert type(f(True)) is bool
    assert f(None) is None
    assert type(f(np.float32(0.5))) is float
    assert type(f(np.uint8(200))) is int and f(np.uint8(200)) == 200
    assert type(f(np.bool_(True))) is bool
    assert f(2**64 - 1) == 2**64 - 1
    assert f(-(2**63)) == -(2**63)


def test_tuples(tier):
    @px.jit
    def swap(pair):
        a, b = pair
        return b, a, 1

    assert swap((1, 2.5)) == (2.5, 1, 1)
    assert type(swap((1, 2.5))[1]) is int


def test_a_large_tuple(interpreted):
    @px.jit
    def f(t):
        return t

    value = tuple(range(40))
    assert f(value) == value


def test_loops_and_calls(tier):
    @px.jit
    def square(x):
        return x * x

    @px.jit
    def total(n):
        s = 0.0
        for i in range(n):
            s += math.sqrt(square(i))
        return s

    assert total(1000) == sum(range(1000))


def test_recursion(interpreted):
    @px.jit
    def factorial(n):
        if n <= 1:
            return 1
        return n * factorial(n - 1)

    assert factorial(10) == math.factorial(10)


class TestParameters:
    def test_defaults_and_keywords(self, tier):
        @px.jit
        def f(a, b=10, c=0.5):
            return a + b * c

        assert f(1) == 6.0
        assert f(1, 2) == 2.0
        assert f(1, c=2.0) == 21.0
        assert f(c=1.0, a=1, b=1) == 2.0

    def test_errors_are_pythons(self):
        @px.jit
        def f(a, b=1):
            return a + b

        def g(a, b=1):
            return a + b

        g.__qualname__ = "f"
        for args, keywords in [((), {}), ((1, 2, 3), {}), ((1,), {"c": 2}), ((1,), {"a": 2})]:
            with pytest.raises(TypeError) as of_px:
                f(*args, **keywords)
            with pytest.raises(TypeError) as of_python:
                g(*args, **keywords)
            assert str(of_px.value) == str(of_python.value)

    def test_no_parameters(self, tier):
        @px.jit
        def f():
            return 7

        assert f() == 7


class TestLength:
    """A call of unknown length lets other Python threads run; a short one keeps the lock. Results are the same."""

    def test_short_and_long_calls(self, interpreted):
        @px.jit
        def f(n):
            s = 0
            for i in range(n):
                s += i
            return s

        for n in (10, 10, 100_000, 10, 10, 10, 100_000, 3):
            assert f(n) == n * (n - 1) // 2

    def test_threads(self, interpreted):
        from threading import Thread

        @px.jit
        def f(n, out, at):
            s = 0
            for i in range(n):
                s += i
            out[at] = s

        out = np.zeros(8, np.int64)
        threads = [Thread(target=lambda k=k: [f(20_000 + k, out, k) for _ in range(20)]) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert out.tolist() == [(20_000 + k) * (19_999 + k) // 2 for k in range(8)]


def test_a_finaliser_may_call_px(interpreted):
    """The collector may run Python code while a result is being made; that code may call px functions in the same thread."""
    import gc

    @px.jit
    def ones(n):
        return np.ones(n)

    class Cycle:
        def __init__(self):
            self.me = self

        def __del__(self):
            seen.append(ones(100).sum())

    @px.jit
    def pair(n):
        return np.zeros(n), (1, 2.0), np.ones(n)

    seen = []
    gc.set_threshold(1, 1, 1)
    try:
        for _ in range(200):
            Cycle()
            zeros, _, all_ones = pair(50)
            assert zeros.sum() == 0 and all_ones.sum() == 50
    finally:
        gc.set_threshold(700, 10, 10)
    assert seen and set(seen) == {100.0}
