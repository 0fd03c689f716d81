"""Frames that go on in baseline code in the middle of a loop: what they own, whom they call, who called them."""

import math
import threading

import numpy as np
import pytest
from baseline.conftest import module, moves

import px


def test_arrays_made_before_the_move_live_on(moving):
    m = moving("""
        def f(n):
            before = np.empty(n)
            for i in range(n):
                before[i] = i
            kept = np.zeros((3, n))
            for i in range(n):
                local = np.empty(4)
                local[i % 4] = before[i]
                for k in range(n):
                    kept[i % 3, k] = before[k] * 2 + local[i % 4]
            return kept, before
        """)
    results = [m.f(50) for _ in range(20)]
    assert moves(m.f) >= 20
    before = np.arange(50.0)
    expected = np.array([before * 2 + last for last in (48, 49, 47)])
    for kept, rest in results:
        assert np.array_equal(kept, expected) and np.array_equal(rest, before)
    # What was returned is the caller's: it can be written, and each call has its own.
    results[0][0][:] = -1
    assert np.array_equal(results[1][0], expected)


def test_a_frame_below_frames_of_other_functions(moving):
    m = moving("""
        def inner(n):
            s = 0
            for i in range(n):
                s += i
            return s

        def middle(n):
            x = n * 10
            y = inner(n)
            return x + y

        def outer(n):
            total = 0
            for k in range(n):
                a, b = k, total
                total = middle(k) + b - a
            return total
        """)
    python = {name: getattr(m, name).py_func for name in ("inner", "middle", "outer")}
    assert m.outer(30) == sum(10 * k + k * (k - 1) // 2 - k for k in range(30))
    assert moves(m.inner) + moves(m.outer) > 0 and python


def test_the_inner_frame_alone_moves(moving):
    m = moving("""
        def inner(n):
            s = 0
            while n > 0:
                n -= 1
                s += n
            return s

        def outer(n):
            return inner(n) * 3 + n
        """)
    for n in (0, 1, 2, 10, 1000):
        assert m.outer(n) == n * (n - 1) // 2 * 3 + n
    assert moves(m.outer) == 0 and moves(m.inner) > 0


def test_a_moved_frame_calls_what_is_interpreted(moving):
    """Calls of a recursive function go through its entry pointer: there is no baseline code for it."""
    m = moving("""
        def down(n):
            if n <= 0:
                return 0
            s = 0
            for i in range(3):
                s += i
            return s + down(n - 1)

        def f(n):
            s = 0
            for i in range(n):
                s += down(i % 7)
            return s
        """)
    assert m.f(20) == sum(3 * (i % 7) for i in range(20))
    assert moves(m.f) + moves(m.down) > 0


@pytest.mark.parametrize("function", ["itself", "each_other"])
def test_recursion_without_end_in_moved_frames(moving, function):
    m = moving("""
        def itself(n):
            s = 0
            for i in range(2):
                s += itself(n + i)
            return s

        def other(n):
            s = 1
            while s < 5:
                s += each_other(n + 1)
            return s

        def each_other(n):
            s = 0
            for i in range(3):
                s += other(n)
            return s
        """)
    for _ in range(2):
        with pytest.raises(RecursionError, match="maximum recursion depth exceeded"):
            getattr(m, function)(0)


def test_bodies_of_parallel_loops_move(moving):
    m = moving("""
        def body(i, out, b):
            local = np.zeros(5)
            for k in range(i % 50):
                local[k % 5] += b[k % b.shape[0]]
            out[i] = local[0] + local[1] + local[2] + local[3] + local[4]

        def item(n):
            s = 0.0
            for k in range(n):
                s += 1 / (k + 1)
            return s

        def add(x, y):
            return x + y
        """)
    out, b = np.zeros(2000), np.arange(7.0)
    px.parallel_for(m.body, 2000, out, b)
    assert moves(m.body) > 0
    expected = np.array([sum(b[k % 7] for k in range(i % 50)) for i in range(2000)])
    assert np.allclose(out, expected, rtol=1e-12)
    values = px.map(m.item, range(100))
    assert moves(m.item) > 0
    assert values[:3] == [0.0, 1.0, 1.5] and math.isclose(values[99], sum(1 / k for k in range(1, 100)))
    assert px.reduce(m.add, m.item, range(100), init=0.0) == pytest.approx(sum(values))


def test_64_contexts_move_at_once_while_the_code_is_published():
    """In the automatic tier too: each comes to the header of a loop whose code arrives about now."""
    for interval in (1, 3, 64, 4096):
        m = module("""
            def f(n):
                a = np.zeros(8)
                s = 0
                for i in range(n):
                    for k in range(8):
                        a[k] += i
                        s += k * i
                return s, a
            """)
        px._px.set_tier("moves")
        px._px.set_first_safepoint(interval)
        n = 3000
        works = [px.submit_work(m.f, (n + c,)) for c in range(64)]
        px.run()
        for c, work in enumerate(works):
            s, a = work.result()
            total = (n + c) * (n + c - 1) // 2
            assert s == 28 * total and a.tolist() == [float(total)] * 8
        assert moves(m.f) > 0


def test_threads_that_call_directly_move(moving):
    m = moving("""
        def f(n):
            s = 0
            for i in range(n):
                s += i % 3
            return s
        """)
    wrong = []

    def many(n):
        for k in range(50):
            if m.f(n + k) != sum(i % 3 for i in range(n + k)):
                wrong.append(n + k)

    threads = [threading.Thread(target=many, args=(100 * t,)) for t in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == [] and moves(m.f) > 0


def test_types_that_change_in_a_loop_are_an_error_in_every_tier():
    texts = set()
    for tier in ("interp", "baseline", "moves", "auto"):
        m = module("""
            def f(n):
                x = (1, 2)
                for i in range(n):
                    x = 1.5
                return x
            """)
        px._px.set_tier(tier)
        with pytest.raises(px.TypingError) as caught:
            m.f(3)
        text = str(caught.value)
        assert "(line 6)" in text, text
        assert "(line 8)" in text, text
        texts.add(text.replace(m.__name__, "FILE"))
    assert len(texts) == 1, texts
