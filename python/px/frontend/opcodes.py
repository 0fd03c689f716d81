"""Numbers of opcodes and operators, from the C++ tables, and px's operators by `ast` node type."""

from __future__ import annotations

import ast

import px._px as _px

# Rows of the tables, in order of their numbers; the first field is the name.
OPCODES: dict[str, int] = {row[0]: number for number, row in enumerate(_px.OPCODES)}
OPERATORS: dict[str, int] = {row[0]: number for number, row in enumerate(_px.OPERATORS)}

CONSTANT: int = OPCODES["constant"]
GLOBAL: int = OPCODES["global"]
MOVE: int = OPCODES["move"]
UNARY: int = OPCODES["unary"]
BINARY: int = OPCODES["binary"]
INPLACE: int = OPCODES["inplace"]
COMPARE: int = OPCODES["compare"]
CALL: int = OPCODES["call"]
CALL_STAR: int = OPCODES["call_star"]
CALL_KW: int = OPCODES["call_kw"]
GETATTR: int = OPCODES["getattr"]
SETATTR: int = OPCODES["setattr"]
GETITEM: int = OPCODES["getitem"]
SETITEM: int = OPCODES["setitem"]
BUILD_TUPLE: int = OPCODES["build_tuple"]
BUILD_LIST: int = OPCODES["build_list"]
BUILD_SLICE: int = OPCODES["build_slice"]
UNPACK: int = OPCODES["unpack"]
UNPACK_STAR: int = OPCODES["unpack_star"]
UNSET: int = OPCODES["unset"]
LIST_APPEND: int = OPCODES["list_append"]
DELITEM: int = OPCODES["delitem"]
MAKE_FUNCTION: int = OPCODES["make_function"]
ITER: int = OPCODES["iter"]
NEXT: int = OPCODES["next"]
CATCH: int = OPCODES["catch"]
RERAISE: int = OPCODES["reraise"]
JUMP: int = OPCODES["jump"]
BRANCH: int = OPCODES["branch"]
RET: int = OPCODES["ret"]
RAISE: int = OPCODES["raise"]

# What an exception may come from, and so needs to know its handler.
MAY_RAISE = frozenset(OPCODES.values()) - {CONSTANT, GLOBAL, MOVE, BUILD_TUPLE, MAKE_FUNCTION, UNSET, CATCH, JUMP, BRANCH, RET}

BINARY_OPERATORS: dict[type[ast.operator], int] = {
    ast.Add: OPERATORS["add"],
    ast.Sub: OPERATORS["sub"],
    ast.Mult: OPERATORS["mul"],
    ast.Div: OPERATORS["truediv"],
    ast.FloorDiv: OPERATORS["floordiv"],
    ast.Mod: OPERATORS["mod"],
    ast.Pow: OPERATORS["pow"],
    ast.LShift: OPERATORS["lshift"],
    ast.RShift: OPERATORS["rshift"],
    ast.BitAnd: OPERATORS["and_"],
    ast.BitOr: OPERATORS["or_"],
    ast.BitXor: OPERATORS["xor_"],
    ast.MatMult: OPERATORS["matmul"],
}

COMPARE_OPERATORS: dict[type[ast.cmpop], int] = {
    ast.Eq: OPERATORS["eq"],
    ast.NotEq: OPERATORS["ne"],
    ast.Lt: OPERATORS["lt"],
    ast.LtE: OPERATORS["le"],
    ast.Gt: OPERATORS["gt"],
    ast.GtE: OPERATORS["ge"],
    ast.Is: OPERATORS["is_"],
    ast.IsNot: OPERATORS["is_not"],
    ast.In: OPERATORS["in_"],
    ast.NotIn: OPERATORS["not_in"],
}

UNARY_OPERATORS: dict[type[ast.unaryop], int] = {
    ast.USub: OPERATORS["neg"],
    ast.UAdd: OPERATORS["pos"],
    ast.Invert: OPERATORS["invert"],
    ast.Not: OPERATORS["not_"],
}
