"""Exceptions on the very edge: the first instruction after a move raises. Type, arguments and traceback are the interpreter's."""

import traceback

import numpy as np
import pytest
from baseline.conftest import moves

PROGRAM = """
    def index(a, n):
        s = 0.0
        for i in range(n):
            s += a[i]
        return s

    def header(a, n):
        i = 0
        while a[i] >= 0.0:
            i += 1
        return i

    def division(a, n):
        s = 0
        for i in range(n):
            s += 60 // (3 - i)
        return s

    def true_division(a, n):
        s = 0.0
        for i in range(n):
            s += 1 / (i - 4.0)
        return s

    def own(a, n):
        for i in range(n):
            if i == 2:
                raise KeyError(i, 0.5, n > 3)
        return 0

    def at_once(a, n):
        k = 0
        for i in range(n):
            k += 1
            if k > 1:
                raise ValueError
        return k

    def asserts(a, n):
        for i in range(n):
            assert i < 5, "five"
        return n

    def after(a, n):
        s = 0
        for i in range(n):
            s += i
        else:
            s = s // (n - n)
        return s

    def zero_step(a, n):
        s = 0
        for i in range(n):
            for k in range(0, 5, 4 - i):
                s += k
        return s

    def shift(a, n):
        s = 0
        for i in range(n):
            s += 1 << (3 - i)
        return s

    def leaf(a, i):
        for k in range(2):
            x = a[i + k]
        return x

    def below(a, n):
        s = 0.0
        for i in range(n):
            s += leaf(a, i)
        return s

    def middle(a, n):
        y = below(a, n) + 1
        return y

    def deep(a, n):
        s = 0.0
        for r in range(3):
            s = s + middle(a, n)
        return s
    """
FUNCTIONS = [
    "index",
    "header",
    "division",
    "true_division",
    "own",
    "at_once",
    "asserts",
    "after",
    "zero_step",
    "shift",
    "below",
    "middle",
    "deep",
]


def raised(function, *arguments):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever the interpreter raises
        function(*arguments)
    frames = traceback.extract_tb(caught.value.__traceback__)[1:]
    return type(caught.value), caught.value.args, [(f.name, f.lineno) for f in frames if f.filename.startswith("<baseline")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_exception_is_the_interpreters(name, moving, interpreted):
    a = np.ones(6)
    expected = raised(getattr(interpreted(PROGRAM), name), a, 10)
    assert expected[2], expected
    m = moving(PROGRAM)
    # The first call moves in its middle, the second is at a header that leads into baseline code from the first round.
    for _ in range(3):
        assert raised(getattr(m, name), a, 10) == expected
    if moving.interval == 1:  # others raise before their first safepoint
        assert moves(m.leaf, *(getattr(m, other) for other in FUNCTIONS)) > 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_calls_after_an_exception(name, moving, interpreted):
    """Nothing of it is left: the same function returns what it should."""
    good = np.array([1.0, -2.0, 3.0, 4.0, 5.0, 6.0])
    reference = getattr(interpreted(PROGRAM), name)
    outcomes = []
    for n in (0, 1):
        try:
            outcomes.append((n, reference(good, n)))
        except ZeroDivisionError:
            assert name == "after"
    function = getattr(moving(PROGRAM), name)
    for _ in range(2):
        raised(function, np.ones(6), 10)
        for n, expected in outcomes:
            assert function(good, n) == expected
