"""Numba's own objects in px: dispatchers with what they were told, prange, types, vectorised functions, enumerations."""

import enum
import math

import numba
import numba as nb
import numpy as np
import pytest
from numba import njit, types
from numba.core.inline_closurecall import length_of_iterator
from numba.extending import overload, register_jitable

import px

TIERS = ("interp", "baseline", "native")


@pytest.fixture(params=TIERS, autouse=True)
def each_tier(request):
    px._px.set_tier(request.param)
    yield request.param
    px._px.set_tier("auto")


def bits(value):
    return (type(value), np.float64(value).tobytes() if isinstance(value, float) else value)


@njit("i4(i8[:])")
def generator(seed):
    state = seed[0]
    for i in range(seed.shape[0]):
        state = (state * 1103515245 + 12345 + seed[i]) & 0xFFFFFFFF
    return state


@njit(["f4(f4, f4)", "f8(f8, f8)"])
def overloaded(x, y):
    return x / 3 + y


@njit(error_model="numpy")
def divided(x, y):
    return x / y, x // y, x % y


@nb.vectorize
def scaled(a, b):
    return a * b + 1


class Colour(enum.IntEnum):
    RED = 3
    BLUE = 5


def picked(a, k=2):
    """Numba knows it by its overloads alone."""
    raise NotImplementedError


@overload(picked)
def picked_of_array(a, k=2):
    if isinstance(a, types.Array):
        return lambda a, k=2: a[0] * k
    return None


@overload(picked)
def picked_of_integer(a, k=2):
    if isinstance(a, types.Integer):

        def implementation(a, k=2):
            return a * 10 + OFFSET + k

        return implementation
    return None


OFFSET = 100


def test_an_overloaded_function_is_the_implementation_for_the_types(each_tier):
    def call(x, y):
        return picked(x), picked(y), picked(x, k=5), picked(y, 7)

    arguments = np.array([1.5]), 3
    expected = njit(call)(*arguments)
    marked = px.jit(call)
    assert marked(*arguments) == expected == (3.0, 132, 7.5, 137)
    (row,) = px.stats(marked)["specialisations"]
    assert bool(row["native_calls"]) == (each_tier == "native")


def test_an_overloaded_function_that_takes_other_types(each_tier):
    @px.jit
    def call(x):
        return picked(x)

    with pytest.raises(px.TypingError, match=r"of picked\(float64\)"):
        call(2.5)


def test_numbas_number_of_threads_is_the_number_of_workers():
    @px.jit
    def threads():
        return numba.get_num_threads()

    px.parallel_for(px.jit(lambda i: None), 100)
    assert threads() == px.stats()["workers"]


@njit
def squared(x):
    return x * x


def test_a_dispatcher_as_a_default(each_tier):
    def total(values, f=squared, start=None):
        result = 0.0
        for value in values:
            result += f(value)
        return result

    marked = px.jit(total)

    @px.jit
    def call(values):
        return marked(values), marked(values, f=math.sqrt)

    values = np.array([1.0, 4.0])
    assert marked(values) == marked(values, squared) == 17.0
    if each_tier == "native":  # the service has no text for the default
        with pytest.raises(px.CompileServiceError, match="no native code"):
            call(values)
    else:
        assert call(values) == (17.0, 3.0)


def test_an_explicit_signature_converts_arguments_and_result():
    @px.jit
    def call(a):
        return generator(a)

    a = np.arange(10) + 2**40
    assert bits(call(a)) == bits(generator(a)) == bits(px.jit(generator)(a))


def test_the_signature_that_fits_best_is_taken():
    @px.jit
    def call(x, y):
        return overloaded(x, y)

    for arguments in ((1, 2), (np.float32(1), np.float32(2)), (0.1, 7)):
        assert bits(call(*arguments)) == bits(overloaded(*arguments))


def test_arguments_that_fit_no_signature():
    with pytest.raises(TypeError, match="No matching definition"):
        px.jit(generator)(1.5)


def test_division_by_zero_as_the_dispatcher_was_told():
    assert repr(px.jit(divided)(1.0, 0.0)) == repr(divided(1.0, 0.0))
    assert repr(px.jit(divided)(0.0, 0.0)) == repr(divided(0.0, 0.0))
    with pytest.raises(ZeroDivisionError):
        px.jit(divided.py_func)(1.0, 0.0)


def test_numbas_types_are_casts():
    @px.jit
    def cast(x):
        return nb.int32(x * 2.7), types.float32(x), numba.uint8(300), types.int64(x)

    assert cast(3.3) == (8, float(np.float32(3.3)), 44, 3)


def test_prange_is_a_range():
    @px.jit
    def total(n):
        s = 0.0
        for i in nb.prange(n):
            s += math.sqrt(i)
        return s

    assert total(10) == sum(math.sqrt(i) for i in range(10))


