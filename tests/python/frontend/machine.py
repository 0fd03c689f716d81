"""A machine for px code in Python: the meaning of each opcode, by Python's own operators. Tests compare it with the function itself."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

from px import _px
from px.frontend import NO_DEFAULT, Code, resolve

OPCODES: list[tuple[str, str]] = [(row[0], row[1]) for row in _px.OPCODES]
NAMES = {name: number for number, (name, _) in enumerate(OPCODES)}
OPERATORS: list[str] = [row[0] for row in _px.OPERATORS]

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "is_": operator.is_,
    "is_not": operator.is_not,
    "in_": lambda x, y: x in y,
    "not_in": lambda x, y: x not in y,
    "truth": operator.truth,
    "not_": operator.not_,
}


def function_of(number: int) -> Callable[..., Any]:
    """Python's function for an operator."""
    name = OPERATORS[number]
    return FUNCTIONS.get(name) or getattr(operator, name if hasattr(operator, name) else name.rstrip("_"))


def inplace_of(number: int) -> Callable[..., Any]:
    """Python's function for an augmented assignment."""
    return getattr(operator, "i" + OPERATORS[number].rstrip("_"))


class Unset(Exception):
    """A register was read before it was written."""


def run(code: Code, function: FunctionType, *args: Any, fuel: int = 100_000, **kwargs: Any) -> Any:
    """Call px code as `function(*args, **kwargs)`. An exception gets the line it came from as `px_line`."""
    registers: list[Any] = [Unset] * len(code.registers)
    for index, (name, default, *_) in enumerate(code.parameters):
        registers[index] = args[index] if index < len(args) else kwargs.get(name, default)
        assert registers[index] is not NO_DEFAULT, name
    at = 0
    for _ in range(fuel):
        try:
            following, result = step(code, function, registers, at)
        except Exception as error:
            if code.instructions[at][0] != NAMES["reraise"]:
                error.px_line = code.instructions[at][1]  # type: ignore[attr-defined]
            if len(code.instructions[at]) == 3:
                raise
            following = code.instructions[at][3]
            registers.append(error)  # for `catch`
        if following < 0:
            return result
        at = following
    raise AssertionError("the program does not end")


def step(code: Code, function: FunctionType, registers: list[Any], at: int) -> tuple[int, Any]:
    """Run one instruction: the index of the next one, or -1 and the result."""
    number, _, o = code.instructions[at][:3]

    def get(register: int) -> Any:
        if registers[register] is Unset:
            raise UnboundLocalError(code.registers[register])
        return registers[register]

    def many(items: Iterable[int]) -> list[Any]:
        return [get(register) for register in items]

    at += 1
    match OPCODES[number][0]:
        case "constant":
            registers[o[0]] = code.constants[o[1]]
        case "global":
            registers[o[0]] = resolve(function, code.globals[o[1]])
        case "move":
            registers[o[0]] = get(o[1])
        case "unary":
            registers[o[0]] = function_of(o[1])(get(o[2]))
        case "binary" | "compare":
            left, right = get(o[2]), get(o[3])
            if isinstance(left, str) and left.startswith("\1"):  # an f-string
                registers[o[0]] = left[1:].format(*right)
            else:
                registers[o[0]] = function_of(o[1])(left, right)
        case "inplace":
            registers[o[0]] = inplace_of(o[1])(get(o[2]), get(o[3]))
        case "call":
            registers[o[0]] = get(o[1])(*many(o[3:]))
        case "call_star":
            registers[o[0]] = get(o[1])(*get(o[2]))
        case "call_kw":
            names = code.constants[o[2]]
            values = many(o[4:])
            split = len(values) - len(names)
            registers[o[0]] = get(o[1])(*values[:split], **dict(zip(names, values[split:], strict=True)))
        case "getattr":
            registers[o[0]] = getattr(get(o[1]), code.names[o[2]])
        case "setattr":
            setattr(get(o[0]), code.names[o[1]], get(o[2]))
        case "getitem":
            registers[o[0]] = get(o[1])[get(o[2])]
        case "setitem":
            get(o[0])[get(o[1])] = get(o[2])
        case "build_tuple":
            registers[o[0]] = tuple(many(o[2:]))
        case "build_list":
            registers[o[0]] = many(o[2:])
        case "build_slice":
            registers[o[0]] = slice(*many(o[1:]))
        case "unpack":
            try:
                items = iter(get(o[0]))
            except TypeError:
                raise TypeError("cannot unpack") from None
            values = list(items)
            if len(values) != o[1]:
                raise ValueError("cannot unpack")
            for register, item in zip(o[2:], values, strict=True):
                registers[register] = item
        case "unpack_star":
            try:
                values = list(get(o[0]))
            except TypeError:
                raise TypeError("cannot unpack") from None
            if len(values) + 1 < o[2]:
                raise ValueError("cannot unpack")
            end = len(values) + 1 - o[2] + o[1]
            for register, item in zip(o[3:], [*values[: o[1]], values[o[1] : end], *values[end:]], strict=True):
                registers[register] = item
        case "unset":
            get(o[0])
            registers[o[0]] = Unset
        case "list_append":
            get(o[0]).append(get(o[1]))
        case "delitem":
            del get(o[0])[get(o[1])]
        case "make_function":
            inner, captured = code.functions[o[1]], many(o[3:])
            registers[o[0]] = lambda *args, **kwargs: run(inner, function, *captured, *args, **kwargs)
        case "iter":
            registers[o[0]] = iter(get(o[1]))
        case "next":
            item = next(get(o[1]), Unset)
            if item is Unset:
                at = o[2]
            else:
                registers[o[0]] = item
        case "catch":
            registers[o[0]] = registers.pop()
        case "reraise":
            raise get(o[0])
        case "jump":
            at = o[0]
        case "branch":
            at = o[1] if get(o[0]) else o[2]
        case "ret":
            return -1, get(o[0])
        case "raise":
            raise get(o[0])(*many(o[2:]))
        case other:
            raise AssertionError(other)
    return at, None


