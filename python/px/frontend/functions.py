"""The bodies of functions; functions and lambdas inside a function.

A nested function is px code of its own, whose first parameters are the variables that it captures: their values when it is defined. What it
reads of the module are the outer function's globals.
"""

from __future__ import annotations

import ast
from types import CodeType

from px.frontend.builder import Builder, Nested
from px.frontend.code import NO_DEFAULT, Code
from px.frontend.folding import NOT_CONSTANT, folded
from px.frontend.lowering import execute, expression, statement, value
from px.frontend.opcodes import MAKE_FUNCTION, RET

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

FunctionNode = ast.FunctionDef | ast.Lambda


class _Line(ast.AST):
    """Only a place."""

    def __init__(self, lineno: int) -> None:
        super().__init__()
        self.lineno = lineno


def lower_body(b: Builder, node: FunctionNode) -> None:
    """All of a function, down to its last `return`."""
    if isinstance(node, ast.Lambda):
        b.leave(RET, node.body, value(b, node.body))
        return
    execute(b, node.body)
    if b.live:
        last = _Line(node.body[-1].lineno)  # where an implicit `return None` stands
        b.leave(RET, last, b.constant(last, None))


@statement(ast.FunctionDef)
def nested_function(b: Builder, node: ast.FunctionDef) -> None:
    """`def` inside a function."""
    if node.decorator_list:
        raise b.unsupported(node.decorator_list[0], "a decorator inside a function", "leave it out, or define the function at module level")
    _make(b, node, node.name, b.variables[b.private(node.name)])


@expression(ast.Lambda)
def nested_lambda(b: Builder, node: ast.Lambda, into: int | None) -> int:
    """A lambda inside a function."""
    register = b.temporary() if into is None else into
    _make(b, node, "<lambda>", register)
    return register


def _make(b: Builder, node: FunctionNode, name: str, register: int) -> None:
    code = _code_of(b, node, name)
    _check(b, node, code)
    nested = Nested(code, b)
    line = b.first_line + node.lineno - b.origin
    inner = Builder(b.function, b.file, line, node.lineno, b.class_name, nested)
    inner.has_walrus = b.has_walrus
    inner.root = b.root
    inner.tree = node
    inner.children = b.children
    lower_body(inner, node)
    parameters: list[tuple[str, Any]] = [(n, NO_DEFAULT) for n in nested.captured]
    b.functions.append(
        Code(
            name=code.co_name,
            qualified_name=code.co_qualname,
            module=b.function.__module__ or "",
            file=b.file,
            first_line=line,
            source="",
            parameters=parameters + _parameters(b, node, code),
            registers=inner.registers,
            constants=inner.constants,
            globals=inner.globals,
            names=inner.names,
            instructions=inner.finish(),
            functions=inner.functions,
            captured=len(nested.captured),
        )
    )
    captured = [b.variables[n] for n in nested.captured]
    b.emit(MAKE_FUNCTION, node, register, len(b.functions) - 1, len(captured), *captured)


def _check(b: Builder, node: FunctionNode, code: CodeType) -> None:
    arguments = node.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        raise b.unsupported(node, "`*` among the parameters of a function inside a function", "name the parameters")
    if code.co_flags & 0x20:
        raise b.unsupported(node, "a generator inside a function", "fill an array or a list and return it")
    for name in code.co_freevars:
        if name not in b.variables:
            continue
        if isinstance(node, ast.FunctionDef) and name == b.private(node.name):
            raise b.unsupported(node, f"the function {name!r} inside a function, which calls itself", "define it at module level")
        for other in ast.walk(b.root):
            if _binds(b, other, name) and (other.lineno, other.col_offset) > (node.lineno, node.col_offset):  # type: ignore[attr-defined]
                what = f"the variable {name!r}, which a function inside this one reads and which is assigned after it"
                raise b.unsupported(other, what, "assign it before, or pass it as an argument")


def _binds(b: Builder, node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FunctionDef):
        return b.private(node.name) == name
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and b.private(node.id) == name


def _constant(node: ast.expr) -> Any:
    """The value of a number, a text, a tuple of such or arithmetic with them; `NOT_CONSTANT` for anything else."""
    if isinstance(node, ast.Tuple):
        values = tuple(map(_constant, node.elts))
        return NOT_CONSTANT if NOT_CONSTANT in values else values
    return node.value if isinstance(node, ast.Constant) else folded(node)


def _parameters(b: Builder, node: FunctionNode, code: CodeType) -> list[tuple[str, Any]]:
    names = code.co_varnames[: code.co_argcount]
    defaults = node.args.defaults
    required = len(names) - len(defaults)
    result: list[tuple[str, Any]] = [(name, NO_DEFAULT) for name in names[:required]]
    for name, default in zip(names[required:], defaults, strict=True):
        known = _constant(default)
        known = NO_DEFAULT if known is NOT_CONSTANT else plain(known)
        if known is NO_DEFAULT:
            raise b.unsupported(default, "a default that is no number or text", "pass it as an argument")
        result.append((name, known))
    return result


def _code_of(b: Builder, node: FunctionNode, name: str) -> CodeType:
    """The code object that Python made of a nested function: it knows which variables are captured."""
    line = b.first_line + node.lineno - b.origin
    found = [c for c in b.code_object.co_consts if isinstance(c, CodeType) and c.co_name == name and c.co_firstlineno == line]
    if len(found) > 1:
        columns = (node.col_offset, node.end_col_offset)
        found = [c for c in found if _columns(c, columns)] or found
    if not found:
        raise b.unsupported(node, "a function inside a comprehension", "define it before")
    return found[0]


def _columns(code: CodeType, within: tuple[int, int | None]) -> bool:
    """Whether all of a lambda's code stands between two columns."""
    for line, end_line, start, end in code.co_positions():
        if line != end_line or start is None or end is None or end <= start:
            continue
        if start < within[0] or (within[1] is not None and end > within[1]):
            return False
    return True


_ELEMENTS = {"bool", "float32", "float64", "complex64", "complex128", *(f"{sign}int{n}" for sign in ("", "u") for n in (8, 16, 32, 64))}


def element_name(value: Any) -> str:
    """The name of a number's class of NumPy's or of its dtype, "float32"; "" for anything else."""
    kind = value if isinstance(value, type) else type(value)
    if kind.__module__.partition(".")[0] != "numpy":
        return ""
    name = value.__name__.rstrip("_") if isinstance(value, type) else getattr(value, "name", "")
    return name if name in _ELEMENTS else ""


def plain(value: Any) -> Any:
    """A default as a constant of px code, or `NO_DEFAULT` where there is none."""
    if value is None or isinstance(value, bool | str) or element_name(value):
        return value
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**64 else NO_DEFAULT
    if isinstance(value, float):  # np.float64 too
        return float(value)
    if type(value) is tuple:
        elements = tuple(map(plain, value))
        return NO_DEFAULT if NO_DEFAULT in elements else elements
    return NO_DEFAULT
