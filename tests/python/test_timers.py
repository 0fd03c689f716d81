"""Timers that fire again and again: `px.submit_timer(seconds, f, every=…, state=…)`. Their calls share a context that outlives them."""

import enum
import gc
import os
import time
from collections import namedtuple

import numpy as np
import pytest

import px

TIER = {"interp": "interpreter", "baseline": "baseline", "native": "numba"}


def fired(f, args=(), *, state, times, tier=None, **options):
    """The timer after so many calls that succeeded, and their results."""
    seen = []

    def note(result):
        seen.append(result)
        if len(seen) == times:
            timer.cancel()

    timer = px.submit_timer(0, f, args, callback=note, every=0, state=state, **options)
    px.run()
    if tier:
        assert timer.work.tier == TIER[tier]
    return timer, seen


class TestEvery:
    def test_until_it_is_cancelled(self, interpreted):
        @px.jit
        def plus(a, b):
            return a + b

        seen = []
        began = time.monotonic()
        timer = px.submit_timer(0.01, plus, (2, 3), callback=lambda r: seen.append(r) or len(seen) == 4 and timer.cancel(), every=0.01)
        px.run()
        assert seen == [5] * 4 and time.monotonic() - began >= 0.04 and timer.every == 0.01
        assert not timer.cancel() and not px.run_once()

    def test_beside_others(self, interpreted):
        @px.jit
        def same(i):
            return i

        seen = []
        often = px.submit_timer(
            0, same, (1,), callback=lambda r: seen.append(r) or len(seen) > 5 and 2 in seen and often.cancel(), every=0.001
        )
        px.submit_timer(0.01, same, (2,), callback=seen.append)
        px.run()
        assert seen.count(2) == 1 and seen.count(1) == len(seen) - 1 > 4

    def test_works_that_queue_works_do_not_hold_it_up(self, interpreted):
        @px.jit
        def same(i):
            return i

        seen = []

        def again(i):
            if len(seen) < 3:
                px.submit_work(same, (i + 1,), callback=again)

        timer = px.submit_timer(0.001, same, (1,), callback=lambda r: seen.append(r) or len(seen) == 3 and timer.cancel(), every=0.001)
        reading, writing = os.pipe()
        os.write(writing, b"x")
        px.submit_wait(reading, same, (7,), callback=seen.append)
        px.submit_work(same, (0,), callback=again)
        px.run()
        os.close(reading)
        os.close(writing)
        assert sorted(seen) == [1, 1, 7] or sorted(seen) == [1, 1, 1, 7]

    def test_what_was_not_run_in_time_is_left_out(self, interpreted):
        @px.jit
        def same(i):
            return i

        seen = []
        timer = px.submit_timer(0, same, (1,), callback=seen.append, every=0.001)
        for _ in range(5):
            px.submit_work(same, (2,), callback=lambda r: seen.append(r) or time.sleep(0.003))
        while len(seen) < 7:
            assert px.run_once()
        assert px._px.queued() <= 1
        timer.cancel()
        px.run()
        assert seen[:6].count(1) <= 1 and seen.count(2) == 5

    def test_one_that_fails_ends_and_run_raises(self, interpreted):
        @px.jit
        def fails(a):
            a[0] += 1
            if a[0] == 3:
                raise ValueError("the third")
            return 0

        a = np.zeros(1)
        timer = px.submit_timer(0, fails, (a,), every=0)
        with pytest.raises(ValueError, match="the third"):
            px.run()
        assert a[0] == 3 and timer.cancelled
        px.run()
        assert a[0] == 3

    def test_with_an_errback_it_goes_on(self, interpreted):
        @px.jit
        def fails(a):
            a[0] += 1
            if a[0] == 3:
                raise ValueError("the third")
            return a[0]

        a, errors = np.zeros(1), []
        timer = px.submit_timer(0, fails, (a,), callback=lambda r: r == 5 and timer.cancel(), errback=errors.append, every=0)
        px.run()
        assert a[0] == 5 and [str(e) for e in errors] == ["the third"]

    def test_others_that_are_due_run_where_one_cannot_be_queued(self, interpreted):
        @px.jit
        def same(x):
            return x

        seen = []
        bad = px.submit_timer(0, same, ([1, 2],), every=0)
        px.submit_timer(0, same, (7,), callback=seen.append)
        time.sleep(0.001)
        with pytest.raises(px.TypingError):
            px.run()
        assert bad.cancelled
        px.run()
        assert seen == [7]

    def test_none_of_what_they_raise_is_lost(self, interpreted):
        def failing(result):
            raise KeyError(result)

        for bad in ([1], {}):
            px.submit_timer(0, px.jit(lambda x: x), (bad,))
        px.submit_work(px.jit(lambda: 5), callback=failing)
        time.sleep(0.001)
        with pytest.raises(ExceptionGroup) as raised:
            px.run()
        assert [type(error) for error in raised.value.exceptions] == [KeyError, px.TypingError, px.TypingError]

    @pytest.mark.parametrize("every", [-1, float("nan"), float("inf"), "x"])
    def test_no_time(self, every):
        with pytest.raises(ValueError):
            px.submit_timer(0, px.jit(lambda: 1), every=every)