def check(code: Code) -> None:
    """The structure that `verify` of jit/code demands, and what the front end promises beyond it."""
    limits = {"d": len(code.registers), "r": len(code.registers), "k": len(code.constants), "g": len(code.globals), "n": len(code.names)}
    limits |= {"o": len(OPERATORS), "L": len(code.instructions)}
    assert code.instructions, "no instructions"
    for at, (number, line, operands, *handler) in enumerate(code.instructions):
        name, letters = OPCODES[number]
        rest = list(operands)
        assert all(0 <= target < len(code.instructions) for target in handler)
        assert line >= 0, (name, line)
        for letter in letters:
            value = rest.pop(0)
            if letter in "RD":
                assert len(rest) == value, (name, operands)
                assert all(0 <= register < len(code.registers) for register in rest)
                rest = []
            else:
                assert 0 <= value < limits.get(letter, 1 << 31), (name, letter, operands)
                assert letter != "L" or name == "jump" or value > at, "only a jump goes back"
        assert not rest, (name, operands)
    assert OPCODES[code.instructions[-1][0]][0] in ("ret", "raise", "reraise", "jump", "branch"), "falls off the end"
    assert [name for name, _ in code.parameters] == code.registers[: len(code.parameters)]
    named = sum(bool(register) for register in code.registers)
    assert all(code.registers[:named]), "a temporary before a variable"
    verify = getattr(_px, "verify", None)
    if verify is not None:
        assert verify(code) is None, verify(code)


def listing(code: Code) -> str:
    """Readable px code, for golden files: independent of the C++ disassembler."""
    names = [name or f"t{index}" for index, name in enumerate(code.registers)]
    lines = []
    for at, (number, line, operands, *handler) in enumerate(code.instructions):
        name, letters = OPCODES[number]
        rest = list(operands)
        words = []
        for letter in letters:
            value = rest.pop(0)
            if letter in "RD":
                words.append("(" + ", ".join(names[register] for register in rest) + ")")
            elif letter in "dr":
                words.append(names[value])
            else:
                words.append(
                    {
                        "k": lambda v: repr(code.constants[v]),
                        "g": lambda v: "@" + code.globals[v],
                        "n": lambda v: "." + code.names[v],
                        "i": lambda v: f"#{v}",
                        "o": lambda v: OPERATORS[v],
                        "L": lambda v: f"->{v}",
                    }[letter](value)
                )
        words += [f"except ->{target}" for target in handler]
        lines.append(f"{at:3}  {name} {' '.join(words)}".ljust(48) + f"; {line}")
    return "\n".join(lines) + "\n"
