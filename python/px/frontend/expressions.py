"""Names, constants, operators, displays and attributes."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from types import ModuleType

from px.frontend.builder import Builder, Label
from px.frontend.folding import NOT_CONSTANT, folded
from px.frontend.lowering import attribute_line, expression, hold, merge_register, settle, value, values
from px.frontend.opcodes import (
    BINARY,
    BINARY_OPERATORS,
    BUILD_LIST,
    BUILD_TUPLE,
    COMPARE,
    COMPARE_OPERATORS,
    GETATTR,
    GLOBAL,
    ITER,
    LIST_APPEND,
    UNARY,
    UNARY_OPERATORS,
)
from px.frontend.resolution import MISSING, lookup
from px.frontend.targets import assign_name

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any


@expression(ast.Constant)
def constant(b: Builder, node: ast.Constant, into: int | None) -> int:
    """A literal."""
    return b.constant(node, node.value, into)


@expression(ast.Name)
def name(b: Builder, node: ast.Name, into: int | None) -> int:
    """A variable, or a global."""
    register = b.variables.get(b.private(node.id))
    if register is None:
        if node.id == "__debug__":
            return b.constant(node, __debug__, into)
        return global_value(b, node, b.private(node.id), into)
    if into is None:
        return register
    b.move(node, into, register)
    return into


def global_value(b: Builder, node: ast.expr, path: str, into: int | None) -> int:
    """What a global path means."""
    register = b.temporary() if into is None else into
    b.emit(GLOBAL, node, register, b.global_index(path))
    return register


@expression(ast.Attribute)
def attribute(b: Builder, node: ast.Attribute, into: int | None) -> int:
    """`x.y`, or a global path where `x` is a module."""
    path = module_path(b, node)
    if path is not None:
        return global_value(b, node, path, into)
    base = value(b, node.value)
    register = b.temporary() if into is None else into
    b.emit_at(GETATTR, attribute_line(node), register, base, b.name_index(b.private(node.attr)))
    return register


def module_path(b: Builder, node: ast.Attribute) -> str | None:
    """The dotted path of an attribute chain whose every base is a module: `np.random.rand`."""
    attributes: list[str] = []
    base: ast.expr = node
    while type(base) is ast.Attribute:
        attributes.append(b.private(base.attr))
        base = base.value
    if type(base) is not ast.Name:
        return None
    path = b.private(base.id)
    if path in b.variables:
        return None
    found: Any = lookup(b.function, path)
    for attr in reversed(attributes):
        if not (isinstance(found, ModuleType) or _is_constant_of(found, attr)):
            return None
        path = f"{path}.{attr}"
        found = getattr(found, attr, MISSING)
    return path


def _is_constant_of(value: Any, attribute: str) -> bool:
    """Whether the attribute is a constant: a member of an Enum class, or a member's value or name."""
    if isinstance(value, type):
        return attribute in getattr(value, "__members__", ())
    return attribute in ("value", "name") and hasattr(type(value), "__members__")


def member_path(b: Builder, node: ast.Subscript) -> str | None:
    """The global path of an Enum's member by its name in brackets: `Color["red"]` is `Color.red`."""
    if not (isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) and node.slice.value.isidentifier()):
        return None
    named = ast.copy_location(ast.Attribute(node.value, node.slice.value, ast.Load()), node)
    path = module_path(b, named)
    if path is None:
        return None
    first, *attributes = path.split(".")
    holder = lookup(b.function, first)
    for attribute in attributes[:-1]:
        holder = getattr(holder, attribute)
    return path if isinstance(holder, type) else None


@expression(ast.BinOp)
def binary(b: Builder, node: ast.BinOp, into: int | None) -> int:
    """`x + y` and the like."""
    known = folded(node)
    if known is not NOT_CONSTANT:
        return b.constant(node, known, into)
    left = hold(b, node.left, (node.right,))
    right = value(b, node.right)
    register = b.temporary() if into is None else into
    b.emit(BINARY, node, register, BINARY_OPERATORS[type(node.op)], left, right)
    return register


@expression(ast.UnaryOp)
def unary(b: Builder, node: ast.UnaryOp, into: int | None) -> int:
    """`-x`, `+x`, `~x`, `not x`."""
    known = folded(node)
    if known is not NOT_CONSTANT:
        return b.constant(node, known, into)
    operand = value(b, node.operand)
    register = b.temporary() if into is None else into
    b.emit(UNARY, node, register, UNARY_OPERATORS[type(node.op)], operand)
    return register


@expression(ast.Compare)
def compare(b: Builder, node: ast.Compare, into: int | None) -> int:
    """The value of a comparison."""
    if len(node.ops) > 1:
        return _comparison_chain(b, node, into)
    left = hold(b, node.left, node.comparators)
    right = value(b, node.comparators[0])
    register = b.temporary() if into is None else into
    b.emit(COMPARE, node, register, COMPARE_OPERATORS[type(node.ops[0])], left, right)
    return register


