"""What callbacks do beside computing: child contexts, calls for the main thread, timers, descriptors."""

import os
import threading

import numpy as np
import pytest

import px

SEEN = []


@pytest.fixture(params=["interp", "baseline", "auto"])
def tier(request):
    SEEN.clear()
    px._px.set_tier(request.param)
    yield request.param
    px._px.set_tier("auto")


@px.jit
def quick_sort(a, low, high):
    while high - low > 16:
        pivot = a[(low + high) // 2]
        i, j = low, high - 1
        while i <= j:
            while a[i] < pivot:
                i += 1
            while a[j] > pivot:
                j -= 1
            if i <= j:
                a[i], a[j] = a[j], a[i]
                i += 1
                j -= 1
        px.submit_work(quick_sort, (a, low, j + 1))
        low = i
    for i in range(low + 1, high):
        x = a[i]
        j = i - 1
        while j >= low and a[j] > x:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = x


@px.jit
def fail_at(n):
    if n == 0:
        raise ValueError("the last one")
    px.submit_work(fail_at, (n - 1,))


@px.jit
def tree(n):
    if n < 2:
        return n
    left = px.submit_work(tree, (n - 1,))
    right = tree(n - 2)
    return left.result() + right


@px.jit
def pair_tree(n):
    if n < 2:
        return n, 0.5, None
    left = px.submit_work(pair_tree, (n - 1,))
    right = pair_tree(n - 2)
    return left.result()[0] + right[0], 0.5, None


@px.jit
def square(n):
    return n * n


@px.jit
def nothing():
    return None


class TestChildren:
    def test_a_sort_by_child_contexts(self, tier):
        a = np.random.default_rng(1).random(20_000)
        work = px.submit_work(quick_sort, (a, 0, len(a)))
        assert work.result() is None and (np.diff(a) >= 0).all()

    def test_of_a_parallel_for_and_a_direct_call(self, tier):
        @px.jit
        def row(i, a):
            px.submit_work(quick_sort, (a[i], 0, a.shape[1]))

        a = np.random.default_rng(2).random((50, 300))
        px.parallel_for(row, len(a), a)
        assert (np.diff(a, axis=1) >= 0).all()
        a = np.random.default_rng(3).random(1000)
        quick_sort(a, 0, 1000)
        assert (np.diff(a) >= 0).all()

    def test_the_parent_fails_with_its_child(self, tier):
        works = [px.submit_work(fail_at, (n,)) for n in (3, 100)]
        px.run()
        for work in works:
            assert isinstance(work.exception(), ValueError) and str(work.exception()) == "the last one"
        with pytest.raises(ValueError, match="the last one"):
            px.parallel_for(fail_at, 5)
        with pytest.raises(ValueError, match="the last one"):
            fail_at(5)

    def test_many_at_once(self, tier):
        hits = px.interlocked.Int64()

        @px.jit
        def leaf(hits):
            hits.add(1)

        @px.jit
        def parent(n, hits):
            for _ in range(n):
                px.submit_work(leaf, (hits,))

        px.submit_work(parent, (5000, hits)).result()
        assert hits.value == 5000

    def test_an_array_of_the_parent_s_own(self, tier):
        @px.jit
        def leaf(a):
            a[0] = 1

        @px.jit
        def parent():
            a = np.zeros(5)
            px.submit_work(leaf, (a,))

        with pytest.raises(px.PersistenceError, match="would not live as long as the child"):
            parent()
        work = px.submit_work(parent)
        px.run()
        assert isinstance(work.exception(), px.PersistenceError)

    def test_results_are_waited_for(self, tier):
        for f in (tree, pair_tree):
            expected = f(12)
            assert expected == {tree: 144, pair_tree: (144, 0.5, None)}[f]
            assert px.map(f, [12] * 6) == [expected] * 6
            assert px.submit_work(f, (12,)).result() == expected

    def test_several_are_under_way_at_once(self, tier):
        @px.jit
        def parent(n):
            first = px.submit_work(square, (n,))
            second = px.submit_work(square, (n + 1,))
            third = px.submit_work(nothing)
            return second.result() - first.result(), third.result(), first.result()

        expected = [(2 * n + 1, None, n * n) for n in range(200)]
        assert px.map(parent, range(200)) == expected and parent(3) == expected[3]

    def test_a_list_of_children(self, tier):
        @px.jit
        def parent(n):
            children = [px.submit_work(square, (i,)) for i in range(n)]
            total = 0
            for child in children:
                total += child.result()
            return total

        assert px.submit_work(parent, (300,)).result() == parent(300) == sum(i * i for i in range(300))

    def test_who_waits_gets_the_exception(self, tier):
        @px.jit
        def parent(n):
            child = px.submit_work(fail_at, (n,))
            caught = 0
            try:
                child.result()
            except Exception:
                caught = 1
            return caught

        @px.jit
        def careless(n):
            child = px.submit_work(fail_at, (n,))
            if n < 0:
                child.result()
            return 1

        @px.jit
        def not_caught(n):
            return px.submit_work(fail_at, (n,)).result()

        assert parent(0) == 1 and px.map(parent, [0] * 50) == [1] * 50
        for f in (careless, not_caught):
            with pytest.raises(ValueError, match="the last one"):
                f(0)
            work = px.submit_work(f, (0,))
            px.run()
            assert isinstance(work.exception(), ValueError)
            with pytest.raises(ValueError, match="the last one"):
                px.map(f, [0, 0])

    def test_children_write_where_they_were_told_to(self, tier):
        @px.jit
        def fill(a, low, high):
            if high - low <= 100:
                for i in range(low, high):
                    a[i] = i
                return 1
            middle = (low + high) // 2
            left = px.submit_work(fill, (a, low, middle))
            right = fill(a, middle, high)
            return left.result() + right

        a = np.zeros(10_000)
        assert px.submit_work(fill, (a, 0, len(a))).result() == 128 and (a == np.arange(10_000)).all()

    def test_too_deep_to_wait(self, interpreted):
        @px.jit
        def deep(n):
            if n == 0:
                return 0
            return px.submit_work(deep, (n - 1,)).result() + 1

        assert deep(50) == 50
        with pytest.raises(RecursionError):
            deep(10_000_000)
        work = px.submit_work(deep, (10_000_000,))
        px.run()
        assert isinstance(work.exception(), RecursionError)

    def test_an_array_as_a_child_s_result(self, interpreted):
        @px.jit
        def makes():
            return np.zeros(3)

        @px.jit
        def parent():
            return px.submit_work(makes).result()[0]

        with pytest.raises(px.PersistenceError, match="as the result of a child context would outlive it"):
            parent()

    def test_what_does_not_fit(self, interpreted):
        @px.jit
        def few():
            px.submit_work(fail_at, (1, 2))

        @px.jit
        def number():
            px.submit_work(3)

        with pytest.raises(TypeError, match="positional argument"):
            few()
        with pytest.raises(px.TypingError, match="takes a px function"):
            number()


def note(*values):
    SEEN.append(values)


def fails(i):
    raise KeyError(i)


class TestMainThread:
    def test_calls_are_made_there_afterwards(self, tier):
        @px.jit
        def work(i):
            px.call_from_main_thread(note, i, i / 2, (True, None))
            return i

        assert work(3) == 3 and SEEN == [(3, 1.5, (True, None))]
        SEEN.clear()
        assert px.map(work, range(50)) == list(range(50))
        assert sorted(SEEN) == [(i, i / 2, (True, None)) for i in range(50)]
        SEEN.clear()
        px.submit_work(work, (7,), callback=SEEN.append)
        px.run()
        assert SEEN == [(7, 3.5, (True, None)), 7]

    def test_on_the_thread_that_runs(self, tier):
        @px.jit
        def work(i):
            px.call_from_main_thread(where)

        px.parallel_for(work, 10)
        assert {name for (name,) in SEEN} == {threading.current_thread().name}

    def test_exceptions(self, tier):
        @px.jit
        def work(i):
            px.call_from_main_thread(fails, i)
            return i

        with pytest.raises(KeyError):
            work(1)
        with pytest.raises(ExceptionGroup) as caught:
            px.map(work, range(3))
        assert sorted(error.args[0] for error in caught.value.exceptions) == [0, 1, 2]
        assert SEEN == []

    def test_calls_of_a_context_that_failed(self, tier):
        @px.jit
        def work(a):
            px.call_from_main_thread(note, 1)
            return a[10]

        with pytest.raises(IndexError):
            work(np.zeros(3))
        assert SEEN == [(1,)]

    def test_they_may_call_px(self, tier):
        @px.jit
        def work(i):
            px.call_from_main_thread(again, i)

        work(3)
        assert SEEN == [(4,)]

    def test_an_array_cannot_escape(self, interpreted):
        @px.jit
        def work():
            px.call_from_main_thread(note, np.zeros(3))

        with pytest.raises(px.PersistenceError, match="outlive its context"):
            work()

    def test_an_ordinary_function_is_not_called_as_it_is(self, interpreted):
        @px.jit
        def work():
            return note(1)

        with pytest.raises(px.UnsupportedError, match="an ordinary Python function: mark it with @px.jit"):
            work()

    def test_outside_of_px_functions(self):
        SEEN.clear()
        px.call_from_main_thread(note, 5)
        assert SEEN == [(5,)]


def where():
    SEEN.append((threading.current_thread().name,))


@px.jit
def plus_one(i):
    return i + 1


def again(i):
    SEEN.append((plus_one(i),))


class TestTimers:
    def test_run_waits_for_them_in_their_order(self, interpreted):
        seen = []
        px.submit_timer(0.03, plus_one, (3,), callback=seen.append)
        px.submit_timer(0.01, plus_one, (1,), callback=seen.append)
        px.submit_work(plus_one, (0,), callback=seen.append)
        px.run()
        assert seen == [1, 2, 4]

    def test_again_and_again(self, interpreted):
        seen = []

        def tick(n):
            seen.append(n)
            if n < 4:
                px.submit_timer(0.001, plus_one, (n,), callback=tick)

        px.submit_timer(0, plus_one, (0,), callback=tick)
        px.run()
        assert seen == [1, 2, 3, 4]

    def test_memory_stays_flat(self, tier):
        """Of 20,000 callbacks, each of which makes 80 KB in a context of its own."""

        @px.jit
        def makes(n):
            return np.full(10_000, 1.0)[n % 100] + n

        def tick(n):
            if n < 20_000:
                px.submit_timer(0, makes, (int(n),), callback=tick)
            else:
                SEEN.append(n)

        px.submit_timer(0, makes, (19_000,), callback=tick)
        px.run()
        before = px.stats()["bytes"]
        px.submit_timer(0, makes, (0,), callback=tick)
        px.run()
        assert SEEN == [20_000.0] * 2 and px.stats()["bytes"] < before + (1 << 20)

    def test_cancelled(self, interpreted):
        seen = []
        timer = px.submit_timer(1e6, plus_one, (1,), callback=seen.append)
        px.submit_timer(0.001, plus_one, (1,), callback=lambda _: seen.append(timer.cancel()))
        px.run()
        assert seen == [True] and timer.work is None
        timer = px.submit_timer(0, plus_one, (1,))
        px.run()
        assert timer.work.result() == 2 and not timer.cancel()

    def test_run_once(self, interpreted):
        timer = px.submit_timer(0.001, plus_one, (1,))
        assert px.run_once() and timer.work.done()
        assert not px.run_once()

    @pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
    def test_no_time(self, seconds):
        with pytest.raises(ValueError):
            px.submit_timer(seconds, plus_one, (1,))

    def test_no_function(self):
        with pytest.raises(TypeError):
            px.submit_timer(1, len, ([],))


class TestDescriptors:
    def test_readable(self, interpreted):
        reading, writing = os.pipe()
        seen = []
        try:
            px.submit_wait(reading, plus_one, (1,), callback=seen.append)
            px.submit_wait(writing, plus_one, (5,), callback=lambda n: seen.append(n) or os.write(writing, b"x"), write=True)
            px.run()
        finally:
            os.close(reading)
            os.close(writing)
        assert seen == [6, 2]

    def test_with_a_timer_beside_it(self, interpreted):
        reading, writing = os.pipe()
        seen = []
        try:
            waiting = px.submit_wait(reading, plus_one, (1,), callback=seen.append)
            with pytest.raises(ValueError, match="already"):
                px.submit_wait(reading, plus_one, (1,))
            px.submit_timer(0.001, plus_one, (1,), callback=lambda _: waiting.cancel())
            px.run()
            px.submit_wait(reading, plus_one, (2,), callback=seen.append)
            os.write(writing, b"x")
            px.run()
        finally:
            os.close(reading)
            os.close(writing)
        assert seen == [3]

    def test_no_descriptor(self):
        with pytest.raises(ValueError):
            px.submit_wait(-1, plus_one, (1,))


class TestNesting:
    def test_a_run_inside_of_a_signal_handler_is_an_error(self, script):
        program = """
import signal, px
@px.jit
def spin(i):
    x = 0
    for k in range(10**10):
        x ^= k
    return x
def handler(*_):
    try:
        px.map(spin, range(1))
    except RuntimeError as error:
        print("refused:", error)
    raise KeyboardInterrupt
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    px.parallel_for(spin, 2)
except KeyboardInterrupt:
    print("stopped")
"""
        lines = script(program, PX_TIER="interp").stdout.splitlines()
        assert lines[0].startswith("refused: px: contexts are running already") and lines[1] == "stopped"
