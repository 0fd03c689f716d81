"""List comprehensions: a loop that appends, its variables its own."""

from __future__ import annotations

import ast

from px.frontend.builder import Builder, Label
from px.frontend.lowering import expression, test, value
from px.frontend.opcodes import BUILD_LIST, ITER, LIST_APPEND
from px.frontend.targets import loop_target

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from collections.abc import Sequence


@expression(ast.ListComp)
def list_comprehension(b: Builder, node: ast.ListComp, into: int | None) -> int:
    """`[x for y in z if w]`."""
    iterable = value(b, node.generators[0].iter)  # the first is evaluated outside
    result = b.temporary()
    b.emit(BUILD_LIST, node, result, 0)
    outside = b.variables
    b.variables = {**outside, **{name: b.temporary() for name in _targets(b, node)}}
    _loop(b, node, node.generators, iterable, result)
    b.variables = outside
    if into is None:
        return result
    b.move(node, into, result)
    return into


def _loop(b: Builder, node: ast.ListComp, generators: Sequence[ast.comprehension], iterable: int, result: int) -> None:
    """The loops from the outermost to the innermost."""
    first, *rest = generators
    if first.is_async:
        raise b.unsupported(node, "an asynchronous comprehension", "write a plain loop")
    iterator, header, done = b.temporary(), Label(), Label()
    b.emit(ITER, first.iter, iterator, iterable)
    b.bind(header)
    loop_target(b, first, iterator, done)
    skip = Label()
    for condition in first.ifs:
        more = Label()
        test(b, condition, more, skip)
        b.bind(more)
    if b.live:
        if rest:
            _loop(b, node, rest, value(b, rest[0].iter), result)
        else:
            b.emit(LIST_APPEND, node.elt, result, value(b, node.elt))
    b.bind(skip)
    b.jump(node, header)
    b.bind(done)


def _targets(b: Builder, node: ast.ListComp) -> list[str]:
    """The names that the loops bind."""
    nodes = (n for generator in node.generators for n in ast.walk(generator.target))
    return list(dict.fromkeys(b.private(n.id) for n in nodes if type(n) is ast.Name and type(n.ctx) is ast.Store))
