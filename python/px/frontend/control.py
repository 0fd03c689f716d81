"""`if`, loops, boolean operators, conditional expressions: everything that branches.

A loop has one header with its test at the top; the interpreter rotates it.
"""

from __future__ import annotations

import ast

from px.frontend.builder import Builder, Label
from px.frontend.comprehensions import mapped_loop
from px.frontend.exceptions import leave_finals
from px.frontend.lowering import condition, execute, expression, hold, merge_register, settle, statement, test, value
from px.frontend.opcodes import COMPARE, COMPARE_OPERATORS, ITER
from px.frontend.targets import loop_target

# -- conditions: jump, make no boolean


@condition(ast.Constant)
def test_constant(b: Builder, node: ast.Constant, yes: Label, no: Label) -> None:
    """`while True`: no test."""
    b.jump(node, yes if node.value else no)


@condition(ast.Name)
def test_name(b: Builder, node: ast.Name, yes: Label, no: Label) -> None:
    """A variable, or `__debug__`."""
    if node.id == "__debug__":
        b.jump(node, yes if __debug__ else no)
    else:
        b.branch(node, value(b, node), yes, no)


@condition(ast.UnaryOp)
def test_unary(b: Builder, node: ast.UnaryOp, yes: Label, no: Label) -> None:
    """`not x` swaps the labels."""
    if type(node.op) is ast.Not:
        test(b, node.operand, no, yes)
    else:
        b.branch(node, value(b, node), yes, no)


@condition(ast.BoolOp)
def test_bool(b: Builder, node: ast.BoolOp, yes: Label, no: Label) -> None:
    """`and` and `or`: each operand jumps by itself."""
    for operand in node.values[:-1]:
        more = Label()
        if type(node.op) is ast.And:
            test(b, operand, more, no)
        else:
            test(b, operand, yes, more)
        b.bind(more)
        if not b.live:
            return
    test(b, node.values[-1], yes, no)


@condition(ast.Compare)
def test_compare(b: Builder, node: ast.Compare, yes: Label, no: Label) -> None:
    """A comparison or a chain of them; each operand is evaluated once."""
    left = hold(b, node.left, node.comparators[:1])
    last = len(node.ops) - 1
    for index, (operator, comparator) in enumerate(zip(node.ops, node.comparators, strict=True)):
        right = hold(b, comparator, node.comparators[index + 1 : index + 2])
        result = b.temporary()
        b.emit(COMPARE, node, result, COMPARE_OPERATORS[type(operator)], left, right)
        more = yes if index == last else Label()
        b.branch(node, result, more, no)
        if index < last:
            b.bind(more)
        left = right


@condition(ast.IfExp)
def test_conditional(b: Builder, node: ast.IfExp, yes: Label, no: Label) -> None:
    """`x if c else y` as a condition."""
    first, second = Label(), Label()
    test(b, node.test, first, second)
    b.bind(first)
    if b.live:
        test(b, node.body, yes, no)
    b.bind(second)
    if b.live:
        test(b, node.orelse, yes, no)


# -- expressions


@expression(ast.BoolOp)
def bool_op(b: Builder, node: ast.BoolOp, into: int | None) -> int:
    """The value of `and` or `or`."""
    result = merge_register(b, into)
    end = Label()
    for operand in node.values[:-1]:
        more = Label()
        if type(node.op) is ast.And:
            _value_and_test(b, operand, result, more, end)
        else:
            _value_and_test(b, operand, result, end, more)
        b.bind(more)
    value(b, node.values[-1], result)
    b.bind(end)
    return settle(b, node, result, into)


def _value_and_test(b: Builder, node: ast.expr, result: int, yes: Label, no: Label) -> None:
    """Put a value into `result` and jump by its truth, which is asked once: in `a and b or c` a false `a` leads to `c` at once."""
    if type(node) is not ast.BoolOp:
        # The branch is on the operand itself: what decides it is known there, not where the values of all of them meet.
        register = value(b, node)
        b.move(node, result, register)
        b.branch(node, register, yes, no)
        return
    for operand in node.values[:-1]:
        more = Label()
        if type(node.op) is ast.And:
            _value_and_test(b, operand, result, more, no)
        else:
            _value_and_test(b, operand, result, yes, more)
        b.bind(more)
    _value_and_test(b, node.values[-1], result, yes, no)


@expression(ast.IfExp)
def conditional(b: Builder, node: ast.IfExp, into: int | None) -> int:
    """The value of `x if c else y`."""
    result = merge_register(b, into)
    yes, no, end = Label(), Label(), Label()
    test(b, node.test, yes, no)
    b.bind(yes)
    if b.live:
        value(b, node.body, result)
        b.jump(node, end)
    b.bind(no)
    if b.live:
        value(b, node.orelse, result)
        b.jump(node, end)
    b.bind(end)
    return settle(b, node, result, into)


# -- statements


@statement(ast.If)
def if_(b: Builder, node: ast.If) -> None:
    """`if`; `elif` is an `if` in the other branch."""
    yes, no, end = Label(), Label(), Label()
    test(b, node.test, yes, no)
    b.bind(yes)
    execute(b, node.body)
    if node.orelse:
        b.jump(node, end)
        b.bind(no)
        execute(b, node.orelse)
        b.bind(end)
    else:
        b.bind(no)


@statement(ast.While)
def while_(b: Builder, node: ast.While) -> None:
    """`while … else`."""
    header, body, otherwise, end = Label(), Label(), Label(), Label()
    b.bind(header)
    test(b, node.test, body, otherwise)
    b.bind(body)
    _loop_body(b, node, header, otherwise, end)


@statement(ast.For)
def for_(b: Builder, node: ast.For) -> None:
    """`for … in … else`."""
    if isinstance(node.iter, ast.Call):
        node = mapped_loop(b, node) or node
    header, otherwise, end = Label(), Label(), Label()
    iterable = value(b, node.iter)
    iterator = b.temporary()
    b.emit(ITER, node.iter, iterator, iterable)
    b.bind(header)
    loop_target(b, node, iterator, otherwise)
    _loop_body(b, node, header, otherwise, end)


def _loop_body(b: Builder, node: ast.While | ast.For, header: Label, otherwise: Label, end: Label) -> None:
    b.loops.append((header, end, len(b.finals)))
    execute(b, node.body)
    b.jump(node, header)
    b.loops.pop()
    b.bind(otherwise)
    execute(b, node.orelse)
    b.bind(end)


@statement(ast.Break)
def break_(b: Builder, node: ast.Break) -> None:
    """`break`, past the `else` of the loop."""
    _, end, around = b.loops[-1]
    leave_finals(b, around)
    b.jump(node, end)


@statement(ast.Continue)
def continue_(b: Builder, node: ast.Continue) -> None:
    """`continue`, to the header."""
    header, _, around = b.loops[-1]
    leave_finals(b, around)
    b.jump(node, header)
