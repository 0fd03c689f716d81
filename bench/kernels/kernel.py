"""What a benchmark kernel is, and how two of its results are compared. Light to import: measured processes import it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Kernel(NamedTuple):
    """One entry of the registry. The file that defines it holds the functions as a user would write them, undecorated: a peer loads a
    fresh copy of the file and decorates them (see peers.py)."""

    name: str
    about: str  # one line for people
    functions: tuple[str, ...]  # callees first, the entry last; all of them are compiled
    sizes: dict[str, int]  # "full", "reduced" (CPython takes 0.1 to 0.3 s), "tiny" (next to no work)
    inputs: Callable[[int], tuple[Any, ...]]  # size → arguments, the same ones each time; no kernel changes its arguments
    verify: Callable[[tuple[Any, ...], Any], None]  # (arguments, result): AssertionError when the result is wrong
    tolerance: float = 0.0  # relative, between CPython, Numba and px; 0: the same bits
    power: float = 1.0  # a call's time grows with size to this power

    def size_for(self, seconds: float, reduced: float) -> int:
        """The size at which a call takes about so many seconds, `reduced` being what it takes at the reduced size; the full size at most
        where there is no more data."""
        size = round(self.sizes["reduced"] * (seconds / reduced) ** (1.0 / self.power))
        return min(size, self.sizes["full"]) if self.name == "knn" else max(size, 2)

    @property
    def entry(self) -> str:
        """The name of the function that is called."""
        return self.functions[-1]


def leaves(result: Any) -> list[np.ndarray]:
    """A result as a flat list of arrays: what is compared."""
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in leaves(part)]
    return [np.asarray(result)]


def digest(result: Any) -> list[float]:
    """A few numbers by which processes compare results without sending them: sizes and sums, plain and weighted by place."""
    numbers = []
    for leaf in leaves(result):
        flat = leaf.ravel().astype(np.float64)
        numbers += [float(flat.size), float(flat.sum()), float(flat @ np.linspace(0.0, 1.0, flat.size))]
    return numbers


def same_digest(a: list[float], b: list[float]) -> bool:
    """Sums that differ by rounding alone are the same."""
    return len(a) == len(b) and bool(np.allclose(a, b, rtol=1e-9, atol=0.0))


def difference(result: Any, reference: Any, tolerance: float) -> str | None:
    """What differs between two results, in one line; None when they agree. Same bits for tolerance 0, not-a-numbers included."""
    ours, theirs = leaves(result), leaves(reference)
    if len(ours) != len(theirs):
        return f"{len(ours)} values instead of {len(theirs)}"
    for number, (a, b) in enumerate(zip(ours, theirs)):
        if a.shape != b.shape or a.dtype.kind != b.dtype.kind:
            return f"value {number}: {a.dtype}{list(a.shape)} instead of {b.dtype}{list(b.shape)}"
        if tolerance and a.dtype.kind == "f":
            wrong = ~np.isclose(a, b, rtol=tolerance, atol=0.0, equal_nan=True)
        else:
            wrong = np.atleast_1d(a != b) & ~np.atleast_1d((a != a) & (b != b))
        if np.any(wrong):
            place = int(np.flatnonzero(wrong)[0])
            return f"value {number}, element {place}: {a.flat[place]!r} instead of {b.flat[place]!r}"
    return None
