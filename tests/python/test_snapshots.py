"""`with px.snapshot():` in px functions: what the block changed of the context's memory is undone."""

import numpy as np
import pytest

import px


@pytest.fixture(params=["interp", "baseline"])
def tier(request):
    px._px.set_tier(request.param)
    yield request.param
    px._px.set_tier("auto")


class TestRollback:
    def test_arrays_of_the_context_and_numbers(self, tier):
        @px.jit
        def f(n):
            a = np.zeros(n)
            a[0] = 1
            seen = 0.0
            with px.snapshot():
                a[0] = 5
                b = np.full(n, 7.0)
                a[n - 1] = b[0]
                seen = a[0] + a[n - 1]
            return a, seen

        for n in (2, 1000, 100_000):
            a, seen = f(n)
            assert seen == 12 and a[0] == 1 and not a[1:].any()

    def test_handed_over_arrays_where_they_are_named(self, tier):
        @px.jit
        def f(a, b, c):
            with px.snapshot(arrays=(a, c)):
                a[0, 0] = 9
                b[0] = 9
                c[1] = 9
            return a[0, 0]

        a, b, c = np.arange(12.0).reshape(3, 4)[:, ::2], np.zeros(2), np.asfortranarray(np.zeros((2, 2)))
        assert f(a, b, c[0]) == 0
        assert a[0, 0] == 0 and b[0] == 9 and not c.any()

    def test_one_within_another_and_in_loops(self, tier):
        @px.jit
        def f(depth):
            a = np.zeros(3)
            a[0] = depth
            best = 0.0
            for i in range(5):
                with px.snapshot():
                    a[0] += i
                    with px.snapshot():
                        a[0] += 100
                        best = max(best, a[0])
                    a[1] = a[0]
                    if i == 3:
                        best += a[1] / 1000
            return a[0], a[1], best

        assert f(2) == (2, 0, 106.0)

    def test_a_search_by_trying(self, tier):
        @px.jit
        def queens(board, row):
            n = len(board)
            if row == n:
                return 1
            found = 0
            for column in range(n):
                free = True
                for r in range(row):
                    if board[r] == column or abs(board[r] - column) == row - r:
                        free = False
                if free:
                    with px.snapshot(arrays=(board,)):
                        board[row] = column
                        found += queens(board, row + 1)
            return found

        board = np.full(6, -1)
        assert queens(board, 0) == 4 and (board == -1).all()

    def test_memory_of_the_block_is_gone(self, tier):
        @px.jit
        def f(n):
            total = 0.0
            a = np.zeros(10)
            for i in range(n):
                with px.snapshot():
                    b = np.full(1000, float(i))
                    total += b[5]
                a[0] = i
            return total + a[0]

        with px.heap(limit=1 << 20):
            assert f(5000) == sum(range(5000)) + 4999

    def test_an_exception_leaves_the_context_usable(self, tier):
        @px.jit
        def f(a, i):
            t = np.zeros(3)
            with px.snapshot():
                t[0] = a[i]
            return t[0]

        for _ in range(200):
            with pytest.raises(IndexError):
                f(np.zeros(2), 5)
            assert f(np.ones(2), 1) == 0
        works = [px.submit_work(f, (np.zeros(2), i % 3)) for i in range(300)]
        px.run()
        assert sum(work.exception() is not None for work in works) == 100
        assert [type(work.exception()) for work in works[:3]] == [type(None), type(None), IndexError]


@px.jit
def store(a, i, x):
    a[i] = x


@px.jit
def store_through(pair, x):
    store(pair[0], 2, x)
    return pair[0][2]


@px.jit
def add_up(a):
    total = 0.0
    for x in a:
        total += x
    return total


