"""Names outside a function: their values are looked at again before each run."""

import math

import numpy as np
import pytest

import px

FACTOR = 2
TABLE = np.arange(4.0)
FLAG = False
SHAPE = (2, 3)


NARROW = np.int32(7)
PRECISE = np.float32(0.1)
NUMBERS = (np.uint64(12), np.int8(3), 0.5)
RECORD = np.array([(1.5, 2)], [("x", "f8"), ("n", "i4")])[0]


@px.jit
def scaled(x):
    return x * FACTOR


@px.jit
def through_another(x):
    return scaled(x) + 1


def test_a_number(monkeypatch, tier):
    assert scaled(3) == 6
    monkeypatch.setitem(globals(), "FACTOR", 5)
    assert scaled(3) == 15
    monkeypatch.setitem(globals(), "FACTOR", 0.5)
    assert scaled(3) == 1.5
    monkeypatch.undo()
    assert scaled(3) == 6


def test_a_callees_global(monkeypatch, tier):
    assert through_another(3) == 7
    monkeypatch.setitem(globals(), "FACTOR", 10)
    assert through_another(3) == 31
    assert scaled(3) == 30


def test_an_unrelated_global_changes_nothing(monkeypatch, interpreted):
    assert scaled(3) == 6
    for i in range(5):
        monkeypatch.setitem(globals(), "SOMETHING_ELSE", i)
        assert scaled(3) == 6
    assert len(px.stats(scaled)["specialisations"]) <= 4


def test_a_branch_that_a_constant_rules_out(monkeypatch, interpreted):
    @px.jit
    def f(x):
        if FLAG:
            return x + 1
        return x

    assert f(1) == 1
    monkeypatch.setitem(globals(), "FLAG", True)
    assert f(1) == 2


def test_an_array(monkeypatch, tier):
    @px.jit
    def look(i):
        return TABLE[i]

    assert look(2) == 2.0
    TABLE[2] = 9
    assert look(2) == 9.0
    TABLE[2] = 2
    monkeypatch.setitem(globals(), "TABLE", np.array([7.0, 8.0, 9.0]))
    assert look(2) == 9.0
    monkeypatch.setitem(globals(), "TABLE", np.array([7, 8, 9]))
    assert look(2) == 9 and type(look(2)) is int


def test_an_array_comes_back_as_itself(interpreted):
    @px.jit
    def whole():
        return TABLE

    assert whole() is TABLE


def test_an_array_of_a_callee(tier):
    @px.jit
    def look(i):
        return TABLE[i]

    @px.jit
    def twice(i):
        return look(i) * 2

    assert twice(3) == 6.0


def test_writing_to_a_global_array_is_refused(interpreted):
    @px.jit
    def write():
        TABLE[0] = 1

    with pytest.raises(px.PxError):
        write()


def test_a_tuple_and_modules(interpreted):
    @px.jit
    def f():
        return SHAPE[0] * SHAPE[1] + math.pi + np.pi

    assert f() == 6 + 2 * math.pi


def test_closures(interpreted):
    def make(k):
        @px.jit
        def inner(x):
            return x + k

        def change(value):
            nonlocal k
            k = value

        return inner, change

    one, change = make(1)
    two, _ = make(2)
    assert (one(10), two(10)) == (11, 12)
    change(2.5)
    assert (one(10), two(10)) == (12.5, 12)


def test_another_function_under_the_same_name(monkeypatch, interpreted):
    assert through_another(3) == 7
    monkeypatch.setitem(globals(), "scaled", px.jit(lambda x: x - 1))
    assert through_another(3) == 3


def test_a_built_in_that_is_shadowed(monkeypatch, interpreted):
    @px.jit
    def f(x):
        return abs(x)

    assert f(-3) == 3
    monkeypatch.setitem(globals(), "abs", px.jit(lambda x: x * 100))
    assert f(-3) == -300
    monkeypatch.delitem(globals(), "abs")
    assert f(-3) == 3


class TestWhatCannotBeUsed:
    def test_an_ordinary_function(self):
        def plain(x):
            return x

        @px.jit
        def f(x):
            return plain(x)

        with pytest.raises(px.UnsupportedError, match=r"test_globals.py:\d+.*mark it with @px.jit"):
            f(1)

    def test_an_object(self):
        thing = object()

        @px.jit
        def f(x):
            return thing

        with pytest.raises(px.PxError, match="object"):
            f(1)

    def test_a_name_that_is_nowhere(self):
        @px.jit
        def f(x):
            return nowhere  # noqa: F821

        with pytest.raises((px.PxError, NameError), match="nowhere"):
            f(1)


def test_numba_dispatchers(interpreted):
    numba = pytest.importorskip("numba")

    @numba.njit
    def double(x):
        return 2 * x

    @px.jit
    def f(x):
        return double(x) + 1

    assert f(20) == 41
    assert px.jit(double)(4) == 8
    assert px.map(double, [1, 2]) == [2, 4]


def test_a_global_array_that_was_replaced_is_let_go_by_every_kind_of_call(script):
    program = """
import gc, numpy as np, px
A = np.full(1_000_000, 1.0)
@px.jit
def f(x):
    return A[5] + x
for value in (1.0, 2.0, 3.0):
    A = np.full(1_000_000, value)
    gc.collect()
    print(f(1), f(1.0), f(1), f(True))
"""
    assert script(program, PX_TIER="interp").stdout.split() == "2.0 2.0 2.0 2.0 3.0 3.0 3.0 3.0 4.0 4.0 4.0 4.0".split()


def test_numbers_of_numpys_keep_their_types(monkeypatch, tier):
    @px.jit
    def f(x):
        return NARROW * x, PRECISE, NUMBERS[0] + NUMBERS[1], NUMBERS[2]

    assert f(2) == (14, np.float32(0.1), 15, 0.5)
    monkeypatch.setitem(globals(), "NARROW", np.int32(-3))
    monkeypatch.setitem(globals(), "NUMBERS", (np.uint64(1), np.int8(-2), 1.5))
    assert f(2) == (-6, np.float32(0.1), -1, 1.5)
    monkeypatch.setitem(globals(), "NARROW", np.float64(0.25))
    assert f(2)[0] == 0.5


def test_a_record_is_read_and_not_written(interpreted):
    @px.jit
    def f():
        return RECORD.x * RECORD.n

    @px.jit
    def g():
        RECORD.x = 2.0

    assert f() == 3.0
    with pytest.raises(px.ProtectionError):
        g()
