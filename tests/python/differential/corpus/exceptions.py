"""try, except, else, finally; exceptions raised again; the texts of exceptions."""

import numpy as np

from differential.case import case

NOT_NUMBA = {"numba": False, "why": "Numba does not raise again, and words other exceptions otherwise; px's compile service does"}


@case(0, 2, 5)
def keeps_what_was_assigned(x):
    y = 1.5
    try:
        y = 2.5
        y = 10 // x + 0.5
        y += 1
    except Exception:
        y = -y
    return y


@case((np.array([1.0, 2.0]), 1), (np.array([1.0, 2.0]), 2))
def element_out_of_bounds(a, k):
    v = 7.0
    try:
        v = a[k]
    except:  # noqa: E722
        return v, -1
    else:
        v += 1
    return v, 1


def fails(x):
    if x > 2:
        raise ValueError("too large", x)
    return 6 // x


@case(0, 1, 3)
def in_a_callee(x):
    total = 0
    for i in range(3):
        try:
            total += fails(x + i)
        except Exception:
            total += 100
    return total


@case(0, 1, 3, **NOT_NUMBA)
def raised_again(x):
    try:
        return fails(x)
    except Exception:
        x += 1
        raise


@case(0, 1, 3, **NOT_NUMBA)
def raised_in_the_handler(x):
    try:
        return fails(x)
    except Exception:
        raise KeyError("other", x)


@case(0, 1, 3, **NOT_NUMBA)
def cleans_up(x):
    a = np.zeros(2)
    for k in range(2):
        try:
            a[k] = fails(x + k)
            if x == 1:
                continue
            a[k] += 10
        finally:
            a[k] += 100
    return a[0], a[1]


@case(0, 1, 2, **NOT_NUMBA)
def nested(x):
    kept = 0
    try:
        try:
            kept = fails(x)
            if kept == 6:
                return kept
            raise IndexError("six")
        except Exception:
            try:
                kept += fails(0)
            except Exception:
                kept += 50
            raise
    except Exception:
        return kept
    finally:
        kept = 1000


@case(4)
def counts(n):
    caught = 0
    for i in range(-n, n):
        try:
            if 12 % i == 0:
                continue
            caught += 1
        except Exception:
            caught += 100
    return caught


@case((3, 2.5), numba=False, native=False, why="Numba has no formats")
def says_what(n, x):
    if n > 2:
        raise ValueError(f"{n} is {x:.3f} {{too}} large")
    return n


@case(3, -1)
def says_which(n):
    if n < 0:
        raise ValueError(f"bad {n}")
    return n


@case((np.arange(5.0), 1), (np.arange(5.0), 9), **NOT_NUMBA)
def written_by_finally(a, i):
    stage = 0
    try:
        stage = 1
        x = a[i]
        stage = 2
    finally:
        a[0] = stage
    return x + stage


@case((np.arange(4), 2), (np.arange(4), 0), **NOT_NUMBA)
def finally_in_a_loop(a, i):
    total = 0
    for k in range(3):
        try:
            total += 1
            try:
                total += a[i + k]
            finally:
                a[0] += 1
            total += 10
        except Exception:
            total += 1000
            continue
    return total, a[0]


@case(1, 4, -1)
def raised_and_caught_here(x):
    try:
        if x > 3:
            raise ValueError("too large", x)
        x += 10 // (x + 1)
    except Exception:
        x = -x
    else:
        x *= 2
    return x


@case(0, 3, 9, **NOT_NUMBA)
def raised_again_out_of_a_loop(x):
    tries = 0
    for k in range(4):
        try:
            tries += fails(x + k - 3)
        except Exception:
            tries += 100
            if tries > 150:
                raise
    return tries


@case(1, 2)
def nothing_to_raise_again(x):
    if x > 1:
        raise
    return x


@case((6, 2), (6, 0), numba=False, why="Numba drops what is not used where there is a comprehension, and its error")
def error_of_what_is_not_used(n, d):
    _unused = (n // d, 0.5)
    return [x * 2 for x in range(n)][1]


@case((6, 2), (6, 9), numba=False, why="as above")
def index_of_what_is_not_used(n, i):
    items = np.arange(n)
    _unused = items[i]
    return [x * 2 for x in range(n)][1]
