"""Contexts' memory: temporaries in loops, limits, pages, allocations that fail."""

import threading

import numpy as np
import pytest

import px


@px.jit
def temporaries(n, size):
    total = 0.0
    for i in range(n):
        t = np.empty(size)
        t[i % size] = i
        total += t[i % size]
    return total


@px.jit
def carried(n, size):
    a = np.zeros(size)
    for i in range(n):
        b = np.zeros(size)
        b[0] = a[0] + 1
        a = b
    return a[0]


@px.jit
def inner(size, x):
    t = np.full(size, x)
    return t[size - 1]


@px.jit
def of_a_callee(n, size):
    total = 0.0
    for i in range(n):
        total += inner(size, float(i))
    return total


@px.jit
def grid(n, size):
    total = 0.0
    for i in range(n):
        row = np.zeros(size)
        for j in range(4):
            cell = np.full(size, float(j))
            row[j] = cell[j]
        total += row[3]
    return total


@px.jit
def make(size):
    return np.zeros(size)[0]


class TestTemporaries:
    """A loop that makes and drops 160 MB passes under a limit of 64 MiB only if they do not pile up."""

    @pytest.mark.parametrize("function", [temporaries, of_a_callee, grid])
    def test_they_do_not_pile_up(self, any_tier, function):
        with px.heap(limit=64 << 20):
            assert function(20_000, 1024) == {temporaries: sum(range(20_000)), of_a_callee: sum(range(20_000)), grid: 60_000.0}[function]

    def test_of_many_sizes(self, any_tier):
        @px.jit
        def sizes(n):
            total = 0
            for i in range(n):
                t = np.zeros(1 + i % 5000)
                total += t.size
            return total

        with px.heap(limit=1 << 20):
            assert sizes(10_000) == sum(1 + i % 5000 for i in range(10_000))

    def test_one_that_is_carried_is_kept(self, any_tier):
        assert carried(1000, 16) == 1000.0

    def test_of_each_index(self, any_tier):
        @px.jit
        def fill(i, out):
            t = np.full(1024, float(i))
            out[i] = t[7]

        out = np.zeros(20_000)
        with px.heap(limit=8 << 20):
            px.parallel_for(fill, len(out), out)
        assert (out == np.arange(len(out))).all()


@px.jit
def swapped(n, size):
    a, b = np.zeros(size), np.ones(size)
    for i in range(n):
        c = a + b
        a, b = b, c / 2.0
    return a[0] + b[size - 1]


@px.jit
def view_of_a_carried_one(n, size):
    a = np.zeros(size)
    tail = a[size - 3 :]
    for i in range(n):
        b = np.full(size, float(i))
        if i % 7 == 0:
            a = b
            tail = a[size - 3 :]
        tail[0] += 1.0
    return a[size - 3], tail[0]


@px.jit
def pairs(n, size):
    pair = (np.zeros(size), 0)
    for i in range(n):
        pair = (np.full(size, float(i)), i)
    return pair[0][size - 1] + pair[1]


@px.jit
def growing_list(n, size):
    found = [0.0]
    for i in range(n):
        t = np.full(size, float(i))
        if i % 5 == 0:
            found.append(t[i % size])
    return sum(found), len(found)


