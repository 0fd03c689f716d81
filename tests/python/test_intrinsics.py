"""Numba's intrinsics: functions whose LLVM code a program makes itself. The compile service makes the code; every tier runs it."""

import numpy as np
import pytest
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.errors import TypingError as NumbasTypingError
from numba.extending import intrinsic, overload

import px

SIXTY_FOUR = 64


@intrinsic
def bits_set(typing_context, x):
    if not isinstance(x, types.Integer):
        return None

    def generate(context, builder, signature, arguments):
        return builder.zext(builder.ctpop(arguments[0]), ir.IntType(SIXTY_FOUR)) if x.bitwidth < SIXTY_FOUR else builder.ctpop(arguments[0])

    return types.int64(x), generate


@intrinsic
def bits_of(typing_context, x):
    """Of a float."""
    kind = types.uint32 if x == types.float32 else types.uint64

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(kind.bitwidth))

    return kind(x), generate


@intrinsic
def swapped(typing_context, z):
    """A complex number's parts, exchanged."""

    def generate(context, builder, signature, arguments):
        number = context.make_complex(builder, z, arguments[0])
        number.real, number.imag = number.imag, number.real
        return number._getvalue()

    return z(z), generate


@intrinsic
def is_odd(typing_context, x):
    def generate(context, builder, signature, arguments):
        return builder.trunc(arguments[0], ir.IntType(1))

    return types.boolean(types.int64), generate


@intrinsic
def sum_and_product(typing_context, a, b):
    result = types.UniTuple(types.float64, 2)

    def generate(context, builder, signature, arguments):
        a, b = arguments
        return context.make_tuple(builder, result, [builder.fadd(a, b), builder.fmul(a, b)])

    return result(types.float64, types.float64), generate


@intrinsic
def second(typing_context, pair):
    def generate(context, builder, signature, arguments):
        return builder.extract_value(arguments[0], 1)

    return pair[1](pair), generate


@intrinsic
def shifted(typing_context, x, by):
    """By a number that must be known when it is compiled."""
    if not isinstance(by, types.IntegerLiteral):
        raise NumbasTypingError("by is not a constant")
    count = by.literal_value

    def generate(context, builder, signature, arguments):
        return builder.shl(arguments[0], arguments[0].type(count))

    return types.int64(types.int64, by), generate


@intrinsic(prefer_literal=True)
def is_known(typing_context, x):
    known = isinstance(x, types.Literal)

    def generate(context, builder, signature, arguments):
        return ir.IntType(1)(known)

    return types.boolean(x), generate


@intrinsic
def cast_to(typing_context, x, to):
    def generate(context, builder, signature, arguments):
        return context.cast(builder, arguments[0], x, to.dtype)

    return to.dtype(x, to), generate


@intrinsic
def reciprocal(typing_context, x):
    """Raises."""

    def generate(context, builder, signature, arguments):
        zero = builder.fcmp_ordered("==", arguments[0], arguments[0].type(0.0))
        with builder.if_then(zero, likely=False):
            context.call_conv.return_user_exc(builder, ValueError, ("nothing divides by zero",))
        return builder.fdiv(arguments[0].type(1.0), arguments[0])

    return types.float64(types.float64), generate


@intrinsic
def set_first(typing_context, array, value):
    def generate(context, builder, signature, arguments):
        data = cgutils.create_struct_proxy(array)(context, builder, arguments[0]).data
        builder.store(arguments[1], data)
        return context.get_dummy_value()

    return types.none(array, types.float64), generate


@intrinsic
def cannot_be_made(typing_context, x):
    def generate(context, builder, signature, arguments):
        raise RuntimeError("no such instruction")

    return types.int64(x), generate


@intrinsic
def empty_list(typing_context):
    def generate(context, builder, signature, arguments):
        return context.compile_internal(builder, lambda: [1.0], signature, arguments)

    return types.List(types.float64)(), generate