def _comparison_chain(b: Builder, node: ast.Compare, into: int | None) -> int:
    result = merge_register(b, into)
    end = Label()
    left = hold(b, node.left, node.comparators[:1])
    last = len(node.ops) - 1
    for index, (operator, comparator) in enumerate(zip(node.ops, node.comparators, strict=True)):
        right = hold(b, comparator, node.comparators[index + 1 : index + 2])
        b.emit(COMPARE, node, result, COMPARE_OPERATORS[type(operator)], left, right)
        if index < last:
            more = Label()
            b.branch(node, result, more, end)
            b.bind(more)
        left = right
    b.bind(end)
    return settle(b, node, result, into)


@expression(ast.NamedExpr)
def walrus(b: Builder, node: ast.NamedExpr, into: int | None) -> int:
    """`(x := y)`."""
    target = b.variables[b.private(node.target.id)]
    assign_name(b, node.target, node.value)
    if into is None:
        return target
    b.move(node, into, target)
    return into


@expression(ast.Tuple)
def display_tuple(b: Builder, node: ast.Tuple, into: int | None) -> int:
    """`(x, y)`."""
    if any(type(element) is ast.Starred for element in node.elts):
        return joined(b, node, node.elts, into)
    return _display(b, node, BUILD_TUPLE, into)


def joined(b: Builder, node: ast.expr, elements: Sequence[ast.expr], into: int | None) -> int:
    """The tuple `(x, *y, z)`, made as `(x,) + y + (z,)`."""
    parts: list[int] = []
    run: list[int] = []

    def close() -> None:
        if run or not parts:
            parts.append(b.temporary())
            b.emit(BUILD_TUPLE, node, parts[-1], len(run), *run)
            run.clear()

    close()  # an empty tuple first: what is starred must be a tuple too
    for index, element in enumerate(elements):
        later = elements[index + 1 :]
        if type(element) is ast.Starred:
            if run:
                close()
            parts.append(hold(b, element.value, later))
        else:
            run.append(hold(b, element, later))
    if run:
        close()
    result = parts[0]
    for index, part in enumerate(parts[1:], 2):
        both = into if into is not None and index == len(parts) else b.temporary()
        b.emit(BINARY, node, both, BINARY_OPERATORS[ast.Add], result, part)
        result = both
    if into is not None and result != into:
        b.move(node, into, result)
        return into
    return result


@expression(ast.List)
def display_list(b: Builder, node: ast.List, into: int | None) -> int:
    """`[x, y]`."""
    if any(type(element) is ast.Starred for element in node.elts):
        return _extended(b, node, into)
    return _display(b, node, BUILD_LIST, into)


def _extended(b: Builder, node: ast.List, into: int | None) -> int:
    """`[x, *y]`: an empty list that all is put into, from left to right."""
    result = b.temporary()
    b.emit(BUILD_LIST, node, result, 0)
    for element in node.elts:
        if type(element) is not ast.Starred:
            b.emit(LIST_APPEND, element, result, value(b, element))
            continue
        iterator, item, header, done = b.temporary(), b.temporary(), Label(), Label()
        b.emit(ITER, element, iterator, value(b, element.value))
        b.bind(header)
        b.next(element, item, iterator, done)
        b.emit(LIST_APPEND, element, result, item)
        b.jump(element, header)
        b.bind(done)
    return settle(b, node, result, into)


def _display(b: Builder, node: ast.Tuple | ast.List, opcode: int, into: int | None) -> int:
    elements = values(b, node.elts)
    register = b.temporary() if into is None else into
    b.emit(opcode, node, register, len(elements), *elements)
    return register


@expression(ast.JoinedStr)
def f_string(b: Builder, node: ast.JoinedStr, into: int | None) -> int:
    """`f"…{x}…"` in a `raise` or an `assert`: a text that is put together on the main thread."""
    if not b.in_raise:
        raise b.unsupported(node, "an f-string", "return the values and format them on the main thread")
    pattern = "\1"
    parts: list[int] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            pattern += str(part.value).replace("{", "{{").replace("}", "}}")
            continue
        assert isinstance(part, ast.FormattedValue)
        spec = part.format_spec
        if spec is not None and not (isinstance(spec, ast.JoinedStr) and all(isinstance(v, ast.Constant) for v in spec.values)):
            raise b.unsupported(node, "an f-string with a computed format", "write the format out")
        conversion = f"!{chr(part.conversion)}" if part.conversion >= 0 else ""
        written = "".join(str(v.value) for v in spec.values) if spec is not None else ""  # type: ignore[attr-defined]
        pattern += f"{{{conversion}:{written}}}" if written else f"{{{conversion}}}"
        parts.append(value(b, part.value))
    values_, text = b.temporary(), b.constant(node, pattern)
    b.emit(BUILD_TUPLE, node, values_, len(parts), *parts)
    register = b.temporary() if into is None else into
    b.emit(BINARY, node, register, BINARY_OPERATORS[ast.Mod], text, values_)
    return register