class TestEveryWayOfWriting:
    """The contents are kept before they are written: each kind of store says so."""

    @pytest.mark.parametrize("n", [10, 3000])
    def test_is_undone(self, tier, n):
        @px.jit
        def f(n):
            a, b, c, d = np.arange(n) * 1.0, np.arange(n) * 1.0, np.arange(n) * 1.0, np.arange(n) * 1.0
            m = np.zeros((n, 3))
            z = np.zeros(n, np.complex128)
            z[1] = 1j
            mask = a > 3.0
            view = a[2:]
            s = 0.0
            with px.snapshot():
                for i in range(n):
                    a[i] = -1.0
                view[0] = 7.0
                b[:] = 5.0
                b[1:4] = c[2:5]
                c[:] += 1.0
                np.multiply(d, 2.0, d)
                d[::-1][0] = 3.0
                m[:, 1] = 4.0
                m.T[2] = 5.0
                z[1] = 5.0
                z.real[2] = 6.0
                c[mask] = 9.0
                s = a[0] + view[0] + b[0] + c[0] + d[0] + m[0, 1] + m[1, 2]
            with px.snapshot():
                a.sort()
                b.fill(3.0)
                np.random.shuffle(c)
                s += b[0]
                store(d, 1, 50.0)
                s += store_through((m.ravel(), d), 60.0)
                s += add_up(c)
            return a, b, c, d, m, z, s

        a, b, c, d, m, z, s = f(n)
        for x in (a, b, c, d):
            assert (x == np.arange(n)).all()
        assert not m.any() and z[1] == 1j and np.count_nonzero(z) == 1
        assert s == -1 + 7 + 5 + 1 + 0 + 4 + 5 + 3 + 60 + sum(range(n))

    def test_of_a_prange_loop(self, tier):
        @px.jit(parallel=True)
        def f(n):
            a = np.zeros(n)
            total = 0.0
            with px.snapshot():
                for i in px.prange(n):
                    a[i] = i
                total = a.sum()
            return a, total

        a, total = f(1000)
        assert total == sum(range(1000)) and not a.any()

    def test_of_a_function_within(self, tier):
        @px.jit
        def f(n):
            a = np.zeros(n)

            def put(i):
                a[i] = 1.0

            with px.snapshot():
                put(3)
            return a[3]

        assert f(10) == 0

    def test_after_an_exception_that_is_caught(self, tier):
        @px.jit
        def inner(a, i):
            with px.snapshot():
                a[0] = 5.0
                a[1] = a[i]
            return 0

        @px.jit
        def f(n):
            a = np.zeros(3)
            with px.snapshot():
                a[0] = 1.0
                try:
                    inner(a, n)
                except Exception:
                    a[2] = 2.0
                a[2] += 1.0
            return a

        assert not f(7).any() and not f(1).any()


class TestCost:
    def test_a_large_heap_costs_nothing_where_little_changes(self, interpreted):
        @px.jit
        def f(n, rounds):
            big = np.zeros(n)
            small = np.zeros(4)
            total = 0.0
            for i in range(rounds):
                with px.snapshot():
                    small[0] = i
                    big[i] = 1.0
                    total += small[0] + big[i]
            return total + small.sum() + big.sum()

        # 80 MB copied 10,000 times would take minutes.
        assert f(10_000_000, 10_000) == sum(range(10_000)) + 10_000


class TestLimits:
    def test_64_deep(self, tier):
        @px.jit
        def nest(a, n):
            if n > 0:
                with px.snapshot():
                    a[0] += 1
                    nest(a, n - 1)
            return a[0]

        assert nest(np.zeros(1), 64) == 64
        with pytest.raises(px.SnapshotError, match="65th"):
            nest(np.zeros(1), 65)
        assert nest(np.zeros(1), 64) == 64

    def test_what_would_be_used_after_it(self, tier):
        @px.jit
        def f():
            b = np.zeros(1)
            with px.snapshot():
                b = np.ones(3)
            return b[0]

        with pytest.raises(px.PersistenceError, match="made in a snapshot is used after it"):
            f()

    def test_leaving_the_block_otherwise(self, interpreted):
        @px.jit
        def f():
            with px.snapshot():
                return 1

        @px.jit
        def g():
            for _ in range(3):
                with px.snapshot():
                    break

        for function in (f, g):
            with pytest.raises(px.UnsupportedError, match=r"out of `with px.snapshot\(\)`"):
                function()

    def test_on_the_main_thread(self):
        with pytest.raises(px.UnsupportedError, match="for px functions"), px.snapshot():
            pass

    def test_other_blocks(self, interpreted):
        lock = px.heap()

        @px.jit
        def f():
            with lock:
                return 1

        with pytest.raises(px.UnsupportedError):
            f()
