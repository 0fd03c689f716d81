"""The front end: a Python function's source → px code.

`compile_function` finds the source of a live function, proves that it is the source of exactly that code, and lowers its `ast`
to the register code of `jit/code/opcodes.def`. `resolve` says what a global path of that code means now.
Nothing is imported until one of the names is used.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

    from px.frontend.code import NO_DEFAULT, Code
    from px.frontend.compile import compile_function
    from px.frontend.resolution import UnresolvedError, resolve

__all__ = ["NO_DEFAULT", "Code", "UnresolvedError", "compile_function", "resolve"]

_HOMES = {
    "NO_DEFAULT": "px.frontend.code",
    "Code": "px.frontend.code",
    "UnresolvedError": "px.frontend.resolution",
    "compile_function": "px.frontend.compile",
    "resolve": "px.frontend.resolution",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
