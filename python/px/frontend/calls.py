"""Calls."""

from __future__ import annotations

import ast

from px.frontend.advice import advice_for
from px.frontend.builder import Builder
from px.frontend.lowering import attribute_line, expression, values
from px.frontend.opcodes import CALL, CALL_KW


@expression(ast.Call)
def call(b: Builder, node: ast.Call, into: int | None) -> int:
    """`f(x, key=y)`."""
    for argument in node.args:
        if type(argument) is ast.Starred:
            raise b.unsupported(argument, *advice_for(argument))
    for keyword in node.keywords:
        if keyword.arg is None:
            raise b.unsupported(keyword.value, "`**` in a call", "write the keywords out")
    function, *arguments = values(b, (node.func, *node.args, *(keyword.value for keyword in node.keywords)))
    register = b.temporary() if into is None else into
    line = attribute_line(node.func) if type(node.func) is ast.Attribute else node.lineno
    if node.keywords:
        names = b.constant_index(tuple(keyword.arg for keyword in node.keywords))
        b.emit_at(CALL_KW, line, register, function, names, len(arguments), *arguments)
    else:
        b.emit_at(CALL, line, register, function, len(arguments), *arguments)
    return register
