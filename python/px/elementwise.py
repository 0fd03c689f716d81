"""`numba.vectorize`d functions of arrays. Each maker takes the px function for numbers and one that makes the array for the results."""

from __future__ import annotations

import numpy as np

from px.jit import jit

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from typing import Any


@jit
def in_rows(shape: Any, dtype: Any) -> Any:
    """An array in C order."""
    return np.empty(shape, dtype)


@jit
def in_columns(shape: Any, dtype: Any) -> Any:
    """In Fortran order."""
    return np.empty(shape[::-1], dtype).T


@jit
def number(a: Any) -> Any:
    """A number, or what an array without dimensions holds."""
    return np.asarray(a)[()]


def of_one(f: Any, made: Any) -> Any:
    """Of one argument, an array."""

    def elementwise(a):  # type: ignore[no-untyped-def]
        if a.size == 0:
            return made(a.shape, np.array([f(a.flat[k]) for k in range(a.size)]).dtype)
        first = f(a.flat[0])
        out = made(a.shape, np.asarray(first).dtype)
        begun = False
        for index, x in np.ndenumerate(a):
            out[index] = f(x) if begun else first
            begun = True
        return out

    return elementwise


def of_two(f: Any, made: Any) -> Any:
    """Of two arguments, broadcast together."""

    def elementwise(a, b):  # type: ignore[no-untyped-def]
        shape = np.broadcast_shapes(np.shape(a), np.shape(b))
        u, v = np.broadcast_to(a, shape), np.broadcast_to(b, shape)
        if u.size == 0:
            return made(shape, np.array([f(u.flat[k], v.flat[k]) for k in range(u.size)]).dtype)
        first = f(u.flat[0], v.flat[0])
        out = made(shape, np.asarray(first).dtype)
        begun = False
        for index, x in np.ndenumerate(u):
            out[index] = f(x, v[index]) if begun else first
            begun = True
        return out

    return elementwise


def of_three(f: Any, made: Any) -> Any:
    """Of three arguments, broadcast together."""

    def elementwise(a, b, c):  # type: ignore[no-untyped-def]
        shape = np.broadcast_shapes(np.shape(a), np.shape(b), np.shape(c))
        u, v, w = np.broadcast_to(a, shape), np.broadcast_to(b, shape), np.broadcast_to(c, shape)
        if u.size == 0:
            return made(shape, np.array([f(u.flat[k], v.flat[k], w.flat[k]) for k in range(u.size)]).dtype)
        first = f(u.flat[0], v.flat[0], w.flat[0])
        out = made(shape, np.asarray(first).dtype)
        begun = False
        for index, x in np.ndenumerate(u):
            out[index] = f(x, v[index], w[index]) if begun else first
            begun = True
        return out

    return elementwise


def of_points(f: Any, count: int) -> Any:
    """Of numbers and arrays without dimensions, of which there is one at least: a number."""

    def one(a):  # type: ignore[no-untyped-def]
        return f(number(a))

    def two(a, b):  # type: ignore[no-untyped-def]
        return f(number(a), number(b))

    def three(a, b, c):  # type: ignore[no-untyped-def]
        return f(number(a), number(b), number(c))

    return (one, two, three)[count - 1]


def for_types(f: Any, types: list[Any]) -> Any:
    """The function for arguments of these Numba types: `f`, or one for the elements of arrays. `LookupError` for more than three then."""
    arrays = [t for t in types if type(t).__name__ == "Array"]
    if not arrays:
        return f
    if len(types) > 3:
        raise LookupError(len(types))
    if all(t.ndim == 0 for t in arrays):
        return jit(of_points(f, len(types)))
    # As Numba has it: in Fortran order where an array is, and none in C order.
    layouts = {t.layout for t in arrays}
    made = in_columns if "F" in layouts and "C" not in layouts else in_rows
    return jit((of_one, of_two, of_three)[len(types) - 1](f, made))
