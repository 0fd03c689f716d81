"""Indexing and slices."""

from __future__ import annotations

import ast

from px.frontend.builder import Builder
from px.frontend.expressions import global_value, member_path
from px.frontend.lowering import expression, hold, value
from px.frontend.opcodes import BUILD_SLICE, GETITEM


@expression(ast.Subscript)
def subscript(b: Builder, node: ast.Subscript, into: int | None) -> int:
    """`x[y]`, or a member of an Enum: `Color["red"]`."""
    path = member_path(b, node)
    if path is not None:
        return global_value(b, node, path, into)
    base = hold(b, node.value, (node.slice,))
    index = value(b, node.slice)
    register = b.temporary() if into is None else into
    b.emit(GETITEM, node, register, base, index)
    return register


@expression(ast.Slice)
def slice_(b: Builder, node: ast.Slice, into: int | None) -> int:
    """`x:y:z` in an index."""
    parts = (node.lower, node.upper, node.step)
    registers = []
    for index, part in enumerate(parts):
        if part is None:
            registers.append(b.constant(node, None))
        else:
            registers.append(hold(b, part, [later for later in parts[index + 1 :] if later is not None]))
    register = b.temporary() if into is None else into
    b.emit(BUILD_SLICE, node, register, *registers)
    return register
