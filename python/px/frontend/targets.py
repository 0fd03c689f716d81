"""Assignment targets: names, unpacking, elements."""

from __future__ import annotations

import ast

from px.errors import UnsupportedError
from px.frontend.builder import Builder, Label
from px.frontend.lowering import copy, value, values
from px.frontend.opcodes import SETATTR, SETITEM, UNPACK, UNPACK_STAR


def assign_name(b: Builder, target: ast.Name, node: ast.expr) -> None:
    """`target = node`. One definition of the variable, at the target's own line, as in Python's line table."""
    register = variable(b, target)
    if node.lineno == target.lineno == node.end_lineno:
        value(b, node, register)
    else:
        b.move(target, register, value(b, node))


def variable(b: Builder, target: ast.Name) -> int:
    """The register of a name that is assigned."""
    return b.variables[b.private(target.id)]


def store(b: Builder, target: ast.expr, register: int) -> None:
    """Assign a register to any target."""
    if isinstance(target, ast.Name):
        if register != variable(b, target):
            b.move(target, variable(b, target), register)
    elif isinstance(target, ast.Tuple | ast.List):
        unpack(b, target, register)
    elif isinstance(target, ast.Subscript):
        base, index = values(b, (target.value, target.slice))
        b.emit(SETITEM, target, base, index, register)
    elif isinstance(target, ast.Attribute):
        b.emit(SETATTR, target, value(b, target.value), b.name_index(b.private(target.attr)), register)
    else:
        raise refused(b, target)


def refused(b: Builder, target: ast.expr) -> UnsupportedError:
    """The error for a target that px cannot assign to."""
    return b.unsupported(target, "this assignment target", "assign to names and elements")


def unpack(b: Builder, target: ast.Tuple | ast.List, register: int) -> None:
    """`a, (b, c[0]) = register`: names are written by the instruction itself, other targets from left to right after it."""
    direct = _direct(b, target, register)
    registers = []
    later = []
    star = -1
    for index, element in enumerate(target.elts):
        if isinstance(element, ast.Starred):
            star = index
            element = element.value
        if direct and isinstance(element, ast.Name):
            registers.append(variable(b, element))
        else:
            registers.append(b.temporary())
            later.append((element, registers[-1]))
    if star < 0:
        b.emit(UNPACK, target, register, len(registers), *registers)
    else:
        b.emit(UNPACK_STAR, target, register, star, len(registers), *registers)
    for element, source in later:
        store(b, element, source)


def _direct(b: Builder, target: ast.Tuple | ast.List, register: int) -> bool:
    """Whether the order of stores cannot be seen: names on one line, each once, none of them read before the last store."""
    elements = [e.value if isinstance(e, ast.Starred) else e for e in target.elts]
    names = [element for element in elements if isinstance(element, ast.Name)]
    registers = {variable(b, name) for name in names}
    if register in registers or len(registers) < len(names) or any(name.lineno != target.lineno for name in names):
        return False
    return len(names) == len(elements) or not (registers & names_in(b, [e for e in elements if not isinstance(e, ast.Name)]))


def names_in(b: Builder, nodes: list[ast.expr]) -> set[int]:
    """Registers of all variables that occur in `nodes`."""
    found = (b.variables.get(b.private(n.id), -1) for node in nodes for n in ast.walk(node) if type(n) is ast.Name)
    return {register for register in found if register >= 0}


def stored(b: Builder, targets: list[ast.expr]) -> set[int]:
    """Registers of the variables that `targets` assign."""
    nodes = (n for target in targets for n in ast.walk(target))
    names = (b.private(n.id) for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return {b.variables[name] for name in names if name in b.variables}  # a comprehension's own are not there


def loop_target(b: Builder, node: ast.For | ast.comprehension, iterator: int, exhausted: Label) -> None:
    """`next` into a loop's target."""
    target = node.target
    if isinstance(target, ast.Name):
        b.next(target, variable(b, target), iterator, exhausted)
    else:
        item = b.temporary()
        b.next(target, item, iterator, exhausted)
        store(b, target, item)


def pairs(target: ast.Tuple | ast.List, node: ast.Tuple | ast.List) -> bool:
    """Whether each element has its target."""
    return len(target.elts) == len(node.elts) and not any(isinstance(e, ast.Starred) for e in (*target.elts, *node.elts))


def assign_pairwise(b: Builder, target: ast.Tuple | ast.List, node: ast.Tuple | ast.List) -> None:
    """`a, b = b, a` without a tuple: all values from left to right, then all stores from left to right."""
    targets = target.elts
    read = names_in(b, node.elts)
    single = [variable(b, t) for t in targets if isinstance(t, ast.Name)]
    plain = len(single) == len(targets)
    registers = []
    for index, (element, t) in enumerate(zip(node.elts, targets, strict=True)):
        if plain and isinstance(t, ast.Name) and not b.has_walrus and variable(b, t) not in read and single.count(variable(b, t)) == 1:
            assign_name(b, t, element)  # nobody reads the variable meanwhile
            registers.append(variable(b, t))
            continue
        register = value(b, element)
        if register < b.named and (b.has_walrus or register in stored(b, targets[:index])):
            register = copy(b, element, register)
        registers.append(register)
    for t, register in zip(targets, registers, strict=True):
        store(b, t, register)
