"""Assignments, `return`, `raise`, `assert` and the statements that do nothing."""

from __future__ import annotations

import ast

from px.frontend.advice import advice_for
from px.frontend.builder import Builder, Label
from px.frontend.exceptions import leave_finals
from px.frontend.lowering import copy, hold, statement, test, value, values
from px.frontend.opcodes import BINARY_OPERATORS, DELITEM, GETATTR, GETITEM, GLOBAL, INPLACE, RAISE, RERAISE, RET, SETATTR, SETITEM, UNSET
from px.frontend.targets import assign_name, assign_pairwise, pairs, refused, store, stored, variable


@statement(ast.Pass)
def pass_(b: Builder, node: ast.Pass) -> None:
    """`pass`."""


@statement(ast.Delete)
def delete(b: Builder, node: ast.Delete) -> None:
    """`del x`, `del x[y]`."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            b.emit(UNSET, target, variable(b, target))
        elif isinstance(target, ast.Subscript):
            base, index = values(b, (target.value, target.slice))
            b.emit(DELITEM, target, base, index)
        else:
            raise b.unsupported(target, "this target of `del`", "delete names and elements, one by one")


@statement(ast.Expr)
def expression_statement(b: Builder, node: ast.Expr) -> None:
    """An expression for its effect. Texts and other literals are left out."""
    if type(node.value) is not ast.Constant:  # docstrings and the like
        value(b, node.value)


@statement(ast.Assign)
def assign(b: Builder, node: ast.Assign) -> None:
    """`x = y`, with any targets."""
    first = node.targets[0]
    if len(node.targets) == 1:
        if type(first) is ast.Name:
            return assign_name(b, first, node.value)
        if isinstance(first, ast.Tuple | ast.List) and isinstance(node.value, ast.Tuple | ast.List) and pairs(first, node.value):
            return assign_pairwise(b, first, node.value)
    register = value(b, node.value)
    if register < b.named and (b.has_walrus or register in stored(b, node.targets[:-1])):
        register = copy(b, node.value, register)
    for target in node.targets:
        store(b, target, register)
    return None


@statement(ast.AnnAssign)
def annotated(b: Builder, node: ast.AnnAssign) -> None:
    """`x: int = y`; the annotation is never evaluated."""
    if node.value is None:
        return
    if type(node.target) is ast.Name:
        assign_name(b, node.target, node.value)
    else:
        store(b, node.target, hold(b, node.value, (node.target,)))


@statement(ast.AugAssign)
def augmented(b: Builder, node: ast.AugAssign) -> None:
    """`x += y`; the target's base and index are evaluated once."""
    operator = BINARY_OPERATORS[type(node.op)]
    target = node.target
    if isinstance(target, ast.Name):
        register = variable(b, target)
        left = hold(b, target, (node.value,))
        b.emit(INPLACE, node, register, operator, left, value(b, node.value))
    elif isinstance(target, ast.Subscript):
        base, index = values(b, (target.value, target.slice), (node.value,))
        old, new = b.temporary(), b.temporary()
        b.emit(GETITEM, target, old, base, index)
        b.emit(INPLACE, node, new, operator, old, value(b, node.value))
        b.emit(SETITEM, target, base, index, new)
    elif isinstance(target, ast.Attribute):
        (base,) = values(b, (target.value,), (node.value,))
        name = b.name_index(b.private(target.attr))
        old, new = b.temporary(), b.temporary()
        b.emit(GETATTR, target, old, base, name)
        b.emit(INPLACE, node, new, operator, old, value(b, node.value))
        b.emit(SETATTR, target, base, name, new)
    else:
        raise refused(b, target)


@statement(ast.Return)
def return_(b: Builder, node: ast.Return) -> None:
    """`return`."""
    register = b.constant(node, None) if node.value is None else value(b, node.value)
    if b.finals:
        if register < b.named:
            register = copy(b, node, register)
        leave_finals(b, 0)
    b.leave(RET, node, register)


@statement(ast.Raise)
def raise_(b: Builder, node: ast.Raise) -> None:
    """`raise E`, `raise E(…)`, `… from None`."""
    if node.exc is None:
        if not b.caught:
            text = b.constant(node, "No active exception to reraise")
            kind = b.temporary()
            b.emit(GLOBAL, node, kind, b.global_index("RuntimeError"))
            return b.leave(RAISE, node, kind, 1, text)
        return b.leave(RERAISE, node, b.caught[-1])
    if node.cause is not None and not (isinstance(node.cause, ast.Constant) and node.cause.value is None):
        raise b.unsupported(node, "`raise … from` an exception", "raise without `from`, or `from None`")
    if not isinstance(node.exc, ast.Call):
        return b.leave(RAISE, node, value(b, node.exc), 0)
    call = node.exc
    if call.keywords:
        raise b.unsupported(node, "keyword arguments of an exception", "pass them by position")
    for argument in call.args:
        if isinstance(argument, ast.Starred):
            raise b.unsupported(argument, *advice_for(argument))
    b.in_raise = True
    kind, *arguments = values(b, (call.func, *call.args))
    b.in_raise = False
    return b.leave(RAISE, node, kind, len(arguments), *arguments)


@statement(ast.Assert)
def assert_(b: Builder, node: ast.Assert) -> None:
    """`assert`; left out under `python -O`."""
    if not __debug__:
        return
    passed, failed = Label(), Label()
    test(b, node.test, passed, failed)
    b.bind(failed)
    if b.live:
        kind = b.temporary()
        b.emit(GLOBAL, node, kind, b.global_index("AssertionError"))
        b.in_raise = True
        arguments = [] if node.msg is None else [value(b, node.msg)]
        b.in_raise = False
        b.leave(RAISE, node, kind, len(arguments), *arguments)
    b.bind(passed)
