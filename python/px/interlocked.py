"""`px.interlocked`: the only things that contexts may write together. Each operation is one atomic step, here and in px functions.

    hits = px.interlocked.Int64()

    @px.jit
    def count(i, x, histogram):
        if x[i] > 0.5:
            hits.add(1)
        px.interlocked.add(histogram, int(x[i] * 10), 1)

`Int64`, `UInt64`, `Float64` hold one number each, in a cache line of its own: `.value`, and `.add`, `.sub`, `.max`, `.min`, `.exchange`,
`.compare_exchange(expected, desired)`, which return the value before. Integers wrap. `add`, `max` and `min` do the same to an element of an
array. A `List` takes numbers, booleans, None and tuples of them in contexts (`.push`), and is read on the main thread.
"""

from __future__ import annotations

from px import _px

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Float64", "Int64", "List", "UInt64", "add", "max", "min"]

Int64 = _px.Int64
UInt64 = _px.UInt64
Float64 = _px.Float64
List = _px.List

_elements: dict[str, Any] = {}


def _element(name: str) -> Any:
    """The px function that does for the main thread what `name` does in a px function."""
    if not _elements:
        from px.jit import jit

        def _add(array: Any, index: Any, value: Any) -> Any:
            return add(array, index, value)

        def _max(array: Any, index: Any, value: Any) -> Any:
            return max(array, index, value)

        def _min(array: Any, index: Any, value: Any) -> Any:
            return min(array, index, value)

        _elements.update(add=jit(_add), max=jit(_max), min=jit(_min))
    return _elements[name]


def add(array: Any, index: Any, value: Any) -> Any:
    """`array[index] += value` in one atomic step; returns the element before.

    array: of numbers, writable. index: an integer, or a tuple of one integer an axis. value: a number, whole for integers (which wrap).
    Raises `IndexError`, `px.TypingError`, `px.ProtectionError` for an array that may not be written.
    """
    return _element("add")(array, index, value)


def max(array: Any, index: Any, value: Any) -> Any:
    """`array[index] = max(array[index], value)` in one atomic step; see `add`. A NaN that is there stays, one that comes is dropped."""
    return _element("max")(array, index, value)


def min(array: Any, index: Any, value: Any) -> Any:
    """`array[index] = min(array[index], value)` in one atomic step; see `max`."""
    return _element("min")(array, index, value)
