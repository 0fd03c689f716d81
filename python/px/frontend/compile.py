"""`compile_function`: from a live Python function to px code."""

from __future__ import annotations

import ast
from types import FunctionType, MethodType

from px.errors import UnsupportedError

# The themed files register what they lower.
from px.frontend import calls, control, expressions, snapshots, statements, subscripts  # noqa: F401
from px.frontend.builder import Builder, unsupported
from px.frontend.code import NO_DEFAULT, Code
from px.frontend.find import Found, find
from px.frontend.lowering import execute, value
from px.frontend.opcodes import RET
from px.frontend.render import render

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

_VARARGS, _VARKEYWORDS = 0x04, 0x08
_FLAVOURS = {
    0x20: ("a generator function", "fill an array or a list and return it"),
    0x80: ("an async function", "write a plain function; contexts run beside the main thread as it is"),
    0x200: ("an async generator", "fill an array or a list and return it"),
    _VARARGS: ("a `*args` parameter", "name the parameters, or pass a tuple"),
    _VARKEYWORDS: ("a `**kwargs` parameter", "name the parameters"),
}


def compile_function(function: FunctionType, source: str | None = None, parallel: bool = False) -> Code:
    """Lower a Python function to px code.

    `source` is the text of a function made by `exec`: the whole text or the function alone. `parallel`: loops over prange become functions
    of their own. Raises `UnsupportedError` for a function
    without source, a source that is not (any more) that of the live function, and for what no tier runs. Main thread only.
    """
    if not isinstance(function, FunctionType):
        raise _no_python_function(function)
    code = function.__code__
    _check_signature(function)
    outlined = function.__dict__.get("__px_found__")  # a prange loop: its source is known
    found = outlined or find(function, source)
    children: dict[str, Any] = {}
    if parallel and "prange" in (*code.co_names, *code.co_freevars):
        from px.frontend.outline import outline

        children = outline(function, found, found.lines)
    b = Builder(function, code.co_filename, found.first_line, found.node.lineno, found.class_name)
    b.has_walrus = found.has_walrus
    b.children = children
    node = b.tree = found.node
    if isinstance(node, ast.Lambda):
        b.leave(RET, node.body, value(b, node.body))
    else:
        execute(b, node.body)
        if b.live:
            last = _last_line(node)
            b.leave(RET, last, b.constant(last, None))
    instructions = b.finish()
    return Code(
        name=code.co_name,
        qualified_name=code.co_qualname,
        module=function.__module__ or "",
        file=code.co_filename,
        first_line=found.first_line,
        source=function.__dict__["__px_text__"] if outlined else "" if children else render(found, function),
        parameters=_parameters(function, found),
        registers=b.registers,
        constants=b.constants,
        globals=b.globals,
        names=b.names,
        instructions=instructions,
        children=b.children,
    )


class _Line(ast.AST):
    """Only a place."""

    def __init__(self, lineno: int) -> None:
        super().__init__()
        self.lineno = lineno


def _last_line(node: ast.FunctionDef) -> ast.AST:
    """Where an implicit `return None` stands: the last statement."""
    return _Line(node.body[-1].lineno)


def _no_python_function(function: Any) -> UnsupportedError:
    name = getattr(function, "__qualname__", None) or repr(function)
    kind = type(function).__name__.replace("_", " ")
    if isinstance(function, MethodType):
        return UnsupportedError(
            f"px cannot compile {name}, a bound method; instead: pass its function and the values that it needs of the object"
        )
    return UnsupportedError(f"px cannot compile {name}, a {kind} without Python source; instead: write a Python function that does it")


def _check_signature(function: FunctionType) -> None:
    code = function.__code__
    for flag, (what, advice) in _FLAVOURS.items():
        if code.co_flags & flag:
            raise unsupported(code.co_filename, code.co_firstlineno, what, code.co_qualname, advice)
    if code.co_kwonlyargcount:
        what, advice = "a keyword-only parameter", "leave out the `*`; it can be given by keyword all the same"
        raise unsupported(code.co_filename, code.co_firstlineno, what, code.co_qualname, advice)


def _parameters(function: FunctionType, found: Found) -> list[tuple[str, Any]]:
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    required = len(names) - len(defaults)
    result: list[tuple[str, Any]] = [(name, NO_DEFAULT) for name in names[:required]]
    for name, default in zip(names[required:], defaults, strict=True):
        result.append((name, plain(default)))
        if result[-1][1] is NO_DEFAULT:
            what = f"a default of type {type(default).__name__} (parameter {name!r})"
            advice = "a number, text or None; pass anything else as an argument"
            raise unsupported(code.co_filename, found.first_line, what, code.co_qualname, advice)
    return result


def plain(value: Any) -> Any:
    """A default as a constant of px code, or `NO_DEFAULT` where there is none."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**64 else NO_DEFAULT
    if isinstance(value, float):  # np.float64 too
        return float(value)
    if type(value) is tuple:
        elements = tuple(map(plain, value))
        return NO_DEFAULT if NO_DEFAULT in elements else elements
    return NO_DEFAULT