class TestState:
    def test_is_what_the_last_call_returned(self, any_tier):
        @px.jit
        def step(state, k):
            n, total, a = state
            return n + 1, total + 0.5 * k, a + k

        timer, seen = fired(step, (2,), state=(0, 0.0, np.zeros(3)), times=4, tier=any_tier)
        assert [s[:2] for s in seen] == [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)]
        assert [s[2].tolist() for s in seen] == [[2.0 * n] * 3 for n in range(1, 5)]
        assert timer.state is seen[-1] and timer.work.result() is seen[-1]

    def test_at_first_it_is_the_one_given(self):
        given = np.arange(3.0)
        timer = px.submit_timer(9, px.jit(lambda s: s), every=1, state=given)
        given[:] = 7
        assert timer.state.tolist() == [0, 1, 2]
        timer.cancel()

    def test_a_call_that_fails_leaves_it(self, any_tier):
        """The arrays that the call was handed keep what it wrote to them."""

        @px.jit
        def step(state, calls):
            calls[0] += 1
            made = state + np.full(500, calls[0])
            if calls[0] % 2 == 0:
                raise ValueError("an even one")
            return made

        calls, errors = np.zeros(1), []
        timer, seen = fired(step, (calls,), state=np.zeros(500), times=3, tier=any_tier, errback=errors.append)
        assert [s.tolist() for s in seen] == [[total] * 500 for total in (1.0, 4.0, 9.0)]
        assert calls[0] == 5 and len(errors) == 2 and timer.state is seen[-1]

    def test_a_child_that_fails_leaves_it(self, interpreted):
        @px.jit
        def child(n):
            if n == 2:
                raise ValueError("the second child")

        @px.jit
        def step(state, calls):
            calls[0] += 1
            px.submit_work(child, (calls[0],))
            return state + calls[0]

        errors = []
        _, seen = fired(step, (np.zeros(1, int),), state=np.zeros(2), times=2, errback=errors.append)
        assert [s.tolist() for s in seen] == [[1, 1], [4, 4]] and [str(e) for e in errors] == ["the second child"]

    def test_its_arrays_are_read_only(self, any_tier):
        @px.jit
        def step(state):
            state[0] = 1.0
            return state

        px.submit_timer(0, step, every=0, state=np.zeros(3))
        with pytest.raises(px.ProtectionError, match="'state' is read-only"):
            px.run()

    @pytest.mark.parametrize("size", [10, 300, 20_000])
    def test_memory_stays_flat(self, any_tier, size):
        """Of thousands of calls that each make more than they keep."""

        @px.jit
        def step(state):
            n, a = state
            t = np.full(3_000, 1.0)
            for _ in range(3):
                t = t * 2.0 - np.ones(3_000)
            return n + 1, a + t[n % 3_000]

        fired(step, state=(0, np.zeros(size)), times=30, tier=any_tier)
        gc.collect()
        before = px.stats()["bytes"]
        timer = fired_quietly(step, (0, np.zeros(size)), 3_000)
        assert timer.state[0] == 3_000 and np.all(timer.state[1] == 3_000.0)
        assert px.stats()["bytes"] < before + (1 << 20)

    def test_arrays_of_others_are_copied(self, own_tier):
        """What it shares with an argument, with a global or with itself is its own from the next call on."""

        @px.jit
        def step(state, a):
            n, x, y = state
            return (n + 1, a[1:4], GLOBAL[:2]) if n == 0 else (n + 1, x, y)

        a = np.arange(5.0)
        GLOBAL[:] = [5, 6, 7]
        seen = []

        def note(state):
            seen.append((state[1].tolist(), state[2].tolist()))
            a[:] = 9
            GLOBAL[:] += 1
            if len(seen) == 3:
                timer.cancel()

        timer = px.submit_timer(0, step, (a,), callback=note, every=0, state=(0, np.zeros(3), np.zeros(2, int)))
        px.run()
        assert seen == [([1, 2, 3], [5, 6])] * 3

    def test_views_of_what_it_was(self, any_tier):
        @px.jit
        def step(state):
            n, view = state
            if n == 0:
                return n + 1, np.arange(4000.0)[::-1]
            return n + 1, view[1:]

        timer, seen = fired(step, state=(0, np.arange(8.0)[::2]), times=50, tier=any_tier)
        assert [s[1][0] for s in seen] == [3999.0 - n for n in range(50)] and len(timer.state[1]) == 4000 - 49

    def test_its_layout_stays(self, own_tier):
        """What a call returns in another order is copied."""

        @px.jit
        def step(state):
            a, m, f = state
            return a[::-1], m.T.copy().T, f + 1

        first = (np.arange(4), np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(3, 2)))
        _, seen = fired(step, state=first, times=2, tier=own_tier)
        a, m, f = seen[-1]
        assert a.tolist() == [0, 1, 2, 3] and seen[0][0].tolist() == [3, 2, 1, 0]
        assert np.array_equal(m, first[1]) and m.flags.c_contiguous and np.array_equal(f, first[2] + 2) and f.flags.f_contiguous

    def test_every_kind(self, own_tier):
        Pair = namedtuple("Pair", "x y")
        points = np.zeros(3, np.dtype([("x", "f8"), ("n", "i4")], align=True))
        points["n"] = [1, 2, 3]
        square = np.asfortranarray(np.arange(6.0).reshape(2, 3))

        @px.jit
        def step(state):
            pair, nothing, z, colour, p, flag, empty, m = state
            return Pair(pair.x + 1, pair.y), nothing, z * 1j, Colour.green, p[::-1][::-1], not flag, empty, m

        first = (Pair(1, 2.5), None, 2 + 0j, Colour.red, points, True, np.zeros((0, 3)), square)
        _, seen = fired(step, state=first, times=2, tier=own_tier)
        pair, nothing, z, colour, p, flag, empty, m = seen[-1]
        assert (pair, nothing, z, colour, flag, empty.shape) == (Pair(3, 2.5), None, -2 + 0j, Colour.green, True, (0, 3))
        assert p["n"].tolist() == [1, 2, 3] and p.dtype == points.dtype and m.flags.f_contiguous and np.array_equal(m, square)

    def test_without_one_there_is_none(self):
        timer = px.submit_timer(9, px.jit(lambda: 1), every=1)
        timer.cancel()
        with pytest.raises(AttributeError, match="state=…"):
            timer.state  # noqa: B018

    def test_none_is_one(self, interpreted):
        @px.jit
        def step(state, calls):
            calls[0] += 1

        calls = np.zeros(1)
        fired(step, (calls,), state=None, times=3)
        assert calls[0] == 3

    @pytest.mark.parametrize("state", ["text", [1, 2], {}, object(), (1, [2]), (1, "text"), np.array(["a"])], ids=range(7))
    def test_what_can_be_none(self, state):
        with pytest.raises(px.TypingError):
            px.submit_timer(0, px.jit(lambda s: s), every=1, state=state)

    def test_of_a_timer_that_fires_once(self):
        with pytest.raises(ValueError, match="every="):
            px.submit_timer(0, px.jit(lambda s: s), state=1)

    def test_a_result_of_another_type(self, interpreted):
        @px.jit
        def half(state):
            return state / 2

        timer = px.submit_timer(0, half, every=0, state=1)
        with pytest.raises(px.TypingError, match=r"half\(\), file .*test_timers.py.* returns float64 where its timer's state is int64"):
            px.run()
        assert timer.state == 1

    def test_a_function_without_a_parameter_for_it(self, interpreted):
        px.submit_timer(0, px.jit(lambda: 1), every=0, state=1)
        with pytest.raises(TypeError, match="positional argument"):
            px.run()

    def test_a_function_of_rest(self, interpreted):
        @px.jit
        def step(state, *rest):
            return state + rest[0] + len(rest)

        @px.jit
        def of_rest_alone(*rest):
            return rest[0]

        assert fired(step, (5, 6), state=0, times=2)[1] == [7, 14]
        px.submit_timer(0, of_rest_alone, every=0, state=1)
        with pytest.raises(TypeError, match="no parameter for the state but"):
            px.run()

    def test_keywords_and_defaults(self, interpreted):
        @px.jit
        def step(state, a, b=10):
            return state + a * b

        assert fired(step, state=0, times=2, kwds={"a": 2})[1] == [20, 40]
        assert fired(step, (3,), state=0, times=2, kwds={"b": 5})[1] == [15, 30]

    def test_snapshots_within(self, interpreted):
        @px.jit
        def step(state, a):
            with px.snapshot(arrays=(a,)):
                a[:] = state
                total = a.sum()
            return state + total + a[0]

        a = np.ones(4)
        assert fired(step, (a,), state=1.0, times=2)[1] == [6.0, 31.0] and a.tolist() == [1] * 4

    def test_a_limit(self, own_tier):
        @px.jit
        def step(state):
            n, a = state
            return n + 1, np.zeros(1000 * (n + 1))

        errors = []
        with px.heap(limit=1 << 15):
            timer = px.submit_timer(0, step, errback=lambda e: errors.append(e) or timer.cancel(), every=0, state=(0, np.zeros(1)))
        px.run()
        assert isinstance(errors[0], px.HeapLimitError) and 1 <= timer.state[0] < 4

    def test_an_interruption_leaves_it(self, interpreted):
        @px.jit
        def step(state):
            return state + 1

        def interrupt(state):
            raise KeyboardInterrupt

        timer = px.submit_timer(0, step, callback=interrupt, every=0, state=0)
        for n in (1, 2):
            with pytest.raises(KeyboardInterrupt):
                px.run()
            assert timer.state == n
        timer.cancel()

    def test_a_forked_child(self, interpreted):
        """Has the state as it was, and no timer."""

        @px.jit
        def step(state):
            return state + 1

        timer, _ = fired(step, state=np.zeros(2), times=2)
        timer = px.submit_timer(0, step, callback=lambda s: s[0] > 2 and timer.cancel(), every=0, state=timer.state)
        child = os.fork()
        if child == 0:
            px.run()
            try:
                timer._submit()
                px.run()
                status = 1
            except RuntimeError as error:
                status = 0 if "before the process forked" in str(error) and timer.state.tolist() == [2, 2] else 2
            timer = None
            gc.collect()
            os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        px.run()
        assert timer.state.tolist() == [3, 3]


class Colour(enum.Enum):
    red = 1
    green = 2


GLOBAL = np.array([5, 6, 7])


def fired_quietly(f, state, times):
    """The timer, as `fired` has it; keeps no results."""
    left = iter(range(times - 1))
    timer = px.submit_timer(0, f, callback=lambda _: next(left, None) is None and timer.cancel(), every=0, state=state)
    px.run()
    return timer


def test_watched_for_races(script):
    """What one call keeps, the next one reads: no race."""
    script(
        """
import numpy as np
import px

@px.jit
def step(state, a):
    a[0] += state[1][0]
    return state[0] + 1, state[1] + a[0]

a = np.ones(3)
timer = px.submit_timer(0, step, (a,), callback=lambda s: s[0] == 20 and timer.cancel(), every=0, state=(0, np.ones(50)))
px.run()
assert timer.state[0] == 20
""",
        PX_CHECK="races",
        PX_WORKERS="2",
    )
