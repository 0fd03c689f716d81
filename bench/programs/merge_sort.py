"""Merge sort by child contexts: short ranges are sorted each by a context, and whichever context finishes the second of two neighbours has
them merged, in pieces, each by a child context of its own. Nobody waits: an interlocked count tells who comes second.

Pieces of a merge are found by where a place of the output lies in both inputs (its "merge path"), so that the last merge, of the whole
array, keeps all workers busy too. The ranges are a binary tree, numbered as a heap is: 1 is the whole, 2 and 3 its halves. What lies at an
even depth of the tree is sorted in `a`, at an odd one in `b`.
"""

from __future__ import annotations

import numpy as np

import px

from .program import Program, verify_sorted

LEAF = 1 << 15  # elements, about, that a context sorts by itself
ROUNDS = 10  # of merging in a leaf; even, so that it ends where it began
PIECE = 1 << 17  # elements of the output that a context merges at most


@px.jit(boundscheck=False)
def path(source, i, middle, j, right, taken):
    """How many of the first `taken` elements of source[i:middle] and source[j:right], merged, are of the former."""
    low, high = max(0, taken - (right - j)), min(taken, middle - i)
    while low < high:
        probe = (low + high) // 2
        if source[i + probe] <= source[j + taken - probe - 1]:
            low = probe + 1
        else:
            high = probe
    return low


@px.jit(boundscheck=False)
def merge_rest(source, target, i, middle, j, right, out):
    """Merges source[i:middle] and source[j:right] to target[out:]."""
    while i < middle and j < right:
        x, y = source[i], source[j]
        if x <= y:
            target[out] = x
            i += 1
        else:
            target[out] = y
            j += 1
        out += 1
    while i < middle:
        target[out] = source[i]
        i += 1
        out += 1
    while j < right:
        target[out] = source[j]
        j += 1
        out += 1


@px.jit(boundscheck=False)
def merge(source, target, i, middle, j, right, out):
    """The same for numbers that are no NaN, both halves of the output at once and without branches that depend on data: two chains of
    loads, neither of which waits for the other."""
    half = (middle - i + right - j) // 2
    of_first = path(source, i, middle, j, right, half)
    i_end, j_end = i + of_first, j + half - of_first
    p, q, put = i_end, j_end, out + half
    while True:
        steps = min(min(i_end - i, j_end - j), min(middle - p, right - q))
        if steps < 2:
            break
        for _ in range(steps):
            x, y = source[i], source[j]
            v, w = source[p], source[q]
            first, other = np.int64(x <= y), np.int64(v <= w)
            target[out] = min(x, y)
            target[put] = min(v, w)
            i += first
            j += 1 - first
            p += other
            q += 1 - other
            out += 1
            put += 1
    merge_rest(source, target, i, i_end, j, j_end, out)
    merge_rest(source, target, p, middle, q, right, put)


@px.jit(boundscheck=False)
def sort_leaf(source, spare, low, high):
    """Sorts source[low:high]: short runs by insertion, then rounds of merging there and back."""
    run = max(1, (high - low + (1 << ROUNDS) - 1) >> ROUNDS)
    for start in range(low, high, run):
        for k in range(start + 1, min(start + run, high)):
            x = source[k]
            at = k - 1
            while at >= start and source[at] > x:
                source[at + 1] = source[at]
                at -= 1
            source[at + 1] = x
    for _ in range(ROUNDS):
        for start in range(low, high, 2 * run):
            middle, stop = min(start + run, high), min(start + 2 * run, high)
            merge(source, spare, start, middle, middle, stop, start)
        source, spare = spare, source
        run *= 2


@px.jit
def bounds(node, n):
    """(depth, first element, end) of a range of the tree."""
    depth = 0
    while node >> (depth + 1) > 0:
        depth += 1
    place = node - (1 << depth)
    return depth, (n * place) >> depth, (n * (place + 1)) >> depth


@px.jit
def merge_piece(a, b, arrived, merged, node, piece, pieces):
    """A piece of the merge that makes `node`'s range; the last of them goes on to the range above."""
    depth, left, right = bounds(node, len(a))
    middle = bounds(2 * node, len(a))[2]
    source, target = (b, a) if depth % 2 == 0 else (a, b)
    begin, end = (right - left) * piece // pieces, (right - left) * (piece + 1) // pieces
    first, last = path(source, left, middle, middle, right, begin), path(source, left, middle, middle, right, end)
    merge(source, target, left + first, left + last, middle + begin - first, middle + end - last, left + begin)
    if px.interlocked.add(merged, node, 1) == pieces - 1:
        finished(a, b, arrived, merged, node)


@px.jit
def finished(a, b, arrived, merged, node):
    """`node`'s range is sorted: if its neighbour is too, both are merged."""
    above = node >> 1
    if above > 0 and px.interlocked.add(arrived, above, 1) == 1:
        _, left, right = bounds(above, len(a))
        pieces = max(1, (right - left) // PIECE)
        for piece in range(pieces):
            px.submit_work(merge_piece, (a, b, arrived, merged, above, piece, pieces))


@px.jit
def sort_range(i, a, b, arrived, merged):
    """Sorts the i-th of the leaves."""
    node = len(arrived) + i
    depth, low, high = bounds(node, len(a))
    if depth % 2 == 0:
        sort_leaf(a, b, low, high)
    else:
        for k in range(low, high):
            b[k] = a[k]
        sort_leaf(b, a, low, high)
    finished(a, b, arrived, merged, node)


def inputs(size):
    return np.random.default_rng(1945).standard_normal(size)


def run(values):
    a, b = values.copy(), np.empty_like(values)
    leaves = 1 << max(0, len(values) // LEAF - 1).bit_length()
    arrived, merged = np.zeros(leaves, np.int64), np.zeros(leaves, np.int64)
    px.parallel_for(sort_range, leaves, a, b, arrived, merged, chunksize=1)
    return a


PROGRAM = Program(
    "merge_sort",
    "random float64, by child contexts",
    {"full": 10_000_000, "reduced": 2_000_000, "tiny": 3_000},
    inputs,
    run,
    verify_sorted,
)
