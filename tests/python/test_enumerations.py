"""Members of Enum classes: handed in and back, compared, in tuples and lists, as constants, by their names, in every tier."""

import enum

import numpy as np
import pytest
from numba import njit

import px


class Color(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


class Shake(enum.Enum):
    VANILLA = 7
    MINT = 3  # as Color.BLUE


class Planet(enum.Enum):
    VENUS = (4.869e24, 6.0518e6)
    EARTH = (5.976e24, 6.37814e6)


class Ratio(enum.Enum):
    HALF = 0.5
    WHOLE = 1.0


class Mode(enum.Enum):
    FAST = "fast"
    SLOW = "slow"
    SLUGGISH = "slow"  # an alias


class Shape(enum.IntEnum):
    CIRCLE = 2
    SQUARE = 500


class Size(enum.IntEnum):
    SMALL = 2


class Access(enum.IntFlag):
    READ = 1
    WRITE = 2


class Bits(enum.Flag):
    A = 1
    B = 2


def same(a, b):
    return a


def compared(a, b):
    return a == b, a != b, a is b, a is not b


def chosen(a, b, first):
    return a if first else b


def valued(a):
    return a.value


PAIRS = [
    (Color.RED, Color.RED),
    (Color.RED, Color.GREEN),
    (Shake.MINT, Shake.VANILLA),
    (Planet.VENUS, Planet.EARTH),
    (Planet.EARTH, Planet.EARTH),
    (Ratio.HALF, Ratio.WHOLE),
    (Mode.FAST, Mode.SLOW),
    (Mode.SLOW, Mode.SLUGGISH),
    (Shape.CIRCLE, Shape.SQUARE),
    (Shape.SQUARE, Shape.SQUARE),
    (Bits.A, Bits.B),
    (Bits.B, Bits.B),
]


@pytest.mark.parametrize("a, b", PAIRS, ids=str)
class TestPairs:
    def test_compared(self, a, b, any_tier):
        assert px.jit(compared)(a, b) == (a == b, a != b, a is b, a is not b)

    def test_chosen(self, a, b, any_tier):
        assert px.jit(chosen)(a, b, True) is a
        assert px.jit(chosen)(a, b, False) is b

    def test_in_tuples(self, a, b, any_tier):
        @px.jit
        def swapped(pair, x):
            first, second = pair
            return second, (x, first)

        got = swapped((a, b), 1.5)
        assert got[0] is b and got[1][0] == 1.5 and got[1][1] is a

    def test_in_lists(self, a, b, own_tier):
        @px.jit
        def listed(a, b):
            items = [a, b]
            items.append(a)
            count = 0
            for item in items:
                if item == a:
                    count += 1
            return items, count

        got, count = listed(a, b)
        assert [x is y for x, y in zip(got, [a, b, a], strict=True)] == [True] * 3
        assert count == [a, b, a].count(a)

    def test_may_be_none(self, a, b, any_tier):
        @px.jit
        def perhaps(a, there):
            x = None
            if there:
                x = a
            return x, x is None

        assert perhaps(a, True) == (a, False) and perhaps(a, False) == (None, True)


@pytest.mark.parametrize("member", [Color.GREEN, Planet.EARTH, Ratio.HALF, Shape.SQUARE, Bits.B], ids=str)
def test_value(member, any_tier):
    got = px.jit(valued)(member)
    assert got == member.value and type(got) is type(member.value)


def test_as_numba(tier):
    """Results are Numba's: the member itself, not its value."""

    def picked(a, b, first):
        return (a if first else b), a.value

    for a, b in ((Color.RED, Color.BLUE), (Shape.CIRCLE, Shape.SQUARE), (Planet.VENUS, Planet.EARTH)):
        for first in (True, False):
            expected = njit(picked)(a, b, first)
            got = px.jit(picked)(a, b, first)
            assert got[0] is expected[0] and got[1] == expected[1]


class TestConstants:
    def test_by_attribute(self, any_tier):
        @px.jit
        def red(c):
            return c is Color.RED, c == Color.RED, Color.BLUE

        assert red(Color.RED) == (True, True, Color.BLUE)
        assert red(Color.GREEN) == (False, False, Color.BLUE)
        assert red(Shake.MINT) == (False, False, Color.BLUE) if any_tier != "native" else True

    def test_by_name_in_brackets(self, any_tier):
        @px.jit
        def red(c):
            return c is Color["RED"], Shape["SQUARE"] + 1

        assert red(Color.RED) == (True, 501) and red(Color.BLUE) == (False, 501)

    def test_name_that_there_is_not(self, interpreted):
        @px.jit
        def none():
            return Color["PURPLE"]

        with pytest.raises(px.UnsupportedError):
            none()

    def test_of_a_closure(self, any_tier):
        def asking(constant):
            @px.jit
            def asked(c):
                return c is constant

            return asked

        assert asking(Color.RED)(Color.RED) and not asking(Color.RED)(Color.BLUE)
        assert asking(Planet.EARTH)(Planet.EARTH) and asking(Mode.SLOW)(Mode.SLUGGISH)

    def test_text_valued(self, any_tier):
        @px.jit
        def fast(mode, x):
            if mode is Mode.FAST:
                return x * 2
            return x

        assert fast(Mode.FAST, 4) == 8 and fast(Mode.SLOW, 4) == 4

    def test_default(self, any_tier):
        @px.jit
        def scaled(x, mode=Color.GREEN):
            return x + 1 if mode is Color.GREEN else x

        assert scaled(1) == 2 and scaled(1, Color.RED) == 1

    def test_names_and_values(self, own_tier):
        @px.jit
        def both():
            return Color.BLUE.value + Shape.CIRCLE.value

        assert both() == 5

    def test_another_class_by_the_same_name(self, any_tier):
        def make(one):
            return enum.Enum("Level", {"LOW": one, "HIGH": one + 1})

        first, second = make(1), make(2)
        assert px.jit(same)(first.HIGH, 0) is first.HIGH and px.jit(same)(second.LOW, 0) is second.LOW


class TestIntegers:
    """A member of an IntEnum is a number wherever one is asked for."""

    def test_arithmetic(self, any_tier):
        @px.jit
        def moved(x):
            if x > Shape.SQUARE:
                return x - Shape.CIRCLE
            return x + Shape.CIRCLE

        assert moved(300) == 302 and moved(501) == 499
        assert type(moved(Shape.SQUARE)) is int and moved(Shape.SQUARE) == 502

    def test_members_of_two_classes(self, own_tier):
        assert px.jit(compared)(Shape.CIRCLE, Size.SMALL) == (True, False, False, True)
        assert px.jit(compared)(Shape.CIRCLE, 2) == (True, False, False, True)

    def test_index_range_and_shape(self, any_tier):
        @px.jit
        def made(a, n):
            z = np.zeros((n, 3), np.int64)
            total = 0
            for i in range(n):
                z[i, n] = a[n] + i
                total += a[i]
            z[0, 0] = n
            return z, total, n * 0.5, np.int16(n)

        z, *rest = made(np.arange(10), Size.SMALL)
        assert z.tolist() == [[2, 0, 2], [0, 0, 3]] and rest == [1, 1.0, 2]
        assert [type(x) for x in rest] == [int, float, int]

    def test_functions_of_numbers(self, own_tier):
        @px.jit
        def made(n):
            return float(n), abs(n), max(n, 1), np.sqrt(n)

        assert made(Size.SMALL) == (2.0, 2, 2, np.sqrt(2.0))

    def test_two_types_meet(self, any_tier):
        @px.jit
        def met(n, x, first):
            y = x
            if first:
                y = n
            return y

        assert (met(Shape.CIRCLE, 7, True), met(Shape.CIRCLE, 7, False)) == (2, 7)
        assert met(Shape.CIRCLE, 7.5, True) == 2.0 and type(met(Shape.CIRCLE, 7, True)) is int

    def test_truth(self, own_tier):
        @px.jit
        def truth(n):
            return 1 if n else 0

        assert truth(Shape.CIRCLE) == 1 and truth(Color.RED) == 1

    def test_declared_types(self, any_tier):
        @px.jit("int64(int64, int64)")
        def summed(a, b):
            return a + b

        assert summed(Shape.CIRCLE, 3) == 5

    def test_flags_are_plain_numbers(self, any_tier):
        assert px.jit(same)(Access.READ | Access.WRITE, 0) == 3


class TestContexts:
    def test_map_and_submit(self):
        @px.jit
        def next_of(c, i):
            return (Color.GREEN if c is Color.RED else Color.BLUE), i

        done = px.submit_work(next_of, (Color.RED, 1))
        px.run()
        assert done.result() == (Color.GREEN, 1)

    def test_handed_to_px_functions(self, any_tier):
        @px.jit
        def inner(c, n):
            return (c, n) if c is not Color.RED else (Color.BLUE, n)

        @px.jit
        def outer(c, n):
            return inner(c, n)

        assert outer(Color.RED, Shape.SQUARE) == (Color.BLUE, Shape.SQUARE)
        assert outer(Color.GREEN, Shape.CIRCLE)[1] is Shape.CIRCLE


class TestOddClasses:
    def test_a_value_that_is_not_itself(self, any_tier):
        class Limit(enum.Enum):
            NOTHING = float("nan")
            ALL = 1.0

        assert px.jit(chosen)(Limit.NOTHING, Limit.ALL, True) is Limit.NOTHING
        assert px.jit(compared)(Limit.NOTHING, Limit.NOTHING) == (True, False, True, False)

    def test_a_value_that_was_changed(self, interpreted):
        class Loose(enum.Enum):
            A = 1
            B = 2

        assert px.jit(same)(Loose.A, 0) is Loose.A
        Loose.A._value_ = "text"
        with pytest.raises(px.TypingError, match="Loose"):
            px.jit(same)(Loose.A, 0)
        Loose.B._value_ = 7
        with pytest.raises(ValueError, match="not a valid"):
            px.jit(same)(Loose.B, 0)
        del Loose.B._value_
        with pytest.raises(px.TypingError, match="Loose"):
            px.jit(same)(Loose.B, 0)

    def test_a_class_without_members(self, interpreted):
        class Empty(enum.Enum):
            pass

        with pytest.raises(px.TypingError):
            px.jit(same)(Empty, 0)

    def test_a_class_that_refuses_its_values(self, interpreted):
        class Strict(enum.Enum):
            A = 1

            @classmethod
            def _missing_(cls, value):
                raise KeyError(value)

        assert px.jit(same)(Strict.A, 0) is Strict.A


class TestRefused:
    def test_value_of_several_types(self, interpreted):
        with pytest.raises(px.UnsupportedError, match="several types"):
            px.jit(valued)(Mode.FAST)

    @pytest.mark.parametrize("use", [lambda c: c + 1, lambda c: c < c, lambda c: -c, lambda c: np.sqrt(c), lambda c: [1, 2][c]])
    def test_no_number(self, use, interpreted):
        with pytest.raises((px.TypingError, px.UnsupportedError, TypeError)):
            px.jit(use)(Color.RED)
