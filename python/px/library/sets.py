"""NumPy's functions of arrays as sets and rows of elements: joining, taking out, comparing."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.filling import alone, filled_with
from px.library.registry import stands_for


@jit
def flat(a):
    if isinstance(a, np.ndarray):
        if a.ndim == 0:
            return filled_with(1, a[()])
        return np.ravel(a)
    if isinstance(a, (tuple, list)):
        return np.ravel(np.array(a))
    return filled_with(1, a)


@stands_for("numpy.append", tests="np.append(np.array((x, y)), x); np.append(x, y)")
def append(arr, values, axis=None):
    """Two arrays joined, in one dimension without an axis."""
    if axis is None:
        return np.concatenate((flat(arr), flat(values)))
    return np.concatenate((arr, values), axis)


@stands_for("numpy.delete", tests="np.delete(np.array((x, y, x)), 1)")
def delete(arr, obj):
    """The elements without some."""
    line = np.ravel(arr)
    n = len(line)
    keep = np.ones(n, np.bool_)
    if isinstance(obj, (np.ndarray, list)):
        for k in obj:
            keep[k] = False
        return line[keep]
    at = int(obj)
    if at < -n or at >= n:
        raise IndexError("obj must be less than the len(arr)")
    keep[at] = False
    return line[keep]


@stands_for("numpy.insert", tests="np.insert(np.array((x, y, x)), 1, x)")
def insert(arr, obj, values, axis=None):
    """The elements with some more before a place."""
    if axis is not None or isinstance(obj, (np.ndarray, list)):
        return np.nothing_fits(arr)
    line = np.ravel(arr)
    n = len(line)
    at = int(obj)
    if at < -n or at > n:
        raise IndexError("index is out of bounds for the given array size")
    if at < 0:
        at += n
    more = flat(values)
    out = np.empty(n + len(more), arr.dtype)
    for k in range(at):
        out[k] = line[k]
    for k in range(len(more)):
        out[at + k] = more[k]
    for k in range(at, n):
        out[len(more) + k] = line[k]
    return out


@stands_for("numpy.extract", tests="np.extract(np.array((True, False)), np.array((x, y))); np.extract(1, x)")
def extract(condition, arr):
    """The elements where a condition is true."""
    chosen, line = flat(condition), flat(arr)
    if len(line) == 0:
        raise ValueError("Cannot extract from an empty array")
    for k in range(len(line), len(chosen)):
        if chosen[k]:
            raise ValueError("condition shape inconsistent with arr shape")
    count = 0
    for k in range(min(len(line), len(chosen))):
        if chosen[k]:
            count += 1
    out = np.empty(count, line.dtype)
    at = 0
    for k in range(min(len(line), len(chosen))):
        if chosen[k]:
            out[at] = line[k]
            at += 1
    return out


@stands_for("numpy.array_equal", tests="np.array_equal(np.array((x, y)), np.array((x, y))); np.array_equal(x, y)")
def array_equal(a1, a2):
    """Whether two arrays have one shape and equal elements."""
    if isinstance(a1, np.ndarray) and isinstance(a2, np.ndarray):
        if a1.ndim != a2.ndim:
            return False
        if a1.shape != a2.shape:
            return False
        for index, value in np.ndenumerate(a1):
            if value != a2[index]:
                return False
        return True
    if isinstance(a1, (np.ndarray, tuple, list)) or isinstance(a2, (np.ndarray, tuple, list)):
        return np.nothing_fits(a1)
    return a1 == a2


@stands_for("numpy.union1d", tests="np.union1d(np.array((x, y)), np.array((x, x)))")
def union1d(ar1, ar2):
    """What is in either, sorted."""
    return np.unique(np.concatenate((flat(ar1), flat(ar2))))


@jit
def contains(line, value):
    for k in range(len(line)):
        if line[k] == value:
            return True
    return False


@jit
def those(candidates, others, inside):
    count = 0
    for k in range(len(candidates)):
        if contains(others, candidates[k]) == inside:
            count += 1
    out = np.empty(count, candidates.dtype)
    at = 0
    for k in range(len(candidates)):
        if contains(others, candidates[k]) == inside:
            out[at] = candidates[k]
            at += 1
    return out


@stands_for("numpy.intersect1d", tests="np.intersect1d(np.array((x, y)), np.array((x, x)))")
def intersect1d(ar1, ar2, assume_unique=False):
    """What is in both, sorted."""
    first, second = flat(ar1), flat(ar2)
    both = np.sort(np.concatenate((np.unique(first), np.unique(second))))
    count = 0
    for k in range(len(both) - 1):
        if both[k] == both[k + 1]:
            count += 1
    out = np.empty(count, both.dtype)
    at = 0
    for k in range(len(both) - 1):
        if both[k] == both[k + 1]:
            out[at] = both[k]
            at += 1
    return out


@stands_for("numpy.setxor1d", tests="np.setxor1d(np.array((x, y)), np.array((x, x)))")
def setxor1d(ar1, ar2, assume_unique=False):
    """What is in one alone, sorted."""
    first, second = np.unique(flat(ar1)), np.unique(flat(ar2))
    both = np.concatenate((first, second))
    if len(both) == 0:
        return both
    both = np.sort(both)
    count = 0
    for k in range(len(both)):
        if not (k > 0 and both[k] == both[k - 1]) and not (k + 1 < len(both) and both[k] == both[k + 1]):
            count += 1
    out = np.empty(count, both.dtype)
    at = 0
    for k in range(len(both)):
        if not (k > 0 and both[k] == both[k - 1]) and not (k + 1 < len(both) and both[k] == both[k + 1]):
            out[at] = both[k]
            at += 1
    return out


@stands_for("numpy.setdiff1d", tests="np.setdiff1d(np.array((x, y)), np.array((x, x)))")
def setdiff1d(ar1, ar2, assume_unique=False):
    """What is in the first alone, sorted."""
    if assume_unique:
        return those(flat(ar1), flat(ar2), False)
    return those(np.unique(flat(ar1)), flat(ar2), False)


@stands_for("numpy.isin", tests="np.isin(np.array((x, y)), np.array((x, x)))")
def isin(element, test_elements, assume_unique=False, invert=False):
    """Which elements are among others."""
    others = flat(test_elements)
    if isinstance(element, np.ndarray):
        out = np.empty(element.shape, np.bool_)
        for index, value in np.ndenumerate(element):
            out[index] = contains(others, value) != invert
        return out
    return alone(contains(others, element) != invert)


@stands_for("numpy.ediff1d", tests="np.ediff1d(np.array((x, y, x)))")
def ediff1d(ary, to_end=None, to_begin=None):
    """The differences of neighbours, with some more before and after."""
    middle = flat(ary)
    before = 0
    after = 0
    if to_begin is not None:
        before = len(flat(to_begin))
    if to_end is not None:
        after = len(flat(to_end))
    count = max(0, len(middle) - 1)
    out = np.empty(before + count + after, middle.dtype)
    if to_begin is not None:
        first = flat(to_begin)
        for k in range(before):
            out[k] = first[k]
    for k in range(count):
        out[before + k] = middle[k + 1] - middle[k]
    if to_end is not None:
        last = flat(to_end)
        for k in range(after):
            out[before + count + k] = last[k]
    return out


@stands_for("numpy.repeat", "array.repeat")
def repeat(a, repeats):
    """Each element several times."""
    if isinstance(repeats, (np.ndarray, tuple, list)):
        counts = flat(repeats)
        line = flat(a)
        if len(counts) != len(line):
            if len(counts) != 1:
                raise ValueError("operands could not be broadcast together")
        total = 0
        for k in range(len(line)):
            total += counts[k if len(counts) > 1 else 0]
        out = np.empty(total, line.dtype)
        at = 0
        for k in range(len(line)):
            for _ in range(counts[k if len(counts) > 1 else 0]):
                out[at] = line[k]
                at += 1
        return out
    if repeats < 0:
        raise ValueError("negative dimensions not allowed")
    if isinstance(a, np.ndarray):
        if a.ndim == 0:
            return filled_with(int(repeats), a[()])
        return np.nothing_fits(a)
    if isinstance(a, (tuple, list)):
        return np.repeat(np.array(a), repeats)
    return filled_with(int(repeats), a)


@stands_for("numpy.roll")
def roll(a, shift):
    """A number has nowhere to go."""
    if isinstance(a, np.ndarray):
        return np.nothing_fits(a)
    return alone(a)


@stands_for("tuple.index", tests="(1, 2, 3).index(2)")
def tuple_index(tup, value):
    """Where a value stands first in a tuple of one type."""
    for i in range(len(tup)):
        if tup[i] == value:
            return i
    raise ValueError("tuple.index(x): x not in tuple")