@intrinsic
def counted(typing_context, size, first):
    """A new array."""
    array = types.Array(types.float64, 1, "C")

    def generate(context, builder, signature, arguments):
        return context.compile_internal(builder, lambda size, first: np.arange(size) + first, signature, arguments)

    return array(types.int64, types.float64), generate


@intrinsic
def larger(typing_context, array, other):
    """One of two arrays, and how large it is."""
    result = types.Tuple((array, types.intp))

    def generate(context, builder, signature, arguments):
        return context.compile_internal(builder, lambda a, b: (a, a.size) if a.size > b.size else (b, b.size), signature, arguments)

    return result(array, other), generate


@intrinsic
def root(typing_context, x):
    result = types.Optional(types.float64)

    def generate(context, builder, signature, arguments):
        return context.compile_internal(builder, lambda x: None if x < 0 else np.sqrt(x), signature, arguments)

    return result(types.float64), generate


def population(n):
    total = 0
    for i in range(n):
        total += bits_set(i)
    return total


def float_bits(x):
    return bits_of(x), bits_of(np.float32(x))


def parts(z):
    return swapped(z), is_odd(int(z.real))


def pairs(a, b):
    s, p = sum_and_product(a, b)
    return second((s, p)), s


def keywords(a, b):
    return sum_and_product(b=a, a=b)[0] - sum_and_product(a, b=b)[1]


def constants(x):
    return shifted(x, 3), is_known(4), is_known(x)


def element_types(x):
    return cast_to(x, np.float32), cast_to(x, types.int8)


def writes(array):
    set_first(array, 7.0)
    return array[0] + array[1]


def made(n):
    kept, total = np.zeros(1), 0.0
    for i in range(n):
        new = counted(i % 50, i * 0.5)
        kept, size = larger(new, kept)
        total += kept[size - 1] + size
        new[:] = 0.0
    return kept, total


def given_back(a, b):
    c, size = larger(a, b)
    c[0] = size
    return c


def roots(x):
    y = root(x)
    return -1.0 if y is None else y


def of_function(function, n):
    total = 0
    for i in range(n):
        total += function(i)
    return total


def handed_on(n):
    return of_function(bits_set, n)


PROGRAMS = [
    (population, (1000,)),
    (float_bits, (0.1,)),
    (parts, (3.0 - 4.5j,)),
    (pairs, (1.5, 3.0)),
    (keywords, (1.5, 3.0)),
    (constants, (5,)),
    (element_types, (300.7,)),
    (roots, (4.0,)),
    (roots, (-4.0,)),
]


@pytest.mark.parametrize(("program", "arguments"), PROGRAMS, ids=[f"{p.__name__}{a}" for p, a in PROGRAMS])
def test_results_are_numbas(program, arguments, any_tier):
    result = px.jit(program)(*arguments)
    expected = njit(program)(*arguments)
    assert result == expected
    assert np.array(result).tobytes() == np.array(expected).tobytes()


def test_each_tier_runs_it(any_tier):
    f = px.jit(population)
    assert f(1000) == 4932
    assert " = bits_set( " in px.explain(f)
    (ran,) = px.stats(f)["specialisations"]
    assert ran["tier"] == {"interp": "interpreter", "native": "numba"}.get(any_tier, any_tier)
    assert ran[{"interp": "interpreter_calls", "baseline": "baseline_calls", "native": "native_calls"}[any_tier]] == 1


def test_tiers_change_under_way():
    f = px.jit(population)
    for _ in range(4):
        assert f(3_000_000) == np.bitwise_count(np.arange(3_000_000)).sum()
    assert px.wait_compiled(60)
    assert f(1000) == 4932


def test_arrays_that_it_writes_to(any_tier):
    array = np.arange(4.0)
    assert px.jit(writes)(array) == 8.0
    assert array[0] == 7.0


