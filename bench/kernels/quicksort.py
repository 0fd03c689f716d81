"""Quicksort in place: recursion, integers, data-dependent branches. The entry sorts a copy, so that each call does the same work."""

import numpy as np

from .kernel import Kernel


def sort_range(a, low, high):
    while low < high:
        pivot = a[(low + high) // 2]
        i = low
        j = high
        while i <= j:
            while a[i] < pivot:
                i += 1
            while a[j] > pivot:
                j -= 1
            if i <= j:
                a[i], a[j] = a[j], a[i]
                i += 1
                j -= 1
        # The shorter side by recursion, the longer one in this loop: the depth stays logarithmic.
        if j - low < high - i:
            sort_range(a, low, j)
            low = i
        else:
            sort_range(a, i, high)
            high = j


def quicksort(values):
    a = np.empty(values.shape[0], np.int64)
    for i in range(values.shape[0]):
        a[i] = values[i]
    sort_range(a, 0, a.shape[0] - 1)
    return a


def inputs(size):
    return (np.random.default_rng(1961).integers(-(2**40), 2**40, size),)


def verify(arguments, result):
    assert np.array_equal(result, np.sort(arguments[0])), "not sorted"


KERNEL = Kernel(
    "quicksort",
    "recursive, in place, of random integers",
    ("sort_range", "quicksort"),
    {"full": 200_000, "reduced": 15_000, "tiny": 1},
    inputs,
    verify,
    power=1.1,
)
