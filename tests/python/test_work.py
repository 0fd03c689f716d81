"""Queued work and the functions that run many calls at once."""

import gc
import operator
import sys
import weakref
from threading import Thread

import numpy as np
import pytest

import px


@px.jit
def half(x):
    if x < 0:
        raise ValueError(x)
    return x / 2


@px.jit
def fill(i, out, value):
    out[i] = value * i


TEMPORARIES = """
import numpy as np
import px

@px.jit
def work(i, out):
    a = np.ones(1000)
    out[0] += a[5]

out = np.zeros(1)
px.parallel_for(work, 20_000, out, chunksize=20_000)
assert out[0] == 20_000
assert px.stats()["bytes"] < 64 << 20, px.stats()["bytes"]
"""


class TestSubmit:
    def test_nothing_runs_before_run(self, tier):
        out = np.zeros(3)
        work = px.submit_work(fill, (1, out), {"value": 4.0})
        assert not work.done() and work.tier is None and out[1] == 0
        px.run()
        assert work.done() and work.result() is None and out[1] == 4.0
        assert work.tier == ("numba" if tier == "native" else "interpreter")
        assert work.function is fill

    def test_what_is_done_and_refers_to_itself_is_collected(self, interpreted):
        class Holder:
            work = None

        def made():
            holder = Holder()
            holder.work = px.submit_work(half, (4,), callback=lambda _, holder=holder: None)
            return weakref.ref(holder)

        held = made()
        gc.collect()
        assert held() is not None  # queued
        px.run()
        gc.collect()
        assert held() is None

    def test_result_runs_the_queue(self, interpreted):
        works = [px.submit_work(half, (i,)) for i in range(100)]
        assert works[50].result() == 25.0
        assert [work.result() for work in works] == [i / 2 for i in range(100)]

    def test_callbacks_in_the_order_of_submission(self, interpreted):
        seen = []
        for i in range(20):
            px.submit_work(half, (i if i != 7 else -7,), callback=seen.append, errback=lambda e: seen.append(e.args))
        px.run()
        assert seen == [i / 2 if i != 7 else (-7,) for i in range(20)]

    def test_callbacks_may_submit(self, interpreted):
        seen = []

        def again(result):
            seen.append(result)
            if result > 1:
                px.submit_work(half, (result,), callback=again)

        px.submit_work(half, (16,), callback=again)
        px.run()
        assert seen == [8.0, 4.0, 2.0, 1.0]

    def test_run_once(self, interpreted):
        first, second = px.submit_work(half, (1,)), px.submit_work(half, (2,))
        assert px.run_once() and first.done() and not second.done()
        assert px.run_once() and second.done()
        assert not px.run_once()

    def test_an_error_is_kept(self, tier):
        work = px.submit_work(half, (-1,))
        px.run()
        assert work.exception().args == (-1,)
        for _ in range(2):
            with pytest.raises(ValueError, match="-1"):
                work.result()
        fine = px.submit_work(half, (1,))
        assert fine.exception() is None

    def test_an_error_that_nobody_asks_for_is_reported(self, interpreted, monkeypatch):
        told = []
        monkeypatch.setattr(sys, "unraisablehook", lambda args: told.append(args.exc_value.args))
        px.submit_work(half, (-3,))
        px.run()
        assert told == [(-3,)]

    def test_what_callbacks_raise(self, interpreted):
        def bad(result):
            raise KeyError(result)

        px.submit_work(half, (1,), callback=bad)
        with pytest.raises(KeyError):
            px.run()
        for i in range(3):
            px.submit_work(half, (i,), callback=bad)
        with pytest.raises(ExceptionGroup) as caught:
            px.run()
        assert len(caught.value.exceptions) == 3

    def test_bad_arguments_are_told_at_once(self):
        with pytest.raises(TypeError, match="missing 1 required"):
            px.submit_work(half, ())
        with pytest.raises(px.TypingError):
            px.submit_work(half, ([],))
        with pytest.raises(TypeError, match="px.jit"):
            px.submit_work(len, (1,))
        assert not px.run_once()

    def test_arguments_are_held(self, interpreted):
        @px.jit
        def total(a):
            s = 0.0
            for i in range(a.size):
                s += a[i]
            return s

        works = [px.submit_work(total, (np.full(1000, float(i)),)) for i in range(50)]
        px.run()
        assert [work.result() for work in works] == [1000.0 * i for i in range(50)]

    def test_an_array_that_has_changed_since(self, interpreted):
        array = np.zeros(6)
        work = px.submit_work(fill, (1, array, 2.0))
        array.shape = (2, 3)
        with pytest.raises(RuntimeError, match=r"argument 'out' of fill was array\(float64, 1d, C\)"):
            work.result()

    def test_arrays_as_results(self, interpreted):
        @px.jit
        def make(n):
            a = np.empty(n)
            for i in range(n):
                a[i] = n
            return a

        works = [px.submit_work(make, (n,)) for n in (0, 1, 100, 20_000, 100_000)]
        px.run()
        for work in works:
            array = work.result()
            assert array is work.result() and (array == array.size).all()

    def test_a_global_that_changes_between_runs(self, interpreted, monkeypatch):
        monkeypatch.setitem(globals(), "OFFSET", 1)

        @px.jit
        def f(x):
            return x + OFFSET  # noqa: F821

        work = px.submit_work(f, (1,))
        monkeypatch.setitem(globals(), "OFFSET", 10)
        assert work.result() == 11


