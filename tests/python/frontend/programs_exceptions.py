"""`try` in all its forms, and the ways out of it."""

# ruff: noqa
# fmt: off
from __future__ import annotations

from cases import case
from traced import note


@case(0, 2)
def caught(x):
    y = 0
    try:
        y = 1
        y = 10 // x
        y += note(1)
    except Exception:
        y = y + 100
    else:
        y = y + 1000
    return y

@case(0, 2)
def bare(x):
    try:
        return 1 // x
    except:
        note("caught")
    return -1

@case(0, 2)
def raised_again(x):
    try:
        return 10 // x
    except Exception:
        note("caught")
        raise

@case(0, 2)
def with_finally(x):
    try:
        y = 10 // x
    finally:
        note("done")
    return y

@case(0, 2, 5)
def returns_through_finally(x):
    try:
        try:
            if x == 2:
                return x
            y = 1 // x
        finally:
            x = 7
            note(x)
    except Exception:
        return -x
    finally:
        note("out")
    return y

@case(0, 1, 2, 3)
def loops(x):
    total = 0
    for i in range(4):
        try:
            if i == x:
                continue
            if i > x + 1:
                break
            total += 6 // (i - 1)
        except Exception:
            total += 100
        finally:
            total += 1000
    return total

@case(0, 1, 2)
def nested(x):
    try:
        try:
            if x == 0:
                raise ValueError("first", x)
            return (1, 2)[x]
        except Exception:
            try:
                1 // 0
            except Exception:
                note("inner")
            raise
    except Exception:
        note("outer")
        raise

@case(0)
def in_the_handler(x):
    try:
        x[0]
    except Exception:
        return 1 // x

@case(3, 0)
def handler_of_a_loop(x):
    try:
        for i in range(x):
            note(6 // (2 - i))
    except Exception:
        return i
    return "no error"
