"""Branches that px knows to be reached never, with what has no meaning in them: objects, and names that nobody has defined."""

# ruff: noqa: F821

from differential.case import case

WHY = "Numba types the branch, too"


class Thing:
    """What neither px nor Numba has a type for."""

    part = 3


THING = Thing()


@case(3, 2.5, numba=False, why=WHY)
def in_a_statement(x):
    if x is None:
        return THING.part + undefined(x)
    return x + 1


@case(3, numba=False, why=WHY)
def in_an_else(x):
    y = x * 2
    if x is not None:
        y += 1
    else:
        y = THING
        y += undefined
    return y


@case(3, -3, numba=False, why=WHY)
def in_an_expression(x):
    a = x + 1 if x is not None else THING(x)
    b = undefined if x is None else x - 1
    if x is not None or undefined > 3:
        a += 10
    if x > 0 and (x is None and THING > x):
        a += 100
    return a, b


def third(x):
    return 10 // x


@case(3, 0, numba=False, why=WHY)
def behind_what_may_raise(x):
    return THING if third(x) is None else x + 1


@case(3, numba=False, why=WHY)
def in_a_loop(x):
    s = 0
    for i in range(x):
        if x is None:
            for k in THING:
                s += k
            while undefined:
                s -= 1
        elif isinstance(x, str):
            s += len(THING)
            continue
        s += i
    return s


@case(3, numba=False, why=WHY)
def in_a_function_inside(x):
    def other(v):
        if x is None:
            return undefined(v)
        return v * 2

    return other(x) + other(1)


@case(4, numba=False, why=WHY)
def names_that_mean_something_else_inside(x):
    def inner(THING):
        return THING + 1 if THING > 2 else THING

    if x is None:
        return THING
    return inner(x) + sum([undefined + 1 if undefined > 1 else undefined for undefined in range(x)])