def total_of(x, *rest):
    for r in rest:
        x += r
    return x


class TestRest:
    """What `*rest` takes, however the function is called."""

    def test_of_works(self, any_tier):
        total = px.jit(total_of)

        @px.jit
        def both(*arrays):
            return arrays[0] + arrays[1]

        assert [px.submit_work(total, args).result() for args in ((1, 2), (1, 2, 3))] == [3, 6]
        assert px.submit_work(both, (np.arange(3), np.ones(3))).result().tolist() == [1, 2, 3]
        with px.Executor() as executor:
            assert executor.submit(total, 1, 2, 3, 4).result() == 10
            assert list(executor.map(total, [1, 2], [3, 4], [5, 6])) == [9, 12]

    def test_of_many(self, any_tier):
        @px.jit
        def add_to(i, *arrays):
            for a in arrays:
                a[i] += i

        @px.jit
        def total(*rest):
            return rest[0] * 10 + len(rest)

        @px.jit
        def pair(a, *rest):
            return rest[0] - a

        x, y = np.zeros(4), np.ones(4)
        px.parallel_for(add_to, 4, x, y)
        assert x.tolist() == [0, 1, 2, 3] and y.tolist() == [1, 2, 3, 4]
        assert px.reduce(max, total, 5, 7, 8) == 43
        assert [a.tolist() for a in px.map(pair, [x, y], [y, x])] == [[1] * 4, [-1] * 4]
        assert px.map(total, [1, 2]) == [11, 21]

    def test_of_children(self, own_tier):
        total = px.jit(total_of)

        @px.jit
        def parent(n):
            some = px.submit_work(total, (n, 2, 3))
            none = px.submit_work(total, (n,))
            return some.result(), none.result()

        assert total(1) == px.submit_work(total, (1,)).result() == 1  # not natively: Numba has no loop over an empty tuple
        assert parent(1) == px.submit_work(parent, (1,)).result() == (6, 1)

    def test_too_few(self):
        @px.jit
        def two(a, b, *rest):
            return a

        with pytest.raises(TypeError, match="missing 1 required positional argument: 'b'"):
            px.submit_work(two, (1,))


