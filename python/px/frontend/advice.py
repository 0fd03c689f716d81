"""What px does not support, in words, and what to write instead."""

from __future__ import annotations

import ast

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

_FUNCTION = "define the function at module level, mark it with @px.jit and call it"
_LOOP = "write a for loop that fills an array or a list"

ADVICE: dict[str, tuple[str, str]] = {
    "AsyncFor": ("`async for`", "write a plain for loop"),
    "AsyncFunctionDef": ("an async function", _FUNCTION),
    "AsyncWith": ("`async with`", "do it on the main thread"),
    "Await": ("`await`", "return the value and let the main thread go on with it"),
    "ClassDef": ("a class definition inside a function", "pass the values as arguments or in a tuple"),
    "Dict": ("a dict display", "use an array or a tuple indexed by number"),
    "DictComp": ("a dict comprehension", "use an array indexed by number"),
    "GeneratorExp": (
        "a generator expression in this place",
        "sum, any, all, min, max, list and sorted take one; elsewhere a list comprehension",
    ),
    "Global": ("`global`", "return the value, or write into an array that is passed as an argument"),
    "Import": ("`import` inside a function", "import the module at the top of the file"),
    "ImportFrom": ("`import` inside a function", "import the name at the top of the file"),
    "Interpolation": ("a template string", "return the values and format them on the main thread"),
    "Match": ("`match`", "write if and elif"),
    "Nonlocal": ("`nonlocal`", "return the value, or write into an array that is passed as an argument"),
    "Set": ("a set display", "use a tuple, or a sorted array"),
    "SetComp": ("a set comprehension", _LOOP),
    "Starred": ("`*` in this place", "write the elements out"),
    "TemplateStr": ("a template string", "return the values and format them on the main thread"),
    "TryStar": ("`try … except*`", "test for the condition beforehand; exceptions reach the caller of the px function"),
    "TypeAlias": ("a `type` statement inside a function", "put it at module level"),
    "With": ("`with`", "open and close on the main thread, around the call"),
    "Yield": ("`yield`", "fill an array or a list and return it"),
    "YieldFrom": ("`yield from`", "fill an array or a list and return it"),
}


def advice_for(node: ast.AST | Any) -> tuple[str, str]:
    """Construct and way out, for an error message."""
    kind = type(node).__name__
    return ADVICE.get(kind, (f"this construct ({kind})", "write it with simpler statements"))
