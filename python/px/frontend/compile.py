"""`compile_function`: from a live Python function to px code."""

from __future__ import annotations

import ast
from types import CodeType, FunctionType, MethodType

from px.errors import UnsupportedError

# The themed files register what they lower.
from px.frontend import (  # noqa: F401
    calls,
    comprehensions,
    control,
    exceptions,
    expressions,
    functions,
    snapshots,
    statements,
    subscripts,
)
from px.frontend.builder import Builder, unsupported
from px.frontend.code import NO_DEFAULT, Code
from px.frontend.find import Found, find
from px.frontend.functions import lower_body, plain
from px.frontend.render import render

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_VARARGS, _VARKEYWORDS = 0x04, 0x08
_FLAVOURS = {
    0x20: ("a generator function", "fill an array or a list and return it"),
    0x80: ("an async function", "write a plain function; contexts run beside the main thread as it is"),
    0x200: ("an async generator", "fill an array or a list and return it"),
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
    if "objmode" in code.co_names and outlined is None:
        from px.frontend.object_mode import take_out

        take_out(function, found)
    children: dict[str, Any] = {}
    if parallel and "prange" in (*code.co_names, *code.co_freevars):
        from px.frontend.outline import outline

        children = outline(function, found, found.lines)
    b = Builder(function, code.co_filename, found.first_line, found.node.lineno, found.class_name)
    b.has_walrus = found.has_walrus
    b.children = children
    b.root = b.tree = found.node
    lower_body(b, found.node)
    instructions = b.finish()
    text = _source(function, found, b, b.children)
    parameters = _parameters(function, b)
    return Code(
        name=code.co_name,
        qualified_name=code.co_qualname,
        module=function.__module__ or "",
        file=code.co_filename,
        first_line=found.first_line,
        source=text,
        parameters=parameters,
        registers=b.registers,
        constants=b.constants,
        globals=b.globals,
        names=b.names,
        instructions=instructions,
        children=b.children,
        functions=b.functions,
        variadic=bool(code.co_flags & _VARARGS),
        keyword_only=code.co_kwonlyargcount,
    )


def _source(function: FunctionType, found: Found, b: Builder, children: dict[str, Any]) -> str:
    """The text for the compile service; "" where Numba must not have it."""
    if children:
        return ""
    with_defaults = [inner for inner in _inside(b.functions) if any(default is not NO_DEFAULT for _, default in inner.parameters)]
    if with_defaults and not _numba_takes_defaults(with_defaults, function, found):
        return ""
    text: str = function.__dict__.get("__px_text__") or render(found, function)
    return text


def _numba_takes_defaults(inner: list[Code], function: FunctionType, found: Found) -> bool:
    """Whether Numba's inlining gives functions inside this one their arguments: it puts all defaults behind those that are given by
    position, so that of several defaults either all or none must be left out, and names mean nothing.
    """
    local = _variables(function.__code__)
    nodes = list(ast.walk(found.node))
    assigned = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for call in nodes:
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in local:
            continue
        if call.keywords or any(isinstance(argument, ast.Starred) for argument in call.args):
            return False
        named = [each for each in inner if each.name == call.func.id] if call.func.id not in assigned else []
        for each in named or inner:
            given = len(call.args) + each.captured
            if sum(default is NO_DEFAULT for _, default in each.parameters) < given < len(each.parameters):
                return False
    return True


def _inside(codes: list[Code]) -> Iterator[Code]:
    """Functions and those inside them."""
    for code in codes:
        yield code
        yield from _inside(code.functions)


def _variables(code: CodeType) -> set[str]:
    """The local variables of a function and of those inside it."""
    inner = (_variables(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return {*code.co_varnames, *code.co_cellvars}.union(*inner)


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
    if code.co_kwonlyargcount and code.co_flags & _VARARGS:
        what, advice = "a keyword-only parameter after `*args`", "put it before; it can be given by keyword all the same"
        raise unsupported(code.co_filename, code.co_firstlineno, what, code.co_qualname, advice)


def _parameters(function: FunctionType, b: Builder) -> list[tuple[Any, ...]]:
    """(name, default), or (name, default, global) where the default is no constant: it is a global by a name that no program has."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    defaults = function.__defaults__ or ()
    given = dict(zip(names[code.co_argcount - len(defaults) : code.co_argcount], defaults, strict=True))
    given.update(function.__kwdefaults__ or {})
    result: list[tuple[Any, ...]] = []
    for name in names:
        default = given.get(name)
        constant = plain(default) if name in given else NO_DEFAULT
        if name in given and constant is NO_DEFAULT:
            path = f"<default of {name}>"
            b.children[path] = default
            result.append((name, default, b.global_index(path)))
        else:
            result.append((name, constant))
    if code.co_flags & _VARARGS:
        result.append((code.co_varnames[code.co_argcount], ()))
    return result
