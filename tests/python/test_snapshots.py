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