class TestMany:
    def test_map(self, tier):
        assert px.map(half, range(1000)) == [i / 2 for i in range(1000)]
        assert px.map(half, []) == []

    def test_map_of_several_iterables_and_types(self, interpreted):
        @px.jit
        def add(x, y, z=1):
            return x + y + z

        assert px.map(add, [1, 2.0, True], iter([1, 1, 1]), chunksize=2) == [3, 4.0, 3]
        assert [type(v) for v in px.map(add, [1, 2.0, True], [1, 1, 1])] == [int, float, int]

    def test_map_makes_arrays(self, interpreted):
        @px.jit
        def make(n):
            return np.ones(n), n

        for size in (10, 20_000):
            arrays = px.map(make, [size] * 40, chunksize=7)
            assert all(a.sum() == size and n == size for a, n in arrays)

    def test_the_first_error_in_order_is_raised(self, tier):
        for _ in range(5):
            with pytest.raises(ValueError) as caught:
                px.map(half, [*range(500), -5, *range(500), -6], chunksize=1)
            assert caught.value.args == (-5,)

    def test_parallel_for(self, tier):
        out = np.zeros(1000)
        px.parallel_for(fill, 1000, out, 3.0)
        assert (out == 3.0 * np.arange(1000)).all()
        px.parallel_for(fill, range(999, 0, -2), out, 1.0, chunksize=10)
        assert (out == np.where(np.arange(1000) % 2, 1.0, 3.0) * np.arange(1000)).all()
        px.parallel_for(fill, 0, out, 1.0)
        px.parallel_for(fill, range(5, 5), out, 1.0)

    def test_parallel_for_and_an_error(self, tier):
        out = np.zeros(100)
        with pytest.raises(IndexError, match="index 100 is out of bounds for axis 0 with size 100"):
            px.parallel_for(fill, 300, out, 1.0, chunksize=1)
        assert (out == np.arange(100)).all()

    def test_bad_arguments(self):
        with pytest.raises(TypeError):
            px.parallel_for(fill, 1.5, np.zeros(3), 1.0)
        with pytest.raises(ValueError, match="chunksize"):
            px.parallel_for(fill, 3, np.zeros(3), 1.0, chunksize=0)
        with pytest.raises(TypeError, match="at least one"):
            px.map(half)
        with pytest.raises(TypeError, match="px.jit"):
            px.map(abs, [1])

    def test_reduce(self, tier):
        @px.jit
        def square(i):
            return i * i

        assert px.reduce(operator.add, square, 100) == sum(i * i for i in range(100))
        assert px.reduce(max, square, range(-9, 5)) == 81
        assert px.reduce(operator.add, square, range(10, 0, -3), init=1000) == 1000 + 100 + 49 + 16 + 1
        assert px.reduce(px.jit(lambda a, b: a * b), px.jit(lambda i, k: i + k), 5, 1) == 120

    def test_reduce_of_nothing(self, interpreted):
        assert px.reduce(operator.add, half, 0, init=3) == 3
        with pytest.raises(ValueError, match="init"):
            px.reduce(operator.add, half, 0)

    def test_the_bits_of_a_sum_are_always_the_same(self, interpreted):
        tenth = px.jit(lambda i: 0.1 * i)
        assert len({px.reduce(operator.add, tenth, 12345) for _ in range(5)}) == 1

    def test_reduce_of_types_that_do_not_close(self):
        with pytest.raises(px.TypingError, match="same type"):
            px.reduce(px.jit(lambda a, b: a / b), px.jit(lambda i: i), 5)

    def test_temporaries_do_not_pile_up(self, script):
        """160 MB of temporaries in one context. A process of its own: pages stay with the workers between runs."""
        script(TEMPORARIES, PX_TIER="interp")


def test_two_threads_run_in_turn(interpreted):
    out = np.zeros((2, 2000))
    failures = []

    def use(row):
        try:
            for _ in range(20):
                px.parallel_for(fill, 2000, out[row], 1.0)
                assert px.map(half, range(50)) == [i / 2 for i in range(50)]
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=use, args=(row,)) for row in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert (out == np.arange(2000)).all()