def test_a_vectorised_function_takes_scalars():
    @px.jit
    def call(x):
        return scaled(x, 2)

    assert call(5) == 11 and call(0.5) == 2.0


@nb.vectorize
def stepped(a, b):
    if a > b:
        return a * b + 1
    return 0


@nb.vectorize(["f8(f8)"])
def rooted(a):
    return math.sqrt(a) if a > 0 else -1.0


@nb.vectorize
def fused(a, b, c):
    return a + b * c


MATRIX = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(
    "a, b",
    [
        (MATRIX, MATRIX[0]),
        (MATRIX, 2),
        (3, MATRIX[:, ::2]),
        (MATRIX[:, :1], MATRIX[0]),
        (MATRIX.T, np.asfortranarray(MATRIX.T)),
        (MATRIX[:0], MATRIX[0]),
        (np.arange(5), np.arange(5) - 2),
        (np.array(3.0), 2),
    ],
)
def test_a_vectorised_function_takes_arrays(a, b, each_tier):
    """Of numbers and arrays without dimensions it makes a number, as in Numba."""

    def call(a, b):
        return stepped(a, b), fused(a, b, 2), fused(0.5, b, a)

    def of_one(a):
        return rooted(a), rooted(4)

    for function, arguments in ((call, (a, b)), (of_one, (a,))):
        marked, expected = px.jit(function), njit(function)(*arguments)
        for x, y in zip(marked(*arguments), expected, strict=True):
            assert type(x) is type(y)
            if isinstance(x, np.ndarray):
                assert (x.dtype, x.shape, x.flags.c_contiguous) == (y.dtype, y.shape, y.flags.c_contiguous)
            assert np.array_equal(x, y)
        (row,) = px.stats(marked)["specialisations"]
        assert bool(row["native_calls"]) == (each_tier == "native")


def test_a_vectorised_function_of_arrays_that_do_not_fit():
    @px.jit
    def call(a, b):
        return stepped(a, b)

    with pytest.raises(ValueError, match="cannot be broadcast"):
        call(np.ones(3), np.ones(4))


def multiplied_by(k):
    @px.jit
    def multiply(x):
        return x * k

    return multiply


twice, half = multiplied_by(2), multiplied_by(0.5)


def test_two_functions_of_one_text(each_tier):
    @px.jit
    def call(x):
        return twice(x), half(x + 1.5), twice(half(x))

    assert call(3) == (6, 2.25, 3.0) and bool(px.stats(call)["specialisations"][0]["native_calls"]) == (each_tier == "native")


def test_members_of_an_enumeration_are_constants():
    @px.jit
    def name(x):
        if x == Colour.RED:
            return 1
        return Colour.BLUE + 0

    assert name(3) == 1 and name(Colour.RED) == 1 and name(4) == 5


def test_type_of_a_number():
    def half(z):
        return type(z)(0.5) * z

    assert bits(px.jit(half)(np.float32(0.3))) == bits(njit(half)(np.float32(0.3)))


def test_streams_of_a_batch_depend_on_the_seed_and_the_index_alone():
    @px.jit
    def seed(n):
        np.random.seed(n)

    @px.jit
    def draw(i, out):
        out[i] = np.random.random() + np.random.standard_normal()

    def drawn(chunk):
        out = np.zeros(64)
        seed(7)
        px.parallel_for(draw, 64, out, chunksize=chunk)
        return out

    first = drawn(64)
    assert len(set(first)) == 64
    assert all((drawn(chunk) == first).all() for chunk in (1, 5, 16))


@register_jitable
def told_by_extension(*args):
    return len(args)


def test_a_function_that_numba_was_told_to_compile_where_it_is_called():
    @px.jit
    def call(x):
        return told_by_extension(x, x, 1.5) + x

    assert call(4) == 7


@njit([types.float64(types.float64)], inline="always")
def written_where_it_is_called(x):
    return type(x)(x / 2)


def test_a_function_that_is_written_where_it_is_called_is_not_converted():
    @px.jit
    def call(x):
        return written_where_it_is_called(x)

    assert bits(call(7)) == bits(njit(call.py_func)(7)) == bits(3)
    assert bits(call(7.0)) == bits(3.5)


def test_the_rounds_of_an_iterator():
    @px.jit
    def call(n, a):
        return length_of_iterator(iter(range(n))), length_of_iterator(iter(a)), length_of_iterator(iter((1, 2)))

    assert call(5, np.zeros((3, 2))) == njit(call.py_func)(5, np.zeros((3, 2))) == (5, 3, 2)


def pruned(x):
    y = 0
    if isinstance(x, int):
        x = (x, x)
    for i in range(len(x)):
        y += i
    return y


def test_numba_prunes_by_isinstance_as_it_does_for_its_own_users():
    assert px.jit(pruned)(np.zeros(4)) == 6
    assert px.jit(pruned)(3) == 1
