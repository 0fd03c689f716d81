"""Constant arithmetic as CPython's compiler folds it, so that `x ** -2` has a literal exponent and `2**64 - 1` the type Numba sees."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

NOT_CONSTANT: Any = object()

_LIMIT = 128  # bits of an integer result, CPython's own


def _power(x: Any, y: Any) -> Any:
    if type(x) is int and type(y) is int and y > 0 and x.bit_length() * y > _LIMIT:
        return NOT_CONSTANT
    return x**y


def _product(x: Any, y: Any) -> Any:
    if type(x) is int and type(y) is int and x.bit_length() + y.bit_length() > _LIMIT:
        return NOT_CONSTANT
    return x * y


def _left_shift(x: Any, y: Any) -> Any:
    if not 0 <= y <= _LIMIT or x.bit_length() + y > _LIMIT:
        return NOT_CONSTANT
    return x << y


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: _product,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.LShift: _left_shift,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}

_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: lambda x: ~int(x) if isinstance(x, int) else ~x,
}


def folded(node: ast.expr) -> Any:
    """The number that an expression of literals is, or `NOT_CONSTANT`."""
    kind = type(node)
    if kind is ast.Constant:
        value = node.value  # type: ignore[attr-defined]
        return value if type(value) in (int, float, bool, complex) else NOT_CONSTANT
    if kind is ast.UnaryOp:
        return _apply(_UNARY[type(node.op)], folded(node.operand))  # type: ignore[attr-defined]
    if kind is ast.BinOp:
        left = folded(node.left)  # type: ignore[attr-defined]
        if left is NOT_CONSTANT:
            return NOT_CONSTANT
        return _apply(_BINARY.get(type(node.op)), left, folded(node.right))  # type: ignore[attr-defined]
    return NOT_CONSTANT


def _apply(function: Callable[..., Any] | None, *operands: Any) -> Any:
    if function is None or NOT_CONSTANT in operands:
        return NOT_CONSTANT
    try:
        return function(*operands)
    except (ArithmeticError, TypeError, ValueError):  # left for the run, where it is the user's exception
        return NOT_CONSTANT
