"""px functions as values: arguments, alone and in tuples, in every tier and as Numba has them."""

from collections import namedtuple

import numba
import numpy as np
import pytest
from numba import njit, vectorize

import px

pytestmark = pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaExperimentalFeatureWarning")

TABLE = np.arange(5.0)
SCALE = 3.0
Pair = namedtuple("Pair", "f g x")


@njit
def scaled(x):
    return x * x * SCALE


@njit
def cubed(x):
    return x * x * x


@vectorize
def lessened(x):
    return x - 2


@njit
def halved_or_refused(x):
    if x < 0:
        raise ValueError("negative")
    return x / 2


def apply(f, x):
    return f(x)


def both(fs, x):
    return fs[0](x) + fs[1](x)


def all_of_one(fs, x):
    s = 0.0
    for f in fs:
        s += f(x)
    return s


def of_named(p):
    return p.f(p.x) * p.g(p.x)


def if_given(x, f=None):
    if f is None:
        return x
    return f(x)


def handed_on(f, g, x):
    return njit_apply(f, x) + njit_apply(g, x)


def by_default(x, f=scaled):
    return f(x)


njit_apply = njit(apply)


@pytest.mark.parametrize(
    "function, arguments",
    [
        (apply, (scaled, 2)),
        (apply, (scaled, 2.5)),
        (apply, (halved_or_refused, 3)),
        (both, ((scaled, cubed), 2.5)),
        (all_of_one, ((cubed, cubed, cubed), 2.5)),
        (of_named, (Pair(scaled, cubed, 2),)),
        (if_given, (2.5,)),
        (if_given, (2.5, cubed)),
        (handed_on, (scaled, cubed, 2)),
        (handed_on, (scaled, halved_or_refused, 3)),
        (by_default, (2,)),
        (by_default, (2, cubed)),
    ],
)
def test_arguments(function, arguments, any_tier):
    marked = px.jit(function)
    got, expected = marked(*arguments), njit(function)(*arguments)
    assert (type(got), got) == (type(expected), expected)
    (row,) = px.stats(marked)["specialisations"]
    assert row["tier"] == {"interp": "interpreter", "native": "numba"}.get(any_tier, any_tier)


def test_exceptions_pass_through(any_tier):
    with pytest.raises(ValueError, match="negative"):
        px.jit(apply)(halved_or_refused, -1.0)


def test_each_function_has_code_of_its_own(any_tier):
    marked = px.jit(apply)
    assert [marked(f, 2) for f in (scaled, cubed, halved_or_refused, scaled)] == [12.0, 8, 1.0, 12.0]
    assert len(px.stats(marked)["specialisations"]) == 3


def test_globals_of_an_argument_are_read_anew(any_tier, monkeypatch):
    marked, pair = px.jit(apply), px.jit(both)
    assert marked(scaled, 2.0) == 12.0 and pair((scaled, scaled), 2.0) == 24.0
    monkeypatch.setitem(globals(), "SCALE", 5.0)
    assert marked(scaled, 2.0) == 20.0 and pair((scaled, scaled), 2.0) == 40.0


def test_in_contexts(any_tier, monkeypatch):
    marked = px.jit(both)
    assert px.map(marked, [(scaled, cubed), (cubed, cubed)], [2.0, 2.0]) == [20.0, 16.0]
    work = px.submit_work(marked, ((scaled, cubed), 2.0))
    monkeypatch.setitem(globals(), "SCALE", 5.0)
    px.run()
    assert work.result() == 28.0


def test_a_global_array_in_an_argument(own_tier):
    @px.jit
    def looked_up(x):
        return x + TABLE[2]

    assert px.jit(apply)(looked_up, 1.0) == 3.0
    px._px.set_tier("native")
    with pytest.raises(px.CompileServiceError, match="looked_up as a value: it reads a global array"):
        px.jit(apply)(looked_up, 1.0)


def test_a_vectorised_function(any_tier):
    """Numba does not take one as an argument."""
    assert px.jit(apply)(lessened, 1.0) == -1.0


