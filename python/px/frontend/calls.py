"""Calls."""

from __future__ import annotations

import ast

from px.frontend.builder import Builder
from px.frontend.comprehensions import generator_call
from px.frontend.expressions import joined
from px.frontend.lowering import attribute_line, expression, hold, values
from px.frontend.opcodes import CALL, CALL_KW, CALL_STAR


@expression(ast.Call)
def call(b: Builder, node: ast.Call, into: int | None) -> int:
    """`f(x, key=y)`."""
    starred = next((argument for argument in node.args if type(argument) is ast.Starred), None)
    if starred is not None:
        if node.keywords:
            raise b.unsupported(starred, "`*` and keywords in one call", "pass the keyword arguments by position")
        return _call_starred(b, node, into)
    if node.args and type(node.args[0]) in (ast.GeneratorExp, ast.Call):
        written = generator_call(b, node, into)
        if written is not None:
            return written
    for keyword in node.keywords:
        if keyword.arg is None:
            raise b.unsupported(keyword.value, "`**` in a call", "write the keywords out")
    function, *arguments = values(b, (node.func, *node.args, *(keyword.value for keyword in node.keywords)))
    register = b.temporary() if into is None else into
    line = _line(node)
    if node.keywords:
        names = b.constant_index(tuple(keyword.arg for keyword in node.keywords))
        b.emit_at(CALL_KW, line, register, function, names, len(arguments), *arguments)
    else:
        b.emit_at(CALL, line, register, function, len(arguments), *arguments)
    return register


def _call_starred(b: Builder, node: ast.Call, into: int | None) -> int:
    """`f(x, *y)`: the arguments as one tuple."""
    function = hold(b, node.func, node.args)
    arguments = joined(b, node, node.args, None)
    register = b.temporary() if into is None else into
    b.emit_at(CALL_STAR, _line(node), register, function, arguments)
    return register


def _line(node: ast.Call) -> int:
    return attribute_line(node.func) if type(node.func) is ast.Attribute else node.lineno
