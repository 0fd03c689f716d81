"""`px.interlocked`: numbers, elements and lists that contexts write together, the same in every tier."""

import copy
import gc
import pickle
import threading

import numpy as np
import pytest

import px

NUMBERS = [(px.interlocked.Int64, 5), (px.interlocked.UInt64, 5), (px.interlocked.Float64, 5.5)]
BASELINE_ONLY = "interlocked.List"  # why Numba's code is refused


@px.jit
def all_of(number, n, other):
    return (
        number.value,
        number.add(n),
        number.sub(other),
        number.max(n),
        number.min(other),
        number.exchange(n),
        number.compare_exchange(other, other),
        number.compare_exchange(n, other),
        number.value,
    )


class TestNumbers:
    @pytest.mark.parametrize(("make", "start"), NUMBERS)
    def test_every_operation_gives_the_value_before_it(self, any_tier, make, start):
        here, there = make(start), make(start)
        n, other = type(start)(3), type(start)(2)
        expected = (
            here.value,
            here.add(n),
            here.sub(other),
            here.max(n),
            here.min(other),
            here.exchange(n),
            here.compare_exchange(other, other),
            here.compare_exchange(n, other),
            here.value,
        )
        got = all_of(there, n, other)
        assert got == expected
        assert [type(g) for g in got] == [type(e) for e in expected]
        assert there.value == here.value == other

    def test_nothing_is_lost_between_contexts(self, any_tier):
        hits, total = px.interlocked.Int64(), px.interlocked.Float64()

        @px.jit
        def step(i, hits, total):
            hits.add(i)
            total.add(0.5)

        px.parallel_for(step, 20_000, hits, total, chunksize=100)
        assert (hits.value, total.value) == (sum(range(20_000)), 10_000.0)

    def test_a_global_one(self, any_tier):
        @px.jit
        def step(i):
            COUNTER.add(i)
            return COUNTER.value >= i

        COUNTER.value = 0
        assert all(px.map(step, range(1000)))
        assert COUNTER.value == sum(range(1000))

    def test_another_object_of_that_name_is_seen(self, interpreted):
        global COUNTER

        @px.jit
        def step():
            return COUNTER.add(1)

        COUNTER = px.interlocked.Int64(10)
        assert step() == 10
        COUNTER = px.interlocked.Float64(0.5)
        assert step() == 0.5
        COUNTER = px.interlocked.Int64(3)
        gc.collect()
        assert step() == 3

    def test_integers_wrap(self, any_tier):
        @px.jit
        def step(number, n):
            return number.add(n)

        signed, unsigned = px.interlocked.Int64(2**63 - 1), px.interlocked.UInt64(2**64 - 1)
        assert step(signed, 1) == 2**63 - 1 and signed.value == -(2**63)
        assert step(unsigned, 1) == 2**64 - 1 and unsigned.value == 0

    def test_a_nan_that_is_there_stays_and_one_that_comes_changes_nothing(self, any_tier):
        @px.jit
        def extremes(number, n):
            return number.max(n), number.min(n)

        number = px.interlocked.Float64(1.0)
        extremes(number, float("nan"))
        assert number.value == 1.0
        number.value = float("nan")
        extremes(number, 1.0)
        assert number.value != number.value

    def test_two_numbers_share_no_cache_line(self):
        @px.jit
        def nothing(number):
            return number.value

        numbers = [px.interlocked.Int64(i) for i in range(100)]
        assert [nothing(n) for n in numbers] == list(range(100))

    def test_what_does_not_fit(self):
        with pytest.raises(OverflowError):
            px.interlocked.Int64(2**63)
        with pytest.raises(OverflowError):
            px.interlocked.UInt64(-1)
        with pytest.raises(TypeError):
            px.interlocked.Int64(1.5)
        with pytest.raises(TypeError):
            px.interlocked.Float64().add("1")
        with pytest.raises(TypeError):
            px.interlocked.Int64().compare_exchange(1)
        with pytest.raises(AttributeError):
            del px.interlocked.Int64().value

        @px.jit
        def fraction(number):
            number.add(0.5)

        with pytest.raises(px.TypingError, match="whole"):
            fraction(px.interlocked.Int64())

    def test_copies_are_numbers_of_their_own(self):
        number = px.interlocked.Int64(7)
        for twin in (copy.copy(number), pickle.loads(pickle.dumps(number))):
            twin.add(1)
            assert (number.value, twin.value) == (7, 8)
        assert repr(number) == "px.interlocked.Int64(7)"

    def test_python_threads_use_them_while_contexts_do(self, interpreted):
        hits = px.interlocked.Int64()

        @px.jit
        def step(i, hits):
            hits.add(1)

        def beside():
            for _ in range(5000):
                hits.add(1)

        thread = threading.Thread(target=beside)
        thread.start()
        px.parallel_for(step, 50_000, hits)
        thread.join()
        assert hits.value == 55_000


