"""`try`: each instruction of its body knows its handler. `finally` is written out on every way out of it."""

from __future__ import annotations

import ast

from px.frontend.builder import Builder, Label
from px.frontend.lowering import execute, statement
from px.frontend.opcodes import CATCH, RERAISE
from px.frontend.resolution import lookup


@statement(ast.Try)
def try_(b: Builder, node: ast.Try) -> None:
    """`try … except … else … finally`."""
    if not node.finalbody:
        return _try_except(b, node)
    b.finals.append((node.finalbody, len(b.handlers)))
    failed, end = Label(), Label()
    b.handlers.append(failed)
    _try_except(b, node)
    b.handlers.pop()
    b.finals.pop()
    execute(b, node.finalbody)
    b.jump(node.finalbody[-1], end)
    b.bind(failed)
    if b.live:
        exception = b.temporary()
        b.emit(CATCH, node.finalbody[0], exception)
        execute(b, node.finalbody)
        b.leave(RERAISE, node.finalbody[-1], exception)
    b.bind(end)
    return None


def _try_except(b: Builder, node: ast.Try) -> None:
    if not node.handlers:
        return execute(b, node.body)
    handler = _handler(b, node)
    failed, end = Label(), Label()
    b.handlers.append(failed)
    execute(b, node.body)
    b.handlers.pop()
    execute(b, node.orelse)
    b.jump(node.body[-1], end)
    b.bind(failed)
    if b.live:
        b.caught.append(b.temporary())
        b.emit(CATCH, handler, b.caught[-1])
        execute(b, handler.body)
        b.caught.pop()
    b.bind(end)
    return None


def _handler(b: Builder, node: ast.Try) -> ast.ExceptHandler:
    """The one handler, which takes all exceptions, as in Numba."""
    advice = "write one `except Exception:` or `except:`"
    if len(node.handlers) > 1:
        raise b.unsupported(node.handlers[1], "a second `except`", advice)
    handler = node.handlers[0]
    if handler.name is not None:
        raise b.unsupported(handler, f"an exception as the variable {handler.name!r}", advice)
    kind = handler.type
    if kind is not None and not (isinstance(kind, ast.Name) and lookup(b.function, kind.id) is Exception):
        raise b.unsupported(handler, "`except` of some exceptions", advice)
    return handler


def leave_finals(b: Builder, around: int) -> None:
    """Control leaves all bodies with a `finally` but the outermost `around` of them: those run, each as if outside of its `try`."""
    handlers, finals = b.handlers, b.finals
    for index in range(len(finals) - 1, around - 1, -1):
        body, count = finals[index]
        b.handlers, b.finals = handlers[:count], finals[:index]
        execute(b, body)
    b.handlers, b.finals = handlers, finals