def test_arrays_that_it_returns(any_tier):
    kept, total = px.jit(made)(1000)
    expected = njit(made)(1000)
    assert total == expected[1]
    assert np.array_equal(kept, expected[0])
    a, b = np.zeros(3), np.ones(2)
    assert np.array_equal(px.jit(given_back)(a, b), [3, 0, 0])
    assert a[0] == 3
    assert px.jit(given_back)(b, a) is a


def test_in_functions_of_functions(any_tier):
    assert px.jit(handed_on)(1000) == 4932


of_function = px.jit(of_function)


@njit
def bits_set_of_next(x):
    return bits_set(x + 1)


def test_in_what_a_dispatcher_calls(any_tier):
    @px.jit
    def call(x):
        return bits_set_of_next(x)

    assert call(6) == 3
    assert px.jit(bits_set_of_next)(7) == 1


def taught(x):
    """Numba is told what it means."""


@overload(taught)
def _taught(x):
    return lambda x: bits_set(x) + 1


def test_in_what_an_overload_gives(own_tier):
    @px.jit
    def call(x):
        return taught(x)

    assert call(7) == 4


def test_in_contexts(any_tier):
    assert px.map(px.jit(lambda x: bits_set(x)), [1, 3, 7]) == [1, 2, 3]


def test_an_exception_has_the_callers_line(any_tier):
    @px.jit
    def call(x):
        y = x + 1.0
        return reciprocal(y)

    assert call(1.0) == 0.5
    with pytest.raises(ValueError, match="nothing divides by zero") as raised:
        call(-1.0)
    place = raised.traceback[-1]
    assert (place.name, place.lineno + 1 - call.py_func.__code__.co_firstlineno) == ("call", 3)


def test_an_exception_is_caught(any_tier):
    @px.jit
    def call(x):
        try:
            return reciprocal(x)
        except Exception:
            return -1.0

    assert (call(4.0), call(0.0)) == (0.25, -1.0)


class TestRefused:
    """Each with the file, the line and what to do instead."""

    def test_as_a_function_to_be_marked(self):
        with pytest.raises(TypeError, match=r"px\.jit takes a Python function or a signature such as 'f8\(f8\[::1\]\)', not a _Intrinsic"):
            px.jit(bits_set)

    def test_types_that_it_does_not_take(self, any_tier):
        @px.jit
        def call(x):
            return bits_set(x)

        with pytest.raises(px.TypingError, match=r"test_intrinsics\.py:\d+: in call: the intrinsic bits_set\(float64\) has no rule for"):
            call(1.5)
        assert call(7) == 3

    def test_a_constant_that_is_none(self, any_tier):
        @px.jit
        def call(x):
            return shifted(x, x)

        with pytest.raises(px.TypingError, match=r"the intrinsic shifted\(int64, int64\) has no rule.*by is not a constant"):
            call(1)

    def test_code_that_cannot_be_made(self, any_tier):
        @px.jit
        def call(x):
            return cannot_be_made(x)

        for _ in range(2):
            with pytest.raises(
                px.UnsupportedError,
                match=r"test_intrinsics\.py:\d+: in call: the intrinsic cannot_be_made\(int64\), .*no such instruction.*instead: write",
            ):
                call(1)

    def test_values_that_do_not_cross(self, any_tier):
        @px.jit
        def given():
            return bits_set([1, 2])

        @px.jit
        def returned():
            return empty_list()

        with pytest.raises(px.UnsupportedError, match=r"a value of type list\(int64\) given to the intrinsic bits_set; instead: numbers"):
            given()
        with pytest.raises(px.UnsupportedError, match=r"returns list\(float64\); instead: an intrinsic that returns numbers, arrays"):
            returned()

    def test_what_calls_it_by_itself(self, any_tier):
        @px.jit
        def call(a):
            return sorted(a, key=bits_set)

        with pytest.raises(px.UnsupportedError, match=r"the intrinsic bits_set given to what calls it; instead: a function that calls it"):
            call(np.arange(4))