COUNTER = px.interlocked.Int64()


class TestElements:
    @pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"])
    def test_every_element_type(self, own_tier, dtype):
        @px.jit
        def change(a):
            return px.interlocked.add(a, 0, 3), px.interlocked.max(a, 1, 3), px.interlocked.min(a, -1, 3)

        a = np.array([1, 2, 200 if dtype == "uint8" else 100], dtype)
        before = a.tolist()
        assert change(a) == tuple(before)
        assert a.tolist() == [4, 3, 3]

    def test_natively(self, any_tier):
        @px.jit
        def change(a, b, c, i):
            px.interlocked.add(a, i, 2)
            px.interlocked.max(a, 0, 9)
            px.interlocked.min(c, i, 0)
            px.interlocked.max(c, 0, 2**32 - 1)
            return px.interlocked.add(b, (i, -1), 0.5), px.interlocked.max(b, (0, 0), 7), px.interlocked.min(b, (0, 1), -7.5)

        a, b, c = np.ones(3, np.int32), np.ones((2, 3), np.float32)[:, ::2], np.ones(3, np.uint32)
        assert change(a, b, c, np.uint8(1)) == (1.0, 1.0, 1.0)
        assert a.tolist() == [9, 3, 1] and b.tolist() == [[7.0, -7.5], [1.0, 1.5]] and c.tolist() == [2**32 - 1, 0, 1]

    def test_a_histogram(self, any_tier):
        @px.jit
        def count(i, x, counts):
            px.interlocked.add(counts, int(x[i] * 16), 1)

        x, counts = np.random.default_rng(3).random(30_000), np.zeros(16, np.int64)
        px.parallel_for(count, len(x), x, counts)
        assert counts.tolist() == np.histogram(x, 16, (0, 1))[0].tolist()

    def test_bounds(self, any_tier):
        @px.jit
        def change(a, i):
            return px.interlocked.add(a, (0, i), 1)

        a = np.zeros((1, 3))
        for index in (3, -4, 2**62):
            with pytest.raises(IndexError, match=f"index {index} is out of bounds for axis 1 with size 3"):
                change(a, index)
        assert not a.any()

    def test_on_the_main_thread(self):
        a = np.zeros(3)
        assert px.interlocked.add(a, 1, 2) == 0.0
        assert px.interlocked.max(a, 1, 5) == 2.0
        assert px.interlocked.min(a, 1, -1) == 5.0
        assert a.tolist() == [0, -1, 0]

    def test_what_may_not_be_written(self):
        a = np.zeros(3)
        a.flags.writeable = False
        with pytest.raises(px.ProtectionError):
            px.interlocked.add(a, 0, 1)
        with pytest.raises(px.TypingError, match="one index an axis: 2, not 1"):
            px.interlocked.add(np.zeros((2, 2)), 0, 1)
        with pytest.raises(px.TypingError, match="booleans"):
            px.interlocked.add(np.zeros(3, bool), 0, 1)


def packed(dtype):
    """Four records whose field `x` lies one byte beside where it would be aligned, wherever the first one lies."""
    records = np.zeros(4, np.dtype([("tag", np.uint8), ("x", dtype)]))
    assert not records["x"].flags.aligned
    return records


