"""The builder: registers, labels, tables and instructions of one function while its `ast` is lowered."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from types import CodeType, FunctionType

from px.errors import UnsupportedError
from px.frontend.code import Instruction
from px.frontend.opcodes import BRANCH, CONSTANT, GLOBAL, JUMP, MAY_RAISE, MOVE, NEXT, RAISE, RERAISE, RET

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from typing import Any

    from px.frontend.code import Code

INT64_MIN, UINT64_MAX = -(2**63), 2**64 - 1


class Label:
    """A place in the code. Jumps may refer to it before it is bound."""

    __slots__ = ("index", "used")

    def __init__(self) -> None:
        self.index = -1  # of an instruction, once bound
        self.used = False  # by a jump that can be reached


class Nested:
    """What the builder of a nested function starts from."""

    __slots__ = ("captured", "code", "outer")

    def __init__(self, code: CodeType, outer: Builder) -> None:
        self.code = code
        self.outer = outer
        self.captured = tuple(name for name in code.co_freevars if name in outer.variables)  # its first parameters


class Builder:
    """State of one lowering. Nothing is emitted while `live` is false: code that cannot be reached is left out, as Python does."""

    def __init__(
        self, function: FunctionType, file: str, first_line: int, origin: int, class_name: str, nested: Nested | None = None
    ) -> None:
        code = nested.code if nested else function.__code__
        self.function = function  # for a nested function the one around it, whose globals are its own
        self.file = file
        self.first_line = first_line  # in the file, of `def`
        self.origin = origin  # in the parsed tree, of `def`
        self.class_name = class_name  # innermost class around the function, for private names; "" without one
        self.code_object = code
        names = code.co_varnames + tuple(name for name in code.co_cellvars if name not in code.co_varnames)
        if nested:
            names = nested.captured + names
        self.registers: list[str] = list(names)
        self.variables: dict[str, int] = {name: register for register, name in enumerate(names)}
        self.named = len(names)
        self.constants: list[Any] = []
        self.globals: list[str] = nested.outer.globals if nested else []
        self.names: list[str] = []
        self.functions: list[Code] = []  # nested ones
        self._constant_keys: dict[Any, int] = {}
        self._global_keys: dict[str, int] = nested.outer._global_keys if nested else {}
        self._name_keys: dict[str, int] = {}
        self.loops: list[tuple[Label, Label, int]] = []  # targets of `continue` and `break`, and how many `finally` are around the loop
        self.handlers: list[Label | None] = []  # where exceptions go, innermost last; None: out of the function
        self.finals: list[tuple[Sequence[ast.stmt], int]] = []  # the bodies of `finally` around, and how many handlers are around each
        self.caught: list[int] = []  # the exceptions of the handlers around
        self.code: list[tuple[int, int, tuple[Any, ...], Label | None]] = []
        self.root: ast.AST = ast.Pass()  # the outermost function
        self.live = True
        self.has_walrus = False
        self.children: dict[str, Any] = {}  # see Code
        self.tree: ast.AST = ast.Module([], [])  # the function's own
        self.in_raise = False  # the arguments of an exception are lowered

    # -- registers and tables

    def temporary(self) -> int:
        """A new register without a name."""
        self.registers.append("")
        return len(self.registers) - 1

    def private(self, name: str) -> str:
        """`name` as the compiler sees it: `__x` inside `class A` is `_A__x`."""
        if self.class_name and name.startswith("__") and not name.endswith("__"):
            stripped = self.class_name.lstrip("_")
            return f"_{stripped}{name}" if stripped else name
        return name

    def constant(self, node: ast.AST, value: Any, into: int | None = None) -> int:
        """Emit a constant."""
        if value is ...:
            register = self.temporary() if into is None else into
            self.emit(GLOBAL, node, register, self.global_index("Ellipsis"))
            return register
        key = constant_key(value)
        index = self._constant_keys.get(key)
        if index is None:
            self.check_constant(node, value)
            index = self._constant_keys[key] = len(self.constants)
            self.constants.append(value)
        register = self.temporary() if into is None else into
        self.emit(CONSTANT, node, register, index)
        return register

    def constant_index(self, value: Any) -> int:
        """Index of a constant that is an operand of its own (keyword names)."""
        key = constant_key(value)
        if key not in self._constant_keys:
            self._constant_keys[key] = len(self.constants)
            self.constants.append(value)
        return self._constant_keys[key]

    def check_constant(self, node: ast.AST, value: Any) -> None:
        """Refuse what px code has no constant for."""
        if type(value) is int and not INT64_MIN <= value <= UINT64_MAX:
            raise self.unsupported(node, f"the integer {short(value)}, which has more than 64 bits", "use a float, or split the number")
        if type(value) is bytes:
            raise self.unsupported(node, "a bytes literal", "pass it as an argument, a NumPy array of uint8")

    def global_index(self, path: str) -> int:
        """Index of a global path."""
        if path not in self._global_keys:
            self._global_keys[path] = len(self.globals)
            self.globals.append(path)
        return self._global_keys[path]

    def name_index(self, name: str) -> int:
        """Index of an attribute's name."""
        if name not in self._name_keys:
            self._name_keys[name] = len(self.names)
            self.names.append(name)
        return self._name_keys[name]

    # -- instructions

    def emit(self, opcode: int, node: Any, *operands: Any) -> None:
        """Append an instruction at the line of `node`."""
        if self.live:
            self.emit_at(opcode, node.lineno, *operands)

    def emit_at(self, opcode: int, line: int, *operands: Any) -> None:
        """Append an instruction at a line of the parsed tree."""
        if self.live:
            handler = self.handlers[-1] if self.handlers and opcode in MAY_RAISE else None
            if handler is not None:
                handler.used = True
            self.code.append((opcode, line - self.origin, operands, handler))

    def move(self, node: ast.AST, target: int, source: int) -> None:
        """`target = source`."""
        self.emit(MOVE, node, target, source)

    def bind(self, label: Label) -> None:
        """`label` is here. Never at the first instruction: entering a function is no edge, and the way into a loop is one."""
        if not self.code:
            self.code.append((JUMP, 0, (label,), None))
        label.index = len(self.code)
        if label.used:
            self.live = True

    def jump(self, node: ast.AST, label: Label) -> None:
        """Go to `label`."""
        if self.live:
            label.used = True
            self.emit(JUMP, node, label)
            self.live = False

    def branch(self, node: ast.AST, register: int, yes: Label, no: Label) -> None:
        """Go to `yes` if the register is true, to `no` otherwise."""
        if self.live:
            yes.used = no.used = True
            self.emit(BRANCH, node, register, yes, no)
            self.live = False

    def next(self, node: ast.AST, target: int, iterator: int, exhausted: Label) -> None:
        """`target = next(iterator)`, or go to `exhausted`."""
        if self.live:
            exhausted.used = True
            self.emit(NEXT, node, target, iterator, exhausted)

    def leave(self, opcode: int, node: ast.AST, *operands: int) -> None:
        """Emit a `ret` or a `raise`."""
        self.emit(opcode, node, *operands)
        self.live = False

    # -- errors

    def unsupported(self, node: Any, what: str, advice: str) -> UnsupportedError:
        """The error for a construct, to be raised by the caller."""
        line = self.first_line + node.lineno - self.origin
        return unsupported(self.file, line, what, self.code_object.co_qualname, advice)

    # -- end

    def finish(self) -> list[Instruction]:
        """The instructions with labels resolved: jumps to jumps are threaded, what nothing reaches is dropped."""
        code = self.code
        reached = self._reached()
        kept = [False] * len(code)
        after = len(code)  # the next kept instruction
        for index in range(len(code) - 1, -1, -1):
            if reached[index]:
                opcode, _, operands, _ = code[index]
                if opcode != JUMP or self._target(operands[0]) != after or (index == 0 and self._comes_back(reached)):
                    kept[index] = True
                    after = index
        moved = [0] * len(code)
        count = 0
        for index, keep in enumerate(kept):
            moved[index] = count
            count += keep
        result: list[Instruction] = []
        for index, (opcode, line, operands, handler) in enumerate(code):
            if kept[index]:
                if opcode in (JUMP, BRANCH, NEXT):
                    operands = tuple(moved[self._target(o)] if type(o) is Label else o for o in operands)
                if handler is None:
                    result.append((opcode, line, operands))
                else:
                    result.append((opcode, line, operands, moved[self._target(handler)]))
        return result

    def _comes_back(self, reached: list[bool]) -> bool:
        """Whether something goes to where the jump at the start leads."""
        start = self._target(self.code[0][2][0])
        later = (row for row, is_reached in zip(self.code[1:], reached[1:], strict=True) if is_reached)
        return any(type(o) is Label and self._target(o) == start for _, _, operands, handler in later for o in (*operands, handler))

    def _target(self, label: Label) -> int:
        """Where a jump to `label` ends up: past further jumps, but not past one that goes back.

        So every edge back to a loop's header is a `jump` of its own, which is where the tiers count, poll and enter native code.
        """
        index = label.index
        while self.code[index][0] == JUMP and self.code[index][2][0].index > index:
            index = self.code[index][2][0].index
        return index

    def _reached(self) -> list[bool]:
        reached = [False] * len(self.code)
        todo = [0]
        while todo:
            index = todo.pop()
            while not reached[index]:
                reached[index] = True
                opcode, _, operands, handler = self.code[index]
                if handler is not None:
                    todo.append(self._target(handler))
                if opcode in (RET, RAISE, RERAISE):
                    break
                if opcode == JUMP:
                    index = self._target(operands[0])
                    continue
                if opcode == BRANCH:
                    todo.append(self._target(operands[2]))
                    index = self._target(operands[1])
                    continue
                if opcode == NEXT:
                    todo.append(self._target(operands[2]))
                index += 1
        return reached


def unsupported(file: str, line: int, what: str, function: str, advice: str) -> UnsupportedError:
    """An `UnsupportedError` in px's words: file, line, construct, way out."""
    return UnsupportedError(f"{file}:{line}: px does not support {what} (in {function}); instead: {advice}")


def constant_key(value: Any) -> Any:
    """A key by which 1, True, 1.0, 0.0 and -0.0 differ."""
    kind = type(value)
    if kind is float:
        return (kind, value.hex())
    if kind is tuple:
        return (kind, tuple(map(constant_key, value)))
    return (kind, value)


def short(value: int) -> str:
    """A long integer, shortened for a message."""
    if value.bit_length() > 256:
        return f"of {value.bit_length()} bits"
    text = str(value)
    return text if len(text) <= 24 else f"{text[:10]}…{text[-6:]}"
