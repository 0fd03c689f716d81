"""Arguments for functions that come without any: kinds of values by a short name, and which to try for how many parameters.

A kind has several values, so that each type signature is called more than once. A case is a function and one kind a parameter, written
`i f a1f`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

ROUNDS = 3  # calls of each case


def _cycled(*values: Any) -> Callable[[int], Any]:
    return lambda k: values[k % len(values)]


def _array(make: Callable[[int], np.ndarray]) -> Callable[[int], np.ndarray]:
    return make


def _grid(rows: int, columns: int, dtype: Any, k: int) -> np.ndarray:
    return ((np.arange(rows * columns).reshape(rows, columns) * 7 + 3 * k) % 11 - 2 * k).astype(dtype)


# Each value is made anew for each call: a function may change its arguments.
KINDS: dict[str, Callable[[int], Any]] = {
    "i": _cycled(3, -2, 11),
    "n": _cycled(4, 1, 6),  # a count
    "z": _cycled(0, 1, 2),  # an axis or an index
    "f": _cycled(2.5, -0.75, 0.125),
    "p": _cycled(0.5, 0.25, 0.875),  # a share
    "b": _cycled(True, False, True),
    "c": _cycled(1.5 - 2j, -0.5 + 0.25j, 3 + 0j),
    "i1": _cycled(np.int8(7), np.int8(-100), np.int8(2)),
    "i4": _cycled(np.int32(7), np.int32(-9), np.int32(2)),
    "u1": _cycled(np.uint8(200), np.uint8(3), np.uint8(0)),
    "u4": _cycled(np.uint32(5), np.uint32(4_000_000_000), np.uint32(1)),
    "u8": _cycled(np.uint64(2**63 + 5), np.uint64(3), np.uint64(1)),
    "f4": _cycled(np.float32(0.3), np.float32(-1.5), np.float32(4)),
    "c8": _cycled(np.complex64(0.5 - 1j), np.complex64(-2 + 0.25j), np.complex64(1)),
    "none": _cycled(None),
    "a1i": lambda k: np.array([3, 1, 2, 5, 4, 0]) + k,
    "a1f": lambda k: np.array([0.5, 1.5, -2.25, 4.0, 3.0, 0.75]) * (k + 1),
    "a1s": lambda k: np.array([0.5, 1.5, -2.25, 4.0, 3.0, 0.75, 9.0, -1.0])[:: k + 1] if k else np.linspace(0, 2, 8)[::2],
    "a1b": lambda k: np.array([True, False, True, True, False, False]) ^ bool(k % 2),
    "a1f4": lambda k: np.array([0.5, 1.5, -2.25, 4.0, 3.0, 0.75], np.float32) + np.float32(k),
    "a1i4": lambda k: np.array([3, 1, 2, 5, 4, 0], np.int32) + np.int32(k),
    "a1u1": lambda k: np.array([3, 1, 200, 5, 4, 0], np.uint8) + np.uint8(k),
    "a1c": lambda k: np.array([0.5 + 1j, 1.5, -2.25 - 3j, 4.0, 3.0j, 0.75]) * (k + 1),
    "a1x": lambda k: np.array([0, 2, 1][: 3 - k % 2]),  # indices
    "a2f": lambda k: _grid(3, 4, np.float64, k),
    "a2i": lambda k: _grid(3, 4, np.int64, k),
    "a2q": lambda k: _grid(3, 3, np.float64, k) + 9 * np.eye(3),  # square and regular
    "a2F": lambda k: np.asfortranarray(_grid(3, 4, np.float64, k)),
    "a3i": lambda k: np.arange(24).reshape(2, 3, 4) - k,
    "a1p": lambda k: np.linspace(0.05, 0.95 - 0.1 * k, 6),  # shares
    "a0f": lambda k: np.array(1.5 + k),
    "t2": _cycled((3, 4), (-1, 2), (7, 0)),
    "t2f": _cycled((3, 4.5), (-1, 2.25), (7, 0.5)),
    "t3": _cycled((3, 4, 5), (1, 2, 2), (2, 3, 1)),
    "tt": _cycled(((1, 2), 3.5), ((4, 5), 0.5), ((-1, 0), 2.0)),
    "ta": lambda k: (np.arange(3.0) + k, np.ones(3)),
    "li": lambda k: [3, 1, 2, 5, k],
    "lf": lambda k: [3.5, 1.0, -2.0, 5.25, float(k)],
    "s": _cycled("abc", "x y z", "Zürich"),
    "s2": _cycled("b", " ", "ü"),
    "si": lambda k: {1, 2, 3, 7 + k},
    "sl": _cycled(slice(1, 3), slice(None, None, 2), slice(-2, None)),
    "dt": _cycled(np.float64, np.float64, np.float64),
    "rec": lambda k: np.array([(1.5 + k, 2, True), (2.5, 3 + k, False)], [("a", "f8"), ("b", "i4"), ("c", "?")]),
}

_ONE = """i f c a1f a2f b i1 i4 u1 u4 u8 f4 c8 n a1i a1s a1b a1f4 a1i4
a1u1 a1c a2i a2q a2F a3i a0f none t2 t2f t3 tt ta li lf s si sl dt rec""".split()
_TWO = """i i|f f|i f|f i|c c|b b|i4 i4|u1 u1|u4 u4|u8 u8|i u8|f4 f4|f4 i|c f|c8 c8|i1 u1|a1f i|a1f z|a1i z|a2f z|a2f i|a2f t2
a1f f|a1f a1f
a1i a1i|a2f a2f|a1f a1i|a1i a1x|a1f a1x|a1f a1b|a1c c|a1c a1c|a2i a2i|a2q a2q|a2q a1f|a2f a1f|a1b a1b|a1f n|a2f n|a3i z|a1i i
a1i a1f|a1f a1s
a1f4 a1f4|a1i4 a1f|a1f p|t2 t2|t2 i|t3 z|t2f z|tt z|li i|li li|lf f|li z|i li|s i|s s2|s s|s2 s|si i|si si|i none|f none|none i|a1f none
i t2|n dt|t2 dt|a1f dt|a1i dt|a1f sl|i a1i|f a1f|n f|rec i|rec z|sl i|f t2|a2f t3|t3 t3|t2f t2f|ta z|s sl
li sl""".replace("\n", "|").split("|")
_THREE = """i i i|f f f|c c c|a1f a1f a1f|a2f a2f a2f|i f i|i i f|b i i|b f f|a1f i i|a1f z i|a1f z f|a1i z i|a2f z z|a2f i f
a1f a1f a1f|a1i a1i a1i|a2f a2f a2f|a1f a1f i
a1f a1f f|a1f f f|a1b a1f a1f|a1f i f|a2q a2q a2q|a2f a1f a1f|a1f a1i f|a1c c c|u1 u1 u1|f4 f4 f4|t2 t2 t2|li i i|li z i|s i i
s s2 s2|i i none
f f none|a1f a1x f|a1f none none|a1i i i|n f f|t2 f f|t3 z i|i t2 t2|f f n|a2f z i|a2f z f|a1f n n|s s2 i|a3i z z|a3i i i|rec i f
rec i i""".replace("\n", "|").split("|")
_FOUR = """i i i i|f f f f|i f f i|c c c c|a1f a1f a1f a1f|a2f z z f|a2f z z i|a1f i i i|a1f z i i|a2f i i i|a1f a1f f f
a1f f f f|a1f a1f a1f f
a1i a1i i i|i i f f|a3i i i i|s i i i|li i i i|f f n none|a1f a1f a1f none|a2f a2f a2f i|a1f a1f i i|s s2 i i|a1f i f f""".replace(
    "\n", "|"
).split("|")


def candidates(count: int) -> Iterator[tuple[str, ...]]:
    """The kinds to try for a function of `count` parameters, in this order."""
    tables = {0: [""], 1: _ONE, 2: _TWO, 3: _THREE, 4: _FOUR}
    if count in tables:
        yield from (tuple(row.split()) for row in tables[count])
        return
    for kinds in ("i", "f", "c", "a1f", "a1i", "a2f"):
        yield (kinds,) * count
    for first, rest in itertools.product(("a1f", "a2f", "i", "f"), ("i", "f", "z")):
        yield (first, *(rest,) * (count - 1))


def statistical(count: int) -> Iterator[tuple[str, ...]]:
    """The kinds to try for a distribution: what it is of and its parameters, or parameters, a size and a seed."""
    yield ("a1p", *("p",) * (count - 1))
    yield ("a1f", *("f",) * (count - 1))
    yield ("p",) * count
    if count == 1:
        yield ("i",)
    if count >= 2:
        yield ("a1p", "a1p", *("p",) * (count - 2))
        yield ("n", *("p",) * (count - 3), "n", "n")
        yield (*("p",) * (count - 2), "n", "n")


def values(kinds: tuple[str, ...], round_: int) -> tuple[Any, ...]:
    """Fresh arguments for one call."""
    return tuple(KINDS[kind](round_) for kind in kinds)
