"""`with px.snapshot(): …`: a call before the block and one after it (jit/builtins/contexts.h)."""

from __future__ import annotations

import ast

from px.frontend.advice import advice_for
from px.frontend.builder import Builder
from px.frontend.lowering import execute, statement, value
from px.frontend.opcodes import CALL, GLOBAL
from px.frontend.resolution import lookup

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

_BEGIN, _END = "<snapshot begin>", "<snapshot end>"


@statement(ast.With)
def with_(b: Builder, node: ast.With) -> None:
    """The one kind of block that px functions have."""
    call = node.items[0].context_expr
    if len(node.items) != 1 or not isinstance(call, ast.Call) or not _is_snapshot(b, call.func):
        raise b.unsupported(node, *advice_for(node))
    if b.handlers:
        raise b.unsupported(node, "`with px.snapshot()` inside of `try`", "put the `try` inside, or into a function of its own")
    if node.items[0].optional_vars is not None:
        raise b.unsupported(node, "`as` after px.snapshot()", "leave it out: a snapshot is no value")
    _check_exits(b, node)
    from px.contexts import snapshot_begin, snapshot_end

    b.children.update({_BEGIN: snapshot_begin, _END: snapshot_end})
    depth = _call(b, node, _BEGIN, [value(b, a) for a in _arrays(b, call)])
    execute(b, node.body)
    if b.live:
        _call(b, node.body[-1], _END, [depth, *_used_afterwards(b, node)])


def _is_snapshot(b: Builder, node: ast.expr) -> bool:
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id in b.variables:
        return False
    found = lookup(b.function, node.id)
    for part in reversed(parts):
        found = getattr(found, part, None)
    from px.contexts import snapshot

    return found is snapshot


def _arrays(b: Builder, call: ast.Call) -> list[ast.expr]:
    if call.args or any(k.arg != "arrays" for k in call.keywords):
        raise b.unsupported(call, "an argument of px.snapshot other than arrays=", "px.snapshot(arrays=(a, b))")
    if not call.keywords:
        return []
    given = call.keywords[0].value
    if not isinstance(given, ast.Tuple | ast.List):
        raise b.unsupported(call, "arrays= of px.snapshot that is no tuple", "write them out: px.snapshot(arrays=(a, b))")
    return given.elts


def _call(b: Builder, node: Any, name: str, arguments: list[int]) -> int:
    function, result = b.temporary(), b.temporary()
    b.emit(GLOBAL, node, function, b.global_index(name))
    b.emit(CALL, node, result, function, len(arguments), *arguments)
    return result


def _check_exits(b: Builder, block: ast.With) -> None:
    def look(node: ast.AST, in_loop: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.Lambda):
                continue
            if isinstance(child, ast.Return) or (not in_loop and isinstance(child, ast.Break | ast.Continue)):
                what = type(child).__name__.lower()
                raise b.unsupported(child, f"`{what}` out of `with px.snapshot()`", f"note the result and `{what}` after the block")
            look(child, in_loop or isinstance(child, ast.For | ast.While))

    look(block, False)


def _used_afterwards(b: Builder, block: ast.With) -> list[int]:
    """Registers of variables that the block assigns and that are read elsewhere: none of them may hold memory that is gone."""
    inside = {id(n) for n in ast.walk(block)}
    stored = {n.id for n in ast.walk(block) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    read = {
        n.id for n in ast.walk(b.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and id(n) not in inside and n.id in stored
    }
    return [b.variables[b.private(name)] for name in sorted(read) if b.private(name) in b.variables]
