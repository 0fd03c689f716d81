"""Quick sort by child contexts: a context parts its range in two, hands one side to a child and goes on with the other."""

from __future__ import annotations

import numpy as np

import px

from .program import Program, verify_sorted

ALONE = 1 << 16  # a range as short as this is sorted by one context: some milliseconds
FEW = 24  # so few are sorted by insertion


@px.jit(boundscheck=False)
def part(a, low, high):
    """Parts a[low:high] by a median of three: (i, j), where everything before j + 1 is at most what comes from i on."""
    x, y, z = a[low], a[(low + high) // 2], a[high - 1]
    pivot = max(min(x, y), min(max(x, y), z))
    i, j = low, high - 1
    while i <= j:
        while a[i] < pivot:
            i += 1
        while a[j] > pivot:
            j -= 1
        if i <= j:
            a[i], a[j] = a[j], a[i]
            i += 1
            j -= 1
    return i, j


@px.jit(boundscheck=False)
def sort_alone(a, low, high):
    """Sorts a[low:high]."""
    while high - low > FEW:
        i, j = part(a, low, high)
        # The shorter side by recursion, the longer one in this loop: the depth stays logarithmic.
        if j + 1 - low < high - i:
            sort_alone(a, low, j + 1)
            low = i
        else:
            sort_alone(a, i, high)
            high = j + 1
    for k in range(low + 1, high):
        x = a[k]
        at = k - 1
        while at >= low and a[at] > x:
            a[at + 1] = a[at]
            at -= 1
        a[at + 1] = x


@px.jit
def sort(a, low, high):
    """Sorts a[low:high], its parts by child contexts."""
    while high - low > ALONE:
        i, j = part(a, low, high)
        px.submit_work(sort, (a, low, j + 1))
        low = i
    sort_alone(a, low, high)


def inputs(size):
    return np.random.default_rng(1961).standard_normal(size)


def run(values):
    a = values.copy()
    px.submit_work(sort, (a, 0, len(a))).result()
    return a


PROGRAM = Program(
    "quick_sort",
    "random float64, in place, by child contexts",
    {"full": 10_000_000, "reduced": 2_000_000, "tiny": 3_000},
    inputs,
    run,
    verify_sorted,
)