@px.jit
def lists_of_a_round(n, size):
    total = 0
    kept = [0]
    for i in range(n):
        items = [i, i + 1]
        for k in range(size // 64):
            items.append(k)
        kept = items
        total += len(items)
    return total + kept[0]


@px.jit
def while_carried(n, size):
    a = np.ones(size)
    i = 0
    while i < n:
        inner = np.zeros(size)
        for j in range(3):
            inner = inner + a
        a = inner / 3.0
        i += 1
    return a[0]


CARRIED = [swapped, view_of_a_carried_one, pairs, growing_list, lists_of_a_round, while_carried]


class TestCarried:
    """Loops whose next round needs some of what the last one made: the rest of it does not pile up."""

    @pytest.mark.parametrize("reuse", [False, True])
    @pytest.mark.parametrize("function", CARRIED, ids=lambda f: f.__name__)
    def test_what_nobody_needs_is_used_again(self, any_tier, function, reuse):
        expected = function.py_func(3000, 1000)
        with px.heap(limit=12 << 20, reuse=reuse):
            assert function(3000, 1000) == expected
            works = [px.submit_work(function, (3000, 1000)) for _ in range(3)]
            px.run()
            assert [work.result() for work in works] == [expected] * 3

    @pytest.mark.parametrize("function", CARRIED, ids=lambda f: f.__name__)
    def test_reuse_keeps_the_heap_as_small_as_what_lives(self, any_tier, function):
        with px.heap(limit=500 << 10, reuse=True):
            assert function(2000, 1000) == function.py_func(2000, 1000)

    @pytest.mark.parametrize("pages", ["4K", "2M"])
    def test_results_that_lived_through_it(self, any_tier, pages):
        @px.jit
        def last_ones(n, size):
            a, b = np.zeros(size), np.zeros(size)
            for i in range(n):
                a, b = b, np.full(size, float(i))
            return a, b

        for size in (3, 1000, 20_000):
            with px.heap(pages=pages, reuse=True):
                a, b = last_ones(2000, size)
            assert (a == 1998).all() and (b == 1999).all() and len(a) == size


class TestLimit:
    def test_the_context_alone_fails(self, any_tier):
        with px.heap(limit=1 << 20):
            works = [px.submit_work(make, (10 if i != 5 else 1 << 20,)) for i in range(10)]
        px.run()
        errors = [work.exception() for work in works]
        assert [i for i, error in enumerate(errors) if error] == [5]
        assert isinstance(errors[5], px.HeapLimitError) and isinstance(errors[5], MemoryError)
        assert "1048576 bytes" in str(errors[5])

    def test_at_a_direct_call(self, any_tier):
        with px.heap(limit=100_000), pytest.raises(px.HeapLimitError):
            make(100_000)
        assert make(100_000) == 0.0

    def test_many_small_ones(self, any_tier):
        @px.jit
        def pile(n):
            a = np.zeros(100)
            for i in range(n):
                b = np.zeros(100)
                b[0] = a[0]
                a = b
            return a[0]

        if any_tier != "native":  # there each is freed once its count is down
            with px.heap(limit=100_000), pytest.raises(px.HeapLimitError):
                pile(1000)
            with px.heap(limit=100_000, reuse=True):
                assert pile(1000) == 0.0
        with px.heap(limit=10 << 20):
            assert pile(1000) == 0.0

    def test_innermost_counts_and_ends(self, interpreted):
        with px.heap(limit=100_000):
            with px.heap(limit=10 << 20):
                assert make(100_000) == 0.0
            with pytest.raises(px.HeapLimitError):
                make(100_000)

    def test_no_limit_by_memory_alone(self, interpreted):
        with pytest.raises(MemoryError) as caught:
            make(1 << 50)
        assert not isinstance(caught.value, px.HeapLimitError)

    def test_of_this_thread_alone(self, interpreted):
        results = []
        with px.heap(limit=1000):
            thread = threading.Thread(target=lambda: results.append(make(1000)))
            thread.start()
            thread.join()
        assert results == [0.0]

    @pytest.mark.parametrize(
        ("options", "error"),
        [({"pages": "8K"}, ValueError), ({"limit": 0}, ValueError), ({"limit": 1.5}, TypeError)],
    )
    def test_bad_options(self, options, error):
        with pytest.raises(error):
            px.heap(**options)


class TestPages:
    @pytest.mark.parametrize("pages", ["4K", "2M"])
    def test_results_are_the_same(self, interpreted, pages):
        @px.jit
        def work(i):
            t = np.full(1000 + i, float(i))
            return t, t[i]

        with px.heap(pages=pages):
            for i, (array, element) in enumerate(px.map(work, range(200))):
                assert element == i and array.shape == (1000 + i,) and (array == i).all()

    def test_contexts_of_both_kinds_in_one_run(self, interpreted):
        works = []
        for i in range(100):
            with px.heap(pages="4K" if i % 2 else "2M", limit=(1 << 20) + i):
                works.append(px.submit_work(make, (1000,)))
        assert [work.result() for work in works] == [0.0] * 100


FORKS = """
import os
import numpy as np
import px

@px.jit
def work(i):
    t = np.full(100_000 + i, float(i))
    small = np.full(100, 1.0)
    return t, t[i] + small[3]

def right(results):
    return all((a == i).all() and x == i + 1 for i, (a, x) in enumerate(results))

with px.heap(pages="2M"):
    results, direct = px.map(work, range(20)), [work(i) for i in range(5)]
    huge = px.stats()["huge_pages"]
    assert set(huge) == {"pool", "transparent", "refused"} and sum(huge.values()) > 0, huge
    for _ in range(3):
        child = os.fork()
        if child == 0:
            fine = right(results) and right(direct) and right(px.map(work, range(20))) and right([work(i) for i in range(5)])
            for a, _ in results + direct:
                a[:] = 7.0
            os._exit(0 if fine else 3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert right(results) and right(direct) and right([work(i) for i in range(5)])
"""


def test_a_forked_child_and_its_parent_have_large_pages_of_their_own(script):
    """With pages of the machine's pool too, where it has some: `sysctl vm.nr_hugepages=8` before the test."""
    script(FORKS, PX_TIER="interp")


class TestFailure:
    """Every allocation of a run made to fail once, in turn: an error or the right result, nothing lost, and the next run works."""

    def runs(self):
        @px.jit
        def work(i):
            t = np.full(3000, float(i))
            u = np.zeros(20_000)
            u[i] = t[i]
            return u, t[i]

        with px.heap(pages="2M"):
            arrays = px.map(work, range(8), chunksize=1)
        return [(a[i], x) for i, (a, x) in enumerate(arrays)], temporaries(10, 5000), [make(100_000)]

    def test_each_in_turn(self, interpreted):
        px._px.fail_after(1 << 40)
        expected = self.runs()
        made = px._px.fail_after(-1)
        failed = 0
        try:
            for i in range(made + 1):
                px._px.fail_after(i)
                try:
                    assert self.runs() == expected
                except MemoryError as error:
                    failed += 1
                    assert not isinstance(error, px.HeapLimitError)
                px._px.fail_after(-1)
                assert self.runs() == expected
        finally:
            px._px.fail_after(-1)
        assert made > 0 and failed > 0


@px.jit
def of_all_sizes(n):
    """Arrays below and above what native code makes inline, some of which live on for a while."""
    kept = np.full(1, 1.0)
    total = 0.0
    for i in range(n):
        a = np.full(i % 130, float(i))
        b = np.full((i * 7) % 61, 2.0)
        total += a.sum() + b.sum() + kept[0] + kept.size
        if i % 13 == 0 and a.size > 0:
            kept = a
    return total, kept.copy()


def test_small_blocks_are_used_again_without_mixing_their_contents(any_tier):
    total, kept = of_all_sizes(5000)
    expected, expected_kept = of_all_sizes.py_func(5000)
    assert total == expected and np.array_equal(kept, expected_kept)


def test_the_limit_holds_for_small_blocks_too(any_tier):
    @px.jit
    def keeps(n):
        arrays = [np.full(16, 1.0)]
        for i in range(n):
            arrays.append(np.full(16, float(i)))
        return len(arrays)

    assert keeps(100) == 101
    with px.heap(limit=1 << 20):
        work = px.submit_work(keeps, (100_000,))
        px.run()
        assert isinstance(work.exception(), px.HeapLimitError)