class TestFields:
    """Elements that are not aligned are not changed in one step by the processor: they are refused."""

    @pytest.mark.parametrize("dtype", ["int16", "int32", "uint64", "float32", "float64"])
    def test_of_packed_records(self, any_tier, dtype):
        @px.jit
        def added(records):
            return px.interlocked.add(records["x"], 1, 3)

        @px.jit
        def greatest(records, i):
            px.interlocked.max(records["x"], i, 3)

        @px.jit
        def least(records):
            return px.interlocked.min(records["x"][2:], 0, -3)

        records = packed(dtype)
        for f, arguments in ((added, ()), (greatest, (0,)), (greatest, (99,)), (least, ())):
            with pytest.raises(px.TypingError, match="aligned.*align=True") as caught:
                f(records, *arguments)
            assert caught.traceback[-1].name == f.py_func.__name__ and caught.traceback[-1].path == caught.traceback[0].path
        assert not records["x"].any()

    def test_of_records_that_align_them(self, any_tier):
        @px.jit
        def change(i, records):
            px.interlocked.add(records["x"], i % 4, 2)

        records = np.zeros(4, np.dtype([("tag", np.uint8), ("x", np.float64)], align=True))
        px.parallel_for(change, 400, records)
        assert records["x"].tolist() == [200.0] * 4 and not records["tag"].any()

    def test_bytes_lie_anywhere(self, any_tier):
        @px.jit
        def change(records):
            return px.interlocked.add(records["x"], -1, 2)

        records = np.zeros(3, np.dtype([("tag", np.uint16), ("x", np.int8)]))
        assert change(records) == 0 and records["x"].tolist() == [0, 0, 2]

    def test_a_single_one_that_is_aligned(self, any_tier):
        @px.jit
        def change(records):
            return px.interlocked.add(records["x"], 0, 2)

        memory = np.zeros(64, np.uint8)
        start = -memory.ctypes.data % 8 + 7
        one = memory[start : start + 9].view(np.dtype([("tag", np.uint8), ("x", np.int64)]))
        assert change(one) == 0 and one["x"][0] == 2

    def test_on_the_main_thread(self):
        with pytest.raises(px.TypingError, match="aligned"):
            px.interlocked.add(packed("float64")["x"], 0, 1)

    def test_in_contexts(self, any_tier):
        @px.jit
        def change(i, records):
            px.interlocked.add(records["x"], i, 1)

        with pytest.raises(px.TypingError, match="aligned"):
            px.parallel_for(change, 4, packed("int64"))


class TestList:
    def test_everything_that_was_pushed_is_there(self, own_tier):
        found = px.interlocked.List()

        @px.jit
        def search(i, found):
            if i % 7 == 0:
                found.push((i, i / 2))

        px.parallel_for(search, 7000, found)
        assert len(found) == 1000
        assert sorted(found) == [(i, i / 2) for i in range(0, 7000, 7)]
        found.clear()
        assert list(found) == []

    def test_in_the_order_of_one_context(self, own_tier):
        found = px.interlocked.List()

        @px.jit
        def push(found):
            found.push(1)
            found.push(True)
            found.push(None)
            found.push((2.5, (3, False)))

        push(found)
        assert list(found) == [1, True, None, (2.5, (3, False))] and found[-1] == (2.5, (3, False))
        assert repr(found) == "px.interlocked.List([1, True, None, (2.5, (3, False))])"

    def test_an_array_cannot_escape_through_it(self, interpreted):
        @px.jit
        def escape(found):
            found.push(np.zeros(3))

        with pytest.raises(px.PersistenceError, match="outlive its context"):
            escape(px.interlocked.List())

    def test_a_reason_is_given_where_it_is_not_native(self):
        @px.jit
        def push(found):
            found.push(1)

        px._px.set_tier("native")
        try:
            with pytest.raises(px.CompileServiceError, match=BASELINE_ONLY):
                push(px.interlocked.List())
        finally:
            px._px.set_tier("auto")

    def test_it_is_not_copied(self):
        with pytest.raises(TypeError, match="copied"):
            copy.copy(px.interlocked.List())
