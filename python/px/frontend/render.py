"""The source text of one function alone, for the compile service and for `px explain`.

Line k of the text is line k below the function's `def` (or `lambda`). The header is written afresh: no decorators, no annotations,
and defaults by value, since what they were computed from is not there when the text is executed. Comments and blank lines stay.
"""

from __future__ import annotations

import ast
import math
from types import FunctionType

from px.frontend.find import Found
from px.frontend.functions import element_name

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

LAMBDA_NAME = "_lambda_"  # in the text alone


def render(found: Found, function: FunctionType) -> str:
    """The text. It is "" where private names (`__x` in a class) keep it from being compiled alone."""
    node = found.node
    name = LAMBDA_NAME if isinstance(node, ast.Lambda) else node.name
    if found.class_name and _has_private_names(function):
        return ""
    body = node.body if isinstance(node, ast.Lambda) else node.body[0]
    lead = body.lineno - node.lineno
    parameters = _signature(function)
    if isinstance(node, ast.Lambda):
        text = _segment(found, body.lineno, body.col_offset, node.body.end_lineno or 0, node.body.end_col_offset or 0)
        newline = "\n" * lead
        return f"def {name}({parameters}{newline}): return ({text})\n"
    start = found.lines[body.lineno - 1 + found.offset].encode()
    if start[: body.col_offset].strip():  # the body stands on the line of the colon
        newline = "\n" * lead
        text = _segment(found, body.lineno, body.col_offset, node.end_lineno or 0, None)
        return f"def {name}({parameters}{newline}): {text}".rstrip() + "\n"
    lines = found.lines[node.lineno + found.offset : (node.end_lineno or 0) + found.offset]
    blank = ["\n"] * (lead - 1)  # what is left of the header, and comments below it
    rest = _dedented(found, node, lines[lead - 1 :], body.lineno)
    return "".join([f"def {name}({parameters}):\n", *blank, *rest]).rstrip() + "\n"


def _signature(function: FunctionType) -> str:
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    required = len(names) - len(defaults)
    parts = list(names[:required])
    parts += [f"{name}={_literal(value)}" for name, value in zip(names[required:], defaults, strict=True)]
    if code.co_kwonlyargcount:
        known = function.__kwdefaults__ or {}
        only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        parts += ["*", *(f"{name}={_literal(known[name])}" if name in known else name for name in only)]
    if code.co_flags & 0x04:
        parts.append(f"*{code.co_varnames[code.co_argcount]}")
    return ", ".join(parts)


def _literal(value: Any) -> str:
    """Text of a default. What has none gets one that Numba has no type for: then px's code serves calls that leave the argument out."""
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, int):
        return repr(int(value))
    if isinstance(value, float):
        return repr(float(value)) if math.isfinite(value) else f"float('{float(value)}')"
    if element := element_name(value):  # the service knows NumPy by that name
        return f"px_numpy.dtype({element!r})" + (".type" if isinstance(value, type) else "")
    if isinstance(value, tuple):
        return "(" + "".join(f"{_literal(element)}, " for element in value) + ")"
    return repr(value) if isinstance(value, str) else "object()"


def _dedented(found: Found, node: ast.FunctionDef, lines: list[str], first: int) -> list[str]:
    """The body's lines with the indentation of `def` taken away, but not inside of text literals."""
    header = found.lines[node.lineno - 1 + found.offset]
    indent = header[: len(header) - len(header.lstrip())]
    if not indent:
        return lines
    inside = _literal_lines(node)
    result = []
    for number, line in enumerate(lines, first):
        if number in inside or not line.strip():
            result.append(line)
        elif line.startswith(indent):
            result.append(line[len(indent) :])
        else:
            result.append(line.lstrip())  # a comment or a continued line left of `def`
    return result


def _literal_lines(node: ast.FunctionDef) -> set[int]:
    """Lines that begin inside of a text literal."""
    inside: set[int] = set()
    for n in ast.walk(node):
        if type(n) is ast.Constant and isinstance(n.value, str | bytes) and n.end_lineno and n.end_lineno > n.lineno:
            inside.update(range(n.lineno + 1, n.end_lineno + 1))
    return inside


def _segment(found: Found, line: int, column: int, end_line: int, end_column: int | None) -> str:
    """Text between two places; columns count UTF-8 bytes, as in `ast`."""
    lines = [text.encode() for text in found.lines[line - 1 + found.offset : end_line + found.offset]]
    if end_column is not None:
        lines[-1] = lines[-1][:end_column]
    lines[0] = lines[0][column:]
    return b"".join(lines).decode()


def _has_private_names(function: FunctionType) -> bool:
    code = function.__code__
    names = (*code.co_names, *code.co_varnames, *code.co_freevars)
    return any(name.startswith("_") and "__" in name[1:] and not name.endswith("__") for name in names)
