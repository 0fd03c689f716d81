"""The dispatch: which function lowers which `ast` node. A new construct is one decorated function in one of the themed files."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence

from px.frontend.advice import advice_for
from px.frontend.builder import Builder, Label
from px.frontend.opcodes import MOVE

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

    Expression = Callable[[Builder, Any, "int | None"], int]
    Statement = Callable[[Builder, Any], None]
    Condition = Callable[[Builder, Any, Label, Label], None]

EXPRESSIONS: dict[type[ast.AST], Expression] = {}
STATEMENTS: dict[type[ast.AST], Statement] = {}
CONDITIONS: dict[type[ast.AST], Condition] = {}


def expression(*nodes: type[ast.AST]) -> Callable[[Expression], Expression]:
    """Register `f(builder, node, into)`: it returns the register of the value, which is `into` where that is given.

    `into` may be a variable: it is written once, by the last instruction.
    """
    return lambda lower: _register(EXPRESSIONS, nodes, lower)


def statement(*nodes: type[ast.AST]) -> Callable[[Statement], Statement]:
    """Register `f(builder, node)`."""
    return lambda lower: _register(STATEMENTS, nodes, lower)


def condition(*nodes: type[ast.AST]) -> Callable[[Condition], Condition]:
    """Register `f(builder, node, yes, no)`: it jumps to one of two labels, without making a boolean."""
    return lambda lower: _register(CONDITIONS, nodes, lower)


def _register(table: dict[type[ast.AST], Any], nodes: tuple[type[ast.AST], ...], lower: Any) -> Any:
    for node in nodes:
        table[node] = lower
    return lower


def value(b: Builder, node: ast.expr, into: int | None = None) -> int:
    """Lower an expression. Without `into`, a variable's own register is returned: see `hold` for keeping it over other code."""
    lower = EXPRESSIONS.get(type(node))
    if lower is None:
        raise b.unsupported(node, *advice_for(node))
    return lower(b, node, into)


def test(b: Builder, node: ast.expr, yes: Label, no: Label) -> None:
    """Lower an expression whose truth alone matters."""
    lower = CONDITIONS.get(type(node))
    if lower is not None:
        lower(b, node, yes, no)
    else:
        b.branch(node, value(b, node), yes, no)


def execute(b: Builder, body: Sequence[ast.stmt]) -> None:
    """Lower statements, up to where control cannot come."""
    for node in body:
        if not b.live:
            return
        lower = STATEMENTS.get(type(node))
        if lower is None:
            raise b.unsupported(node, *advice_for(node))
        lower(b, node)


def hold(b: Builder, node: ast.expr, later: Iterable[ast.AST]) -> int:
    """A value that is used after `later` was evaluated. A variable that `later` assigns (`x + (x := 1)`) is copied."""
    register = value(b, node)
    if b.has_walrus and register < b.named and b.registers[register] in assigned(b, later):
        return copy(b, node, register)
    return register


def values(b: Builder, nodes: Sequence[ast.expr], later: Sequence[ast.AST] = ()) -> list[int]:
    """Values from left to right, all used after the last of them and `later`."""
    if not b.has_walrus:
        return [value(b, node) for node in nodes]
    return [hold(b, node, [*nodes[index + 1 :], *later]) for index, node in enumerate(nodes)]


def assigned(b: Builder, nodes: Iterable[ast.AST]) -> set[str]:
    """Variables that walruses in `nodes` assign."""
    return {b.private(n.target.id) for node in nodes for n in ast.walk(node) if type(n) is ast.NamedExpr}


def copy(b: Builder, node: ast.AST, register: int) -> int:
    """A temporary with the value of a register."""
    result = b.temporary()
    b.emit(MOVE, node, result, register)
    return result


def merge_register(b: Builder, into: int | None) -> int:
    """Where branches put a common result: never a variable, which is to have one definition an assignment. See `settle`."""
    return b.temporary() if into is None or into < b.named else into


def settle(b: Builder, node: ast.AST, result: int, into: int | None) -> int:
    """Bring a merged result to `into`."""
    if into is None or into == result:
        return result
    b.emit(MOVE, node, into, result)
    return into


def attribute_line(node: ast.Attribute) -> int:
    """Line of an attribute access in a traceback: where its name stands, if the chain goes over several lines."""
    return node.end_lineno or node.lineno
