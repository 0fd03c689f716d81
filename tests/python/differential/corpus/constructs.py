"""What Python has for calls, iteration and lists beside the plain loop."""

import numpy as np

from differential.case import case

VALUES = np.array([3.5, -1.0, 7.25, 0.0, 2.0])
BEYOND = {"numba": False, "why": "Numba has no generator expressions; px goes through them in its place"}
UNROLLED = {**BEYOND, "native": False}


@case((1,), numba=False, native=False, why="Numba goes through no empty tuple")
def star_parameter_left_out(first, *rest):
    total = first
    for x in rest:
        total = total + x
    return total, len(rest)


@case((1, 2), (1, 2.5, 3.5), (0.5, 1, 2, 3))
def star_parameter(first, *rest):
    total = first
    for x in rest:
        total = total + x
    return total, len(rest)


def weighted(scale, *parts):
    return scale * parts[0] + len(parts)


@case(2, -3)
def star_parameter_of_a_callee(n):
    return weighted(n, 1.5, 2, 3)


@case(VALUES, VALUES[:0], **BEYOND)
def sum_of_generator(a):
    return sum(x * x for x in a), sum((i for i in range(a.size) if i % 2), 5)


@case(VALUES, VALUES[:0], **UNROLLED)
def any_and_all_of_generator(a):
    return any(x > 3 for x in a), all(x > -2 for x in a), any(x > 100 for x in a if x < 3)


@case((VALUES, 4), (VALUES, 9), **UNROLLED)
def any_stops_at_the_first(a, n):
    return any(a[i] > 5 for i in range(n))


@case(VALUES, **BEYOND)
def lists_of_generators(a):
    return max(x * x for x in a), min(-x for x in a), sorted(x - 1 for x in a), list(x + 1 for x in a)


@case((3,), (2.5,), (np.zeros(2),))
def is_instance(x):
    if isinstance(x, int):
        return 1
    if isinstance(x, (float, bool)):
        return 2 if isinstance(x, float) else 3
    return 4


@case(VALUES)
def iterators(a):
    it = iter(a)
    first = next(it)
    same = it
    second = next(same)
    total = 0.0
    for x in it:
        total = total * 2 + x
    return first, second, total


@case([5, 1, 3], [1, 5], [2])
def extremes_of_list(x):
    return min(x), max(x)


@case(VALUES)
def extremes_of_array(a):
    return min(a), max(a), max(range(a.size))


@case(([1, 2], [1, 2]), ([1, 2], [1, 3]), ([1], [1, 0]), ([2], [1, 5]), ([1, 2, 3], [1, 2]))
def compared_lists(a, b):
    return a == b, a != b, a < b, a <= b, a > b, a >= b


@case(2, 5)
def starred_list(n):
    inner = [n, 3]
    return [*inner, 7, *inner, *range(n)]


@case([4, 5], [7, 8])
def unpacked_list(x):
    a, b = x
    return a * 10 + b


@case([1, 2, 3], [1])
def unpacked_too_many(x):
    a, b = x
    return a * 10 + b


@case([3, 1, 2, 11, 5], [7])
def sorted_by_key(x):
    x.sort(key=lambda v: v % 3)
    pairs = [(v, -v) for v in x]
    by_second = sorted(pairs, key=lambda p: p[1])
    return x, by_second, sorted(x, key=lambda v: v % 4, reverse=True)


@case((VALUES, VALUES), numba=False, why="Numba takes out by position alone")
def out_by_keyword(a, b):
    made = np.empty_like(a)
    np.add(a, b, out=made)
    np.negative(made, out=made)
    return made


@case(1, 4)
def slice_objects(n):
    part, tail = slice(n), slice(n, None)
    return np.arange(6)[part], np.arange(6)[tail]


@case(0, 5, numba=False, native=False, why="Numba does not reverse ranges")
def reversed_range(n):
    total = 0
    for i in reversed(range(1, n, 2)):
        total = total * 10 + i
    return total


@case([1, 2, 3], [5])
def list_handed_in(x):
    x.append(4)
    x[0] = 9
    y = x
    y.append(1)
    return len(x)


@case([1.5, 2.5])
def list_handed_back(x):
    x.append(0.5)
    return x


@case(3, 0)
def lists_within(n):
    return [[i + j for j in range(i)] for i in range(1, n + 1)], (n, [float(n)])


@case(-3, numba=False, why="Numba's dispatcher words the text")
def text_with_values(n):
    if n < 0:
        raise ValueError(f"bad {n}: {n + 1}")
    return n


def tripled(x):
    return 3 * x


def odd(x):
    return x % 2 == 1


@case(np.arange(6))
def mapped_in_loops(a):
    total = 0
    for x in map(tripled, a):
        total += x
    for x in filter(odd, range(total)):
        if x > 7:
            break
        total += 100 * x
    else:
        total = -1
    return total


@case(np.arange(6), **BEYOND)
def mapped_in_place(a):
    return (
        sum(map(tripled, a)),
        list(map(tripled, range(4)))[2],
        sum(filter(odd, a)),
        list(filter(None, (3, 0, 5)))[1],
        sum(map(max, a, range(3, 9))),
    )


def named_and_more(a=5, *rest):
    return a, rest


@case((1, 2.5, (3, 4)))
def star_by_keyword_and_tuple(x, y, t):
    return named_and_more(a=x), named_and_more(), named_and_more(x, y, 7), named_and_more(y, *t), named_and_more(*t)
