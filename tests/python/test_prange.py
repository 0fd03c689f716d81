"""`px.prange`: loops whose iterations contexts share, reductions whose bits do not depend on who ran what."""

import math
import threading
import types

import numba
import numpy as np
import pytest

import px
from px import prange

SCALE = 3


@pytest.fixture(params=["interp", "baseline", "auto"])
def tier(request):
    px._px.set_tier(request.param)
    yield request.param
    px._px.set_tier("auto")


def both(function):
    """The function run by px in contexts, and by CPython."""
    return px.jit(parallel=True)(function), function


@numba.njit("f8[:](f8[:], i8)", parallel=True)
def rooted(a, n):
    out = np.zeros(n)
    for i in numba.prange(n):
        out[i] = math.sqrt(a[i])
    return out


class TestLoops:
    def test_each_index_once(self, tier):
        @px.jit(parallel=True)
        def fill(out, k):
            for i in prange(out.shape[0]):
                out[i] += i * k

        for n in (0, 1, 2, 1023, 1024, 1025, 10_000):
            out = np.ones(n)
            fill(out, 2)
            assert (out == 1 + 2.0 * np.arange(n)).all()

    @pytest.mark.parametrize("bounds", [(5, 50), (50, 5, -7), (-3, 3, 2), (0, -5), (7, 7)])
    def test_bounds_and_steps(self, tier, bounds):
        @px.jit(parallel=True)
        def mark(a, b, c, out):
            for i in px.prange(a, b, c):
                out[i] = 1
            return out

        a, b, c = (*bounds, 1)[:3]
        expected = np.zeros(60)
        for i in range(a, b, c):
            expected[i] = 1
        assert (mark(a, b, c, np.zeros(60)) == expected).all()

    def test_a_function_with_a_signature(self, tier):
        """It is the whole function's: the loop takes what it is given."""

        @px.jit
        def call(a):
            return rooted(a, 3)

        given = np.array([1, 4, 9, 16.0])
        assert call(given).tolist() == [1, 2, 3] and px.jit(rooted)(given, 4).tolist() == [1, 2, 3, 4]

    def test_a_step_of_zero(self, tier):
        @px.jit(parallel=True)
        def f(c):
            for i in prange(0, 5, c):
                pass

        with pytest.raises(ValueError, match="must not be zero"):
            f(0)

    def test_own_variables_continue_and_inner_loops(self, tier):
        @px.jit(parallel=True)
        def work(a, out):
            for i in prange(len(a)):
                if a[i] < 0:
                    continue
                t = 0.0
                for j in range(i % 5):
                    if j == 3:
                        break
                    t += a[i] * j
                scratch = np.full(4, t)
                out[i] = scratch[1] + SCALE

        a, out = np.linspace(-1, 1, 3000), np.zeros(3000)
        work(a, out)
        expected = [0.0 if x < 0 else sum(x * j for j in range(min(i % 5, 3))) + SCALE for i, x in enumerate(a)]
        assert np.allclose(out, expected, rtol=1e-15)

    def test_nested_ones_two_in_a_row_and_one_on_a_line(self, tier):
        @px.jit(parallel=True)
        def grid(out, n):
            for i in prange(n):
                for j in prange(n):
                    out[i, j] = i * n + j
            for i in prange(n): out[i, 0] += 1  # fmt: skip # noqa: E701
            return out.sum()

        n = 40
        assert grid(np.zeros((n, n)), n) == sum(range(n * n)) + n

    def test_closures_globals_and_callees(self, tier):
        weights = np.arange(5.0)

        @px.jit
        def weight(i):
            return TABLE[i % 3] + weights[i % 5]

        @px.jit(parallel=True)
        def total(n):
            s = 0.0
            for i in prange(n):
                s += weight(i) * SCALE + weights[0]
            return s

        assert total(15) == sum((TABLE[i % 3] + i % 5) * 3 for i in range(15))

    def test_in_a_context(self, tier):
        @px.jit(parallel=True)
        def total(n):
            s = 0
            for i in prange(n):
                s += i
            return s

        assert px.map(total, range(100)) == [i * (i - 1) // 2 for i in range(100)]

    def test_exceptions_have_the_loop_s_line(self, tier):
        @px.jit(parallel=True)
        def fail(a, k):
            for i in prange(len(a)):
                if i >= k:
                    raise ValueError(i, k)
                a[i] = 1

        a = np.zeros(5000)
        with pytest.raises(ValueError) as caught:
            fail(a, 100)
        assert caught.value.args == (100, 100)
        lines = [
            entry.lineno - fail.py_func.__code__.co_firstlineno for entry in caught.traceback if entry.path == caught.traceback[0].path
        ]
        assert lines[1:] == [1, 3] and (a[:100] == 1).all()
        with pytest.raises(IndexError):

            @px.jit(parallel=True)
            def outside(a):
                for i in prange(len(a)):
                    a[i + 1] = 0

            outside(a)

    def test_from_many_threads(self, tier):
        @px.jit(parallel=True)
        def total(n):
            s = 0
            for i in prange(n):
                s += i
            return s

        results = []
        threads = [threading.Thread(target=lambda: results.extend(total(5000) for _ in range(20))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == [5000 * 4999 // 2] * 80

    def test_without_parallel_it_is_a_range(self, tier):
        @px.jit
        def last(n):
            k = -1
            for i in prange(n):
                k = i
            return k

        assert last(10) == 9 and list(prange(2, 5)) == [2, 3, 4]


TABLE = (1.0, 2.0, 4.0)


class TestReductions:
    def test_every_operator(self, tier):
        @px.jit(parallel=True)
        def reduce(a, k):
            s, p, low, high, both, some, odd, down, plus = 1, 1.0, 1e300, -1e300, -1, 0, 0, 0.0, 2.5
            for i in prange(len(a)):
                s += k[i]
                p *= 1 + a[i] / 1000
                low = min(low, a[i])
                high = max(a[i], high)
                both &= k[i] | 8
                some |= k[i]
                odd ^= k[i]
                down -= a[i]
                plus = plus + a[i]
            return s, p, low, high, both, some, odd, down, plus

        a, k = np.random.default_rng(5).normal(size=3000), np.random.default_rng(6).integers(0, 1 << 40, 3000)
        s, p, low, high, both, some, odd, down, plus = reduce(a, k)
        assert (s, low, high) == (1 + k.sum(), a.min(), a.max())
        assert (both, some, odd) == (np.bitwise_and.reduce(k | 8), np.bitwise_or.reduce(k), np.bitwise_xor.reduce(k))
        assert np.allclose([p, down, plus], [np.prod(1 + a / 1000), -a.sum(), 2.5 + a.sum()], rtol=1e-12)

    def test_of_nothing(self, tier):
        @px.jit(parallel=True)
        def total(a):
            s = 7.5
            for i in prange(len(a)):
                s += a[i]
            return s

        assert total(np.zeros(0)) == 7.5

    def test_the_type_grows_in_the_loop_as_in_any_other(self, tier):
        @px.jit(parallel=True)
        def total(a):
            s = 0
            for i in prange(len(a)):
                s += a[i]
            return s

        for_numba = types.FunctionType(total.py_func.__code__, {"prange": numba.prange})
        for a in (np.full(10, 0.5), np.full(10, 2), np.full(10, 2, np.int8), np.full(10, 0.5, np.float32)):
            ours = total(a)
            theirs = numba.njit(for_numba)(a)
            assert ours == theirs and type(ours) is type(theirs)

    def test_bits_do_not_depend_on_workers(self, script):
        program = """
import numpy as np, px
@px.jit(parallel=True)
def total(a):
    s = 0.0
    for i in px.prange(len(a)):
        s += a[i]
    return s
a = np.random.default_rng(1).normal(size=100_003)
print(total(a).hex(), px.map(total, [a])[0].hex(), px.stats()["workers"])
"""
        outputs = {
            n: script(program, PX_WORKERS=n, PX_TIER=t).stdout.split() for n, t in (("1", "interp"), ("2", "baseline"), ("7", "auto"))
        }
        assert len({bits for bits, inner, _ in outputs.values() for bits in (bits, inner)}) == 1
        assert [out[2] for out in outputs.values()] == ["1", "2", "7"]

    def test_close_to_an_exact_sum(self, tier):
        @px.jit(parallel=True)
        def total(a):
            s = 0.0
            for i in prange(len(a)):
                s += a[i] * a[i]
            return s

        a = np.random.default_rng(2).normal(size=50_000)
        assert math.isclose(total(a), math.fsum(a * a), rel_tol=1e-13)


class TestRefused:
    def refuses(self, function, match, *arguments):
        with pytest.raises(px.UnsupportedError, match=match):
            px.jit(parallel=True)(function)(*arguments)

    def test_leaving_the_loop(self):
        def stop(n):
            for i in prange(n):
                if i == 3:
                    break

        def give(n):
            for i in prange(n):
                return i

        self.refuses(stop, "`break` in a prange loop", 5)
        self.refuses(give, "`return` in a prange loop", 5)

    def test_what_goes_from_one_iteration_to_the_next(self):
        def carried(a):
            x = 0.0
            for i in prange(len(a)):
                a[i] = x
                x = a[i] + 1

        def after(a):
            for i in prange(len(a)):
                x = a[i]
            return x

        self.refuses(carried, "'x', which an iteration of prange hands to the next one", np.zeros(3))
        self.refuses(after, "'x', which a prange loop assigns, after that loop", np.zeros(3))

    def test_a_list_that_contexts_would_share(self):
        def appended(n):
            found = [0]
            for i in prange(n):
                found.append(i)
            return len(found)

        self.refuses(appended, "in a prange loop, which contexts share", 5)

    def test_a_sum_of_two_operators_and_of_arrays(self):
        def two(n):
            s = 1
            for i in prange(n):
                s += i
                s *= 2
            return s

        self.refuses(two, "more than one operator", 5)


def test_it_stays_in_baseline_with_a_reason_but_the_body_becomes_native():
    @px.jit(parallel=True)
    def total(a):
        s = 0.0
        for i in prange(len(a)):
            s += math.sin(a[i])
        return s

    a = np.linspace(0, 1, 1000)
    expected = total(a)
    px._px.set_tier("baseline")
    try:
        assert total(a) == expected
        px._px.set_tier("native")
        with pytest.raises(px.CompileServiceError, match="prange loops run as functions of their own"):
            total(a)
    finally:
        px._px.set_tier("auto")
