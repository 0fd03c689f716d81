"""Texts that are known when a function is compiled: joined, repeated, returned."""

from collections import namedtuple

from differential.case import case

GREETING = "good"
PAIR = ("a", "b")
MIXED = (("x", 2.5), "tail")


@case(())
def joined_literals():
    return "a" + "b"


@case(())
def joined_globals():
    text = GREETING + " " + PAIR[0] + PAIR[1]
    text += "!"
    return text, MIXED[0][0] + MIXED[1], MIXED[0][1]


@case(())
def repeated_literals():
    return "ab" * 3, 2 * "c", "d" * 0, "" * 5


@case((), native=False, why="to Numba the product may be None")
def repeated_globals():
    return GREETING * 2, 3 * PAIR[1], GREETING * -1


@case(1, 2.5, 1j)
def returned_in_a_tuple(x):
    if isinstance(x, int):
        return x + 1, "int"
    if isinstance(x, float):
        return x + 2.0, "float"
    return x, "other", ("complex",)


@case(3)
def one_text_of_two_ways(n):
    if n > 2:
        return "same"
    return "sa" + "me"


def kind_of(x):
    if isinstance(x, float):
        return "float"
    return "int"


def described(x):
    return kind_of(x) + "64", x


@case(3, 0.5)
def text_of_a_callee(x):
    name, value = described(x)
    size = 0
    if name == "float64":
        size = 8
    if kind_of(x) == "int":
        size += 4
    return name, size, value, kind_of(x) == kind_of(2)


@case((1, "left"), (2, "right"))
def text_given_back(n, where):
    return where + "-most", n


@case(4)
def text_with_an_array(n):
    total = 0
    for i in range(n):
        total += i
    return [total, n], "list", None


Named = namedtuple("Named", ["name", "size"])


@case(4)
def text_in_a_named_tuple(n):
    return Named("four" + "s", n)
