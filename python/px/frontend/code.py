"""px code as the front end delivers it: plain Python objects, the counterpart of `jit/code/code.h`."""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of the front end
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class _NoDefault:
    """The type of `NO_DEFAULT`."""

    def __repr__(self) -> str:
        return "NO_DEFAULT"


NO_DEFAULT = _NoDefault()

# Opcode, line relative to `def`, operands as opcodes.def says; with a handler, where exceptions of the instruction go.
Instruction = tuple[int, int, tuple[int, ...]] | tuple[int, int, tuple[int, ...], int]


class Code:
    """One function. A plain class, since importing `dataclasses` costs more than lowering a function.

    Registers: parameters in order, the other named variables, temporaries (""). A temporary has one definition, but for those in
    which the branches of an `and`, `or`, `if … else` or comparison chain meet.
    """

    __slots__ = (
        "captured",
        "children",
        "constants",
        "file",
        "first_line",
        "functions",
        "globals",
        "instructions",
        "keyword_only",
        "module",
        "name",
        "names",
        "parameters",
        "qualified_name",
        "registers",
        "source",
        "variadic",
    )

    def __init__(
        self,
        *,
        name: str,
        qualified_name: str,
        module: str,
        file: str,
        first_line: int,
        source: str,
        parameters: Sequence[tuple[Any, ...]],
        registers: list[str],
        constants: list[Any],
        globals: list[str],  # noqa: A002  (the name of the field in code.h)
        names: list[str],
        instructions: list[Instruction],
        functions: list[Code],
        captured: int = 0,
        variadic: bool = False,
        keyword_only: int = 0,
        children: dict[str, Any] | None = None,
    ) -> None:
        self.children = children or {}  # names among `globals` that mean what the front end made, and what
        self.name = name  # "<lambda>" for a lambda, which `source` calls `_lambda_`
        self.qualified_name = qualified_name  # as Python's: "outer.<locals>.<lambda>"
        self.module = module
        self.file = file
        self.first_line = first_line  # of `def` or `lambda`, 1-based
        self.source = source  # dedented, decorators dropped, `def` on the first line; "" if it cannot be compiled alone
        self.parameters = parameters  # (name, default or NO_DEFAULT), or (name, default, index of the global that it is)
        self.registers = registers
        self.constants = constants
        self.globals = globals
        self.names = names
        self.instructions = instructions
        self.functions = functions  # nested ones; their `globals` are this one's
        self.variadic = variadic  # the last parameter is `*rest`
        self.keyword_only = keyword_only  # how many parameters, the last ones, are given by keyword alone
        self.captured = captured  # of a nested function: its first parameters are variables of the one around it

    def __repr__(self) -> str:
        return f"<px code of {self.qualified_name}, {self.file}:{self.first_line}>"
