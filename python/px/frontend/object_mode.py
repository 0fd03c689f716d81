"""Numba's `with objmode(…):`, a block that runs as Python. No tier of px runs it: reaching one raises, code around it runs as it is.

Real functions have such blocks on paths that are seldom taken (a seed that is not given), so they are no reason to refuse the function.
"""

from __future__ import annotations

import ast
from types import FunctionType

from px.frontend.find import Found
from px.frontend.resolution import lookup

_TEXT = "a block in Numba's object mode runs as Python, which px functions cannot: pass in what it computes"


def take_out(function: FunctionType, found: Found) -> None:
    """Put a `raise` in the place of each block, in the tree and in the lines."""
    for node in ast.walk(found.node):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                for index, child in enumerate(block):
                    if isinstance(child, ast.With) and _is_object_mode(function, child):
                        block[index] = _raise(found, child)


def _is_object_mode(function: FunctionType, block: ast.With) -> bool:
    node = block.items[0].context_expr
    node = node.func if isinstance(node, ast.Call) else node
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return False
    value = lookup(function, node.id)
    for part in reversed(parts):
        value = getattr(value, part, None)
    return type(value).__name__ == "_ObjModeContextType"


def _raise(found: Found, block: ast.With) -> ast.stmt:
    statement = ast.parse(f"raise RuntimeError({_TEXT!r})").body[0]
    for node in ast.walk(statement):
        ast.copy_location(node, block)
    found.lines = list(found.lines)  # those of the file are shared
    first, end = block.lineno - 1 + found.offset, (block.end_lineno or 0) + found.offset
    found.lines[first] = found.lines[first].encode()[: block.col_offset].decode() + ast.unparse(statement) + "\n"
    found.lines[first + 1 : end] = ["\n"] * (end - first - 1)
    return statement
