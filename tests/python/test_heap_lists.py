"""Memory of lists of arrays, and of lists that callers hand over: what loops make and drop does not pile up, what is needed stays."""

import numpy as np
import pytest

import px


@px.jit
def list_of_a_round(n, size):
    total = 0.0
    for i in range(n):
        items = [np.full(size, 1.0), np.zeros(size)]
        items.append(np.full(2, float(i)))
        total += items[0][size - 1] + items[2][1] + len(items)
    return total


@px.jit
def carried_list(n, size):
    kept = [np.zeros(size)]
    total = 0.0
    for i in range(n):
        items = [np.full(size, float(i)) + kept[0][0]]
        for k in range(3):
            items.append(np.full(size, float(k)))
        total += kept[0][size - 1] + len(kept)
        kept = items
        if i % 100 == 0:
            kept = [np.zeros(size)]
    return total


@px.jit
def window(n, size):
    """The last few arrays, in a list that lives through the loop."""
    last = [np.zeros(size)]
    total = 0.0
    for i in range(n):
        last.append(np.full(size, float(i)))
        if len(last) > 5:
            last[i % 5] = last.pop()
        total += last[0][size - 1]
    for a in last:
        total += a.sum()
    return total


@px.jit
def replaced_items(n, size):
    rows = [np.zeros(size) for _ in range(4)]
    for i in range(n):
        k = i % 4
        rows[k] = rows[k] + 1.0
        spare = [rows[k], np.ones(size)]
        rows[(k + 1) % 4][0] += spare[1][0]
    return rows[0].sum() + rows[1].sum() + rows[2].sum() + rows[3].sum()


@px.jit
def lists_of_lists(n, size):
    outer = [[np.zeros(size)], [np.ones(size)]]
    total = 0.0
    for i in range(n):
        inner = outer[i % 2]
        inner.append(np.full(size, float(i)))
        if len(inner) > 3:
            outer[i % 2] = [inner[len(inner) - 1]]
        total += outer[0][0][0] + outer[1][0][size - 1]
    return total


@px.jit
def pairs_in_a_list(n, size):
    found = [(0, np.zeros(size))]
    for i in range(n):
        pair = (i, np.full(size, float(i)))
        if i % 1000 == 0:
            found.append(pair)
    total = 0.0
    for k, a in found:
        total += k + a[size - 1]
    return total


class TestListsOfArrays:
    """What is in lists that the next round needs is kept, and nothing else."""

    @pytest.mark.parametrize("reuse", [False, True])
    @pytest.mark.parametrize("function", [list_of_a_round, carried_list, window, replaced_items], ids=lambda f: f.__name__)
    def test_they_do_not_pile_up(self, any_tier, function, reuse):
        expected = function.py_func(4000, 1000)
        with px.heap(limit=12 << 20, reuse=reuse):
            assert function(4000, 1000) == expected
            works = [px.submit_work(function, (4000, 1000)) for _ in range(3)]
            px.run()
            assert [work.result() for work in works] == [expected] * 3

    @pytest.mark.parametrize("function", [lists_of_lists, pairs_in_a_list], ids=lambda f: f.__name__)
    def test_in_lists_and_tuples(self, own_tier, function):
        expected = function.py_func(4000, 1000)
        with px.heap(limit=12 << 20):
            assert function(4000, 1000) == expected
        with px.heap(limit=2 << 20, reuse=True):
            assert function(4000, 1000) == expected

    def test_a_million_times(self, any_tier):
        with px.heap(limit=64 << 20):
            assert list_of_a_round(1_000_000, 20) == sum(range(1_000_000)) + 4e6

    def test_of_a_callee(self, any_tier):
        @px.jit
        def make(size, x):
            return [np.full(size, x), np.zeros(size)]

        @px.jit
        def loop(n, size):
            total = 0.0
            for i in range(n):
                items = make(size, float(i))
                total += items[0][size - 1]
            return total

        with px.heap(limit=12 << 20):
            assert loop(5000, 1000) == sum(range(5000))


def grow(outer, other, n):
    item = other[0]
    for i in range(n):
        if i == 0:
            for _ in range(600):
                outer.append(item)
        outer = other
        t = np.full(200 + i % 1500, float(i)) + 1
        if t[3] < 0:
            break


grow_numbers, grow_arrays = px.jit(grow), px.jit(grow)


@px.jit
def caller_of_numbers(n):
    outer, other = [1.0], [1.0]
    grow_numbers(outer, other, n)
    for _ in range(5):
        outer.append(other[0])
    return len(outer), sum(outer)


@px.jit
def caller_of_arrays(n):
    outer, other = [np.ones(1)], [np.ones(1)]
    grow_arrays(outer, other, n)
    total = 0.0
    for _ in range(5):
        outer.append(other[0])
    for x in outer:
        total += x[0]
    return len(outer), total


class TestListsOfTheCaller:
    """A list that grew in a loop and that no variable of the function has any more is the caller's still."""

    @pytest.mark.parametrize("caller", [caller_of_numbers, caller_of_arrays], ids=lambda f: f.__name__)
    @pytest.mark.parametrize("reuse", [False, True])
    def test_grown_in_a_loop(self, own_tier, caller, reuse):
        with px.heap(reuse=reuse):
            assert caller(5000) == (606, 606.0)

    def test_handed_over_from_python(self, any_tier):
        @px.jit
        def grow(outer, n):
            kept = outer
            total = 0.0
            for i in range(n):
                if i < 3:
                    for k in range(500):
                        kept.append(k)
                else:
                    kept = [i, i]
                total += np.full(200 + i % 1500, float(i))[0] + len(kept)
            return total

        given, expected = [0], [0]
        with px.heap(reuse=True):
            assert grow(given, 4000) == grow.py_func(expected, 4000)
        assert given == expected
