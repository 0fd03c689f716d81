"""`prange` in a `parallel=True` function: each such loop becomes a function of its own, which contexts run over blocks of the range.

`for i in prange(n): body` becomes `(sums,) = region(body, 0, n, 1, operators, (what the body reads,), (sums,))`: see
jit/builtins/parallel.h. What the body assigns is its own, but for reductions: variables that it only updates by one operator of `+=`, `-=`,
`*=`, `&=`, `|=`, `^=`, or by `x = min(x, …)` and `max`. A `prange` inside of another is a plain range, as in Numba.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CellType, CodeType, FunctionType

from px.frontend.builder import unsupported
from px.frontend.find import Found
from px.frontend.match import Matcher
from px.frontend.resolution import lookup

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

REGION = "<region>"
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "+",  # the negated values are summed
    ast.Mult: "*",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
}
_EXTREMES = ("min", "max")


def outline(function: FunctionType, found: Found, lines: list[str]) -> dict[str, Any]:
    """Replaces the pranges in `found.node`. The objects that the new names in it mean: outlined Python functions, and `REGION`."""
    if not isinstance(found.node, ast.FunctionDef):
        return {}
    made: dict[str, Any] = {}
    _Outliner(function, found, lines, made).visit_body(found.node)
    if made:
        from px.jit import parallel_region

        made[REGION] = parallel_region
    return made


class _Outliner:
    def __init__(self, function: FunctionType, found: Found, lines: list[str], made: dict[str, Any]) -> None:
        self.function, self.found, self.lines, self.made = function, found, lines, made
        code = function.__code__
        self.locals = {*code.co_varnames, *code.co_cellvars}

    def visit_body(self, node: ast.AST) -> None:
        """Looks through a node's statements; does not go into nested functions or outlined loops."""
        for _, field in ast.iter_fields(node):
            if not isinstance(field, list):
                continue
            for k, child in enumerate(field):
                if isinstance(child, ast.For) and self.is_prange(child.iter):
                    field[k] = self.outlined(child)
                elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case) and not isinstance(child, ast.FunctionDef):
                    self.visit_body(child)

    def is_prange(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Call) or node.keywords or not 1 <= len(node.args) <= 3:
            return False
        path, parts = node.func, []
        while isinstance(path, ast.Attribute):
            parts.append(path.attr)
            path = path.value
        if not isinstance(path, ast.Name) or path.id in self.locals:
            return False
        value = lookup(self.function, path.id)
        for part in reversed(parts):
            value = getattr(value, part, None)
        return getattr(value, "__name__", None) == "prange" and getattr(value, "__module__", "").partition(".")[0] in ("px", "numba")

    def fail(self, node: ast.AST, what: str, advice: str) -> Any:
        line = self.found.first_line + getattr(node, "lineno", 1) - self.found.node.lineno
        raise unsupported(self.function.__code__.co_filename, line, what, self.function.__qualname__, advice)

    def outlined(self, loop: ast.For) -> ast.stmt:
        if not isinstance(loop.target, ast.Name):
            self.fail(loop, "a prange loop over more than one name", "one index")
        if loop.orelse:
            self.fail(loop.orelse[0], "`else` of a prange loop", "put it after the loop")
        for node in _own_nodes(loop):
            if isinstance(node, ast.Return | ast.Break):
                what = "return" if isinstance(node, ast.Return) else "break"
                self.fail(node, f"`{what}` in a prange loop", "px.prange has no order to end in: use range, or a flag")
        operators = self.reductions(loop)
        stored = {n.id for n in ast.walk(loop) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        loaded = {n.id for s in loop.body for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        self.check_private(loop, stored - set(operators))
        captured = sorted((loaded & self.locals) - stored)
        sums = sorted(operators)
        name = f"<prange {len(self.made)}>"
        self.made[name] = self.body_function(loop, captured, sums)
        start, stop, step = self.bounds(loop.iter)
        call = ast.Call(
            ast.Name(REGION, ast.Load()),
            [
                ast.Name(name, ast.Load()),
                start,
                stop,
                step,
                ast.Tuple([ast.Constant(operators[s]) for s in sums], ast.Load()),
                ast.Tuple([ast.Name(c, ast.Load()) for c in captured], ast.Load()),
                ast.Tuple([ast.Name(s, ast.Load()) for s in sums], ast.Load()),
            ],
            [],
        )
        new: ast.stmt = ast.Expr(call)
        if sums:
            new = ast.Assign([ast.Tuple([ast.Name(s, ast.Store()) for s in sums], ast.Store())], call)
        for node in ast.walk(new):
            if not hasattr(node, "lineno"):
                ast.copy_location(node, loop)
        return ast.fix_missing_locations(new)

    def bounds(self, call: Any) -> tuple[ast.expr, ast.expr, ast.expr]:
        arguments = call.args
        if len(arguments) == 1:
            return ast.Constant(0), arguments[0], ast.Constant(1)
        return arguments[0], arguments[1], arguments[2] if len(arguments) == 3 else ast.Constant(1)

    def reductions(self, loop: ast.For) -> dict[str, str]:
        """Variable → operator, for those that the body only updates."""
        found: dict[str, set[str]] = {}
        updates = []  # nodes that belong to an update: they are no uses beside it
        for node in (n for s in loop.body for n in ast.walk(s)):
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                operator = _OPERATORS.get(type(node.op))
                if operator is not None:
                    found.setdefault(node.target.id, set()).add(operator)
                    updates.append(node.target)
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                target = node.targets[0]
                operator, old = self.update(target.id, node.value)
                if operator is not None and old is not None:
                    found.setdefault(target.id, set()).add(operator)
                    updates += [target, old]
        known = {id(n) for n in updates}
        for node in (n for s in loop.body for n in ast.walk(s)):
            if isinstance(node, ast.Name) and id(node) not in known:
                found.pop(node.id, None)
        assigned_before = self.assigned_outside(loop)
        for name in [*found]:
            if name not in assigned_before:
                del found[name]
            elif len(found[name]) > 1:
                self.fail(loop, f"{name!r} is reduced by more than one operator", "a variable for each")
        return {name: next(iter(operators)) for name, operators in found.items()}

    def update(self, name: str, value: ast.expr) -> tuple[str | None, ast.Name | None]:
        """The operator of `name = name + …`, `name = min(name, …)`, and where the old value stands."""
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Mult):
            for side in (value.left, value.right):
                if isinstance(side, ast.Name) and side.id == name:
                    return _OPERATORS[type(value.op)], side
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _EXTREMES and len(value.args) == 2:
            for side in value.args:
                if isinstance(side, ast.Name) and side.id == name and value.func.id not in self.locals:
                    return value.func.id, side
        return None, None

    def assigned_outside(self, loop: ast.For) -> set[str]:
        inside = {id(n) for n in ast.walk(loop)}
        code = self.function.__code__
        names = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        for node in ast.walk(self.found.node):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in inside:
                names.add(node.id)
        return names

    def check_private(self, loop: ast.For, private: set[str]) -> None:
        """What the body assigns belongs to each iteration alone."""
        assert isinstance(loop.target, ast.Name)
        seen = {loop.target.id}
        for name, node in _in_order(loop.body):
            if name in private and isinstance(node.ctx, ast.Load) and name not in seen:
                self.fail(
                    node,
                    f"{name!r}, which an iteration of prange hands to the next one",
                    "update it by one operator alone (a reduction), or use range",
                )
            seen.add(name)
        end = (loop.end_lineno or 0, loop.end_col_offset or 0)
        stored_after: set[str] = set()
        for name, node in _in_order(self.found.node.body):  # type: ignore[arg-type]
            if (node.lineno, node.col_offset) < end:
                continue
            if isinstance(node.ctx, ast.Store):
                stored_after.add(name)
            elif name in private and name not in stored_after and name not in self.assigned_outside(loop):
                self.fail(node, f"{name!r}, which a prange loop assigns, after that loop", "each iteration has its own: use an array")

    def body_function(self, loop: ast.For, captured: list[str], sums: list[str]) -> Any:
        """A px function `body(start, stop, step, captured…, sums…)`, its lines those of the loop."""
        assert isinstance(loop.target, ast.Name)
        function, found = self.function, self.found
        node = found.node
        parameters = ["px_start", "px_stop", "px_step", *captured, *sums]
        header = f"for {loop.target.id} in range(px_start, px_stop, px_step):"
        first, last = loop.body[0], loop.body[-1]
        own = self.lines[loop.lineno - 1 + found.offset].encode()[: loop.col_offset].decode()
        indent = own if own.strip() == "" and own else "  "
        lead = first.lineno - node.lineno
        rest = [line.rstrip("\n") for line in self.lines[first.lineno - 1 + found.offset : (last.end_lineno or 0) + found.offset]]
        start = self.lines[first.lineno - 1 + found.offset].encode()[: first.col_offset].decode()
        if start.strip():  # the body stands on the line of the colon
            rest[0] = indent + header + " " + rest[0].encode()[first.col_offset :].decode()
            text = [f"def {_name(function)}({', '.join(parameters)}):", *[""] * (lead - 1), *rest]
        else:
            text = [f"def {_name(function)}({', '.join(parameters)}):", *[""] * (lead - 2), indent + header, *rest]
        if lead < (1 if start.strip() else 2):
            self.fail(loop, "a prange loop on the line of `def`", "a line of its own")
        text.append(f"{indent}return ({''.join(f'{s}, ' for s in sums)})" if sums else f"{indent}return None")
        return _make(function, found, "\n".join(text) + "\n")


def _name(function: FunctionType) -> str:
    name = function.__name__
    return name if name.isidentifier() else "loop"


def _make(function: FunctionType, found: Found, text: str) -> Any:
    """The live function of a text whose first line is the `def` of `function`, with its globals and closure, marked."""
    tree = ast.parse(text)
    (node,) = tree.body
    assert isinstance(node, ast.FunctionDef)
    code = function.__code__
    free = code.co_freevars
    wrapper = ast.parse(f"def wrapper({', '.join(free)}):\n  pass")
    wrapper.body[0].body = [node]  # type: ignore[attr-defined]
    moved = ast.increment_lineno(ast.parse(text).body[0], found.first_line - 1)
    wrapper.body[0].body = [moved]  # type: ignore[attr-defined]
    module = compile(ast.fix_missing_locations(wrapper), code.co_filename, "exec", dont_inherit=True)
    inner = next(c for w in module.co_consts if isinstance(w, CodeType) for c in w.co_consts if isinstance(c, CodeType))
    cells = dict(zip(free, function.__closure__ or (), strict=False))
    closure: tuple[CellType, ...] = tuple(cells[name] for name in inner.co_freevars)
    inner = inner.replace(co_qualname=function.__qualname__)
    made = FunctionType(inner, function.__globals__, function.__name__, None, closure)
    made.__module__, made.__qualname__ = function.__module__, function.__qualname__
    part = Found(node, text.splitlines(True), 0, inner, Matcher(function))
    part.first_line = found.first_line
    made.__px_found__ = part  # type: ignore[attr-defined]
    made.__px_text__ = text  # type: ignore[attr-defined]
    return made


def _own_nodes(loop: ast.For) -> Iterator[ast.AST]:
    """The nodes of a loop's body, without what is in nested functions, and without the `break`s of loops inside."""

    def walk(node: ast.AST, inner: bool) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.Lambda):
                continue
            if not (inner and isinstance(child, ast.Break)):
                yield child
            yield from walk(child, inner or isinstance(child, ast.For | ast.While))

    for statement in loop.body:
        yield statement
        yield from walk(statement, isinstance(statement, ast.For | ast.While))


def _in_order(body: list[ast.stmt]) -> Iterator[tuple[str, ast.Name]]:
    """Names in the order in which they are evaluated: of an assignment its value first."""

    def walk(node: ast.AST) -> Iterator[tuple[str, ast.Name]]:
        if isinstance(node, ast.Name):
            yield node.id, node
        elif isinstance(node, ast.Assign):
            yield from walk(node.value)
            for target in node.targets:
                yield from walk(target)
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name):
                yield node.target.id, ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
            yield from walk(node.value)
            yield from walk(node.target)
        elif isinstance(node, ast.For):
            yield from walk(node.iter)
            yield from walk(node.target)
            for child in [*node.body, *node.orelse]:
                yield from walk(child)
        else:
            for part in ast.iter_child_nodes(node):
                yield from walk(part)

    for statement in body:
        yield from walk(statement)
