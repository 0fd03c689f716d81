"""List comprehensions: a loop that appends, its variables its own. Generator expressions that a built-in function goes through are loops
in its place."""

from __future__ import annotations

import ast

from px.frontend.builder import Builder, Label
from px.frontend.lowering import expression, settle, test, value
from px.frontend.opcodes import BINARY, BINARY_OPERATORS, BUILD_LIST, ITER, LIST_APPEND
from px.frontend.resolution import lookup
from px.frontend.targets import loop_target

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@expression(ast.ListComp)
def list_comprehension(b: Builder, node: ast.ListComp, into: int | None) -> int:
    """`[x for y in z if w]`."""
    result = b.temporary()
    iterable = value(b, node.generators[0].iter)  # the first is evaluated outside
    b.emit(BUILD_LIST, node, result, 0)
    _inside(b, node, iterable, lambda item: b.emit(LIST_APPEND, node.elt, result, item))
    return settle(b, node, result, into)


_ITEM = "<item>"  # a name that no source has


def mapped(b: Builder, node: ast.expr) -> ast.GeneratorExp | None:
    """`map(f, x)` and `filter(f, x)` as the generator expressions that they are; None for anything else."""
    if not isinstance(node, ast.Call) or node.keywords or len(node.args) < 2 or any(type(a) is ast.Starred for a in node.args):
        return None
    if not isinstance(node.func, ast.Name) or b.private(node.func.id) in b.variables:
        return None
    meaning = lookup(b.function, node.func.id)
    function, *iterables = node.args
    names = [f"{_ITEM}{k}" for k in range(len(iterables))]
    items: list[ast.expr] = [ast.Name(name, ast.Load()) for name in names]
    if meaning is map:
        target: ast.expr = ast.Name(names[0], ast.Store())
        source = iterables[0]
        if len(iterables) > 1:
            target = ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())
            source = ast.Call(ast.Name("zip", ast.Load()), iterables, [])
        made = ast.GeneratorExp(ast.Call(function, items, []), [ast.comprehension(target, source, [], 0)])
    elif meaning is filter and len(iterables) == 1:
        taken = items[0] if isinstance(function, ast.Constant) and function.value is None else ast.Call(function, items, [])
        made = ast.GeneratorExp(items[0], [ast.comprehension(ast.Name(names[0], ast.Store()), iterables[0], [taken], 0)])
    else:
        return None
    for child in ast.walk(made):
        if not hasattr(child, "lineno"):
            ast.copy_location(child, node)
    return made


def mapped_loop(b: Builder, node: ast.For) -> ast.For | None:
    """`for x in map(f, y)` and the same of `filter` as a plain loop; None for anything else."""
    generator = mapped(b, node.iter)
    if generator is None:
        return None
    (loop,) = generator.generators
    body: list[ast.stmt] = [ast.copy_location(ast.Assign([node.target], generator.elt), node.target), *node.body]
    for taken in loop.ifs:
        body = [ast.copy_location(ast.If(taken, body, []), node)]
    for name in ast.walk(loop.target):
        if isinstance(name, ast.Name):
            b.variables[name.id] = b.temporary()
    return ast.copy_location(ast.For(loop.target, loop.iter, body, node.orelse), node)


def generator_call(b: Builder, node: ast.Call, into: int | None) -> int | None:
    """`sum(x for …)` and the like; None where the function is no such built-in."""
    first, *others = node.args
    generator = first if isinstance(first, ast.GeneratorExp) else mapped(b, first)
    if generator is None:
        return None
    if not isinstance(node.func, ast.Name) or b.private(node.func.id) in b.variables:
        return None
    function = lookup(b.function, node.func.id)
    if function in (list, sorted, min, max):
        made = ast.copy_location(ast.ListComp(generator.elt, generator.generators), generator)
        if function is list and not others and not node.keywords:
            return list_comprehension(b, made, into)
        return value(b, ast.copy_location(ast.Call(node.func, [made, *others], node.keywords), node), into)
    if node.keywords or function not in (sum, any, all) or (others and function is not sum):
        return None
    result = b.temporary()
    iterable = value(b, generator.generators[0].iter)
    if function is sum:
        if others:
            b.move(node, result, value(b, others[0]))
        else:
            b.constant(node, 0, result)
        _inside(b, generator, iterable, lambda item: b.emit(BINARY, generator.elt, result, BINARY_OPERATORS[ast.Add], result, item))
        return settle(b, node, result, into)
    end = Label()
    b.constant(node, function is all, result)

    def decide(item: int) -> None:
        decided, more = Label(), Label()
        b.branch(generator.elt, item, more if function is all else decided, decided if function is all else more)
        b.bind(decided)
        b.constant(node, function is any, result)
        b.jump(node, end)
        b.bind(more)

    _inside(b, generator, iterable, decide)
    b.jump(node, end)
    b.bind(end)
    return settle(b, node, result, into)


def _inside(b: Builder, node: ast.ListComp | ast.GeneratorExp, iterable: int, each: Callable[[int], None]) -> None:
    """The loops with variables of their own."""
    outside = b.variables
    b.variables = {**outside, **{name: b.temporary() for name in _targets(b, node)}}
    _loop(b, node, node.generators, iterable, each)
    b.variables = outside


def _loop(
    b: Builder,
    node: ast.ListComp | ast.GeneratorExp,
    generators: Sequence[ast.comprehension],
    iterable: int,
    each: Callable[[int], None],
) -> None:
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
            _loop(b, node, rest, value(b, rest[0].iter), each)
        else:
            each(value(b, node.elt))
    b.bind(skip)
    b.jump(node, header)
    b.bind(done)


def _targets(b: Builder, node: ast.ListComp | ast.GeneratorExp) -> list[str]:
    """The names that the loops bind."""
    nodes = (n for generator in node.generators for n in ast.walk(generator.target))
    return list(dict.fromkeys(b.private(n.id) for n in nodes if type(n) is ast.Name and type(n.ctx) is ast.Store))