def test_functions_of_several_kinds_in_a_loop(own_tier):
    """Numba does not iterate over a tuple of several types."""
    with pytest.raises(numba.core.errors.TypingError):
        njit(all_of_one)((scaled, cubed), 2.0)
    assert px.jit(all_of_one)((scaled, cubed), 2.0) == 20.0


@njit
def squared(a, b):
    return (a - b) * (a - b)


@njit
def larger(a, b):
    return 1 if a > b else 0


@njit
def sized(a, b):
    if a > 100:
        raise ValueError("large")
    return abs(a - b)


ALL = (squared, sized)


def chosen(first, x):
    f = squared if first else sized
    return f(x, 1.0)


def chosen_in_a_loop(n, x):
    f = squared
    s = 0.0
    for i in range(n):
        s += f(x, 0.5) + i
        f = sized if i % 2 else squared
    return s


def of_the_global(x):
    return ALL[0](x, 0.5) + ALL[1](x, 0.25)


@pytest.mark.parametrize(
    "function, arguments",
    [(chosen, (True, 3.0)), (chosen, (False, 3.0)), (chosen, (False, 300.0)), (chosen_in_a_loop, (7, 3.0)), (of_the_global, (2.5,))],
)
def test_chosen_at_run_time(function, arguments, any_tier):
    """Numba's first-class functions."""

    def outcome(f):
        try:
            value = f(*arguments)
        except ValueError as error:
            return str(error)
        return type(value), value

    marked = px.jit(function)
    assert outcome(marked) == outcome(njit(function))
    (row,) = px.stats(marked)["specialisations"]
    assert row["tier"] == {"interp": "interpreter", "native": "numba"}.get(any_tier, any_tier)


def test_chosen_of_several_results(own_tier):
    """Their common type; Numba takes the first one's result for the others' too."""

    def either(first, x):
        f = larger if first else squared
        return f(x, 0.0)

    marked = px.jit(either)
    assert (marked(True, 3.0), marked(False, 3.0)) == (1.0, 9.0)


def test_a_list_of_functions(own_tier):
    def in_turn(x):
        fs = [squared, sized]
        fs.append(larger)
        s = 0.0
        for f in fs:
            s = s * 2 + f(x, 1.0)
        return s

    assert px.jit(in_turn)(3.0) == (4.0 * 2 + 2.0) * 2 + 1


def test_a_global_tuple_of_functions_is_read_anew(any_tier, monkeypatch):
    marked = px.jit(of_the_global)
    before = marked(2.5)
    monkeypatch.setitem(globals(), "ALL", (sized, squared))
    assert marked(2.5) == sized(2.5, 0.5) + squared(2.5, 0.25) != before


def cost(f, x, y):
    s = 0.0
    for i in range(len(x)):
        s += f(x[i], y[i])
    return s


DISTANCE = numba.types.FunctionType(numba.float64(numba.float64, numba.float64))


@pytest.mark.parametrize("distance", [squared, larger, sized])
@pytest.mark.parametrize("scale", [1, 40])
def test_a_prototype_in_a_signature(distance, scale, any_tier):
    """What the function gives and takes is converted, as in Numba, whatever it is compiled for elsewhere."""
    x, y = np.arange(4) * scale, np.arange(4)[::-1] * 0.5
    signature = numba.float64(DISTANCE, numba.int64[::1], numba.float64[::1])
    compiled, marked = njit(signature)(cost), px.jit(signature)(cost)

    def outcome(f):
        try:
            value = f(distance, x, y)
        except ValueError as error:
            return str(error)
        return type(value), value

    assert distance(3, 4) is not None  # for integers
    assert outcome(marked) == outcome(compiled) == outcome(px.jit(compiled))


def test_a_prototype_as_a_text():
    marked = px.jit("f8(FunctionType(f8(f8, f8)), f8)")(lambda f, a: f(a, a + 1))
    assert marked(squared, 2.0) == 1.0
    with pytest.raises(TypeError):
        marked(squared, 2.0, 3.0)
