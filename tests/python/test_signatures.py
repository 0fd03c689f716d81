"""Explicit signatures: read as Numba reads them, and compiled before the first call."""

import numba
import numpy as np
import pytest

import px
from px.signatures import read_signature


@pytest.mark.parametrize(
    "signature, types",
    [
        ("f8(f8[::1], i8)", [["array(float64, 1d, C)", "int64"]]),
        ("void(f8[:,::1], u1[::1,:])", [["array(float64, 2d, C)", "array(uint8, 2d, F)"]]),
        ("(f4, int32)", [["float32", "int32"]]),
        ("(f8)", [["float64"]]),
        ("i8()", [[]]),
        ("f8(UniTuple(f8, 2), Tuple((i8, b1)))", [["Tuple(float64, float64)", "Tuple(int64, bool)"]]),
        ("f8(f8[:], i8)", [["array(float64, 1d, C)", "int64"], ["array(float64, 1d, A)", "int64"]]),
        (numba.float64(numba.float64[::1], numba.boolean), [["array(float64, 1d, C)", "bool"]]),
        ((numba.int64, numba.float32), [["int64", "float32"]]),
    ],
)
def test_reading(signature, types):
    assert [given for given, _ in read_signature(signature)] == types


@pytest.mark.parametrize(
    "name", ["i1", "i8", "u4", "f4", "f8", "b1", "intp", "int_", "double", "short", "uint", "boolean", "intc", "c8", "c16"]
)
def test_names_mean_what_numba_means(name):
    assert read_signature(f"f8({name})") == [([str(getattr(numba, name))], "float64")]


@pytest.mark.parametrize(
    "signature, result",
    [("i4(i8[:])", "int32"), ("void(f8)", None), ("(f8, i8)", None), ("f8[:](f8)", None), (numba.float32(numba.int64), "float32")],
)
def test_the_result_is_a_number_or_for_px_to_find(signature, result):
    assert {found for _, found in read_signature(signature)} == {result}


@pytest.mark.parametrize("tier", ["interp", "baseline", "native"])
def test_arguments_and_result_are_converted_as_numba_converts_them(tier):
    def generator(seed):
        state = seed[0]
        for i in range(seed.shape[0]):
            state = (state * 1103515245 + 12345 + seed[i]) & 0xFFFFFFFF
        return state

    def third(x):
        return x / 3

    px._px.set_tier(tier)
    try:
        for function, signature, argument in ((generator, "i4(i8[:])", np.array([7, 8, 9])), (third, "f4(f4)", 1.0), (third, "f8(f8)", 2)):
            expected, got = numba.njit(signature)(function)(argument), px.jit(signature)(function)(argument)
            assert (type(got), got) == (type(expected), expected)
    finally:
        px._px.set_tier("auto")


@pytest.mark.parametrize("text, error", [("f8(", ValueError), ("f8(f8[3])", ValueError), ("f8(str)", px.UnsupportedError)])
def test_what_is_no_signature(text, error):
    with pytest.raises(error):
        px.jit(text)


def test_native_before_the_first_call():
    @px.jit(["f8(f8[::1])", "i8(i8[::1])"])
    def total(a):
        s = a[0]
        for i in range(1, a.size):
            s += a[i]
        return s

    assert px.wait_compiled(60)
    rows = px.stats(total)["specialisations"]
    assert sorted((row["signature"], row["tier"], row["calls"]) for row in rows) == [
        ("(array(float64, 1d, C)) -> float64", "numba", 0),
        ("(array(int64, 1d, C)) -> int64", "numba", 0),
    ]
    assert total(np.arange(5.0)) == 10.0 and total(np.arange(5)) == 10
    assert total(np.arange(5, dtype=np.float32)) == 10.0  # other types are allowed
    assert len(total.signatures) == 3


def test_nothing_compiles_in_the_interpreter_tier(interpreted):
    before = px.stats()["requests"]

    @px.jit("f8(f8)")
    def half(x):
        return x / 2

    assert half.signatures == ["(float64) -> float64"]
    assert px.stats()["requests"] == before and half(1.0) == 0.5


def test_a_mistake_is_told_at_once():
    def f(x):
        return x.nonsense

    with pytest.raises(px.UnsupportedError, match="nonsense"):
        px.jit("f8(f8)")(f)
    with pytest.raises(ValueError, match="takes 1 arguments, and a signature of it names 2"):
        px.jit("f8(f8, f8)")(lambda x: x)
