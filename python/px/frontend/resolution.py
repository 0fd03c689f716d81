"""What a global path of px code means now: closure cell, then globals, then builtins, then attributes of modules."""

from __future__ import annotations

from types import FunctionType

from px.errors import PxError

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

MISSING: Any = object()


class UnresolvedError(PxError, NameError):
    """A name that a px function reads is nowhere: not in its closure, its module or the built-ins."""


def lookup(function: FunctionType, name: str) -> Any:
    """The value of a single name, or `MISSING`. An empty closure cell is missing too: Python never looks further than it."""
    free = function.__code__.co_freevars
    if name in free:
        try:
            return function.__closure__[free.index(name)].cell_contents  # type: ignore[index]
        except ValueError:
            return MISSING
    value = function.__globals__.get(name, MISSING)
    if value is not MISSING:
        return value
    return function.__builtins__.get(name, MISSING)


def resolve(function: FunctionType, path: str) -> Any:
    """The object at a dotted path of `Code.globals`.

    Raises `UnresolvedError` if the name or an attribute is missing. Main thread only.
    """
    name, *attributes = path.split(".")
    value = lookup(function, name)
    if value is MISSING:
        where = function.__code__
        empty = name in where.co_freevars
        what = f"the variable {name!r} of the enclosing function has no value yet" if empty else f"name {name!r} is not defined"
        raise UnresolvedError(f"{where.co_filename}:{where.co_firstlineno}: {what} (in {where.co_qualname})", name=name)
    for attribute in attributes:
        found = getattr(value, attribute, MISSING)
        if found is MISSING:
            where = function.__code__
            module = getattr(value, "__name__", "?")
            what = f"module {module!r} has no attribute {attribute!r}"
            raise UnresolvedError(f"{where.co_filename}:{where.co_firstlineno}: {what} (in {where.co_qualname})", name=path)
        value = found
    return value
