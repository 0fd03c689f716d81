"""Explicit signatures as Numba spells them, `"f8(f8[::1], i8)"`, read into px's types."""

from __future__ import annotations

import ast

from px.errors import UnsupportedError

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from typing import Any

__all__ = ["read_signature", "variable_types"]

_NUMBERS = {
    "bool": "bool b1 bool_ boolean",
    "int8": "int8 i1 char",
    "int16": "int16 i2 short",
    "int32": "int32 i4 intc",
    "int64": "int64 i8 intp int_ long_ longlong",
    "uint8": "uint8 u1 uchar",
    "uint16": "uint16 u2 ushort",
    "uint32": "uint32 u4 uintc",
    "uint64": "uint64 u8 uintp uint ulong ulonglong",
    "float32": "float32 f4",
    "float64": "float64 f8 double",
    "complex64": "complex64 c8",
    "complex128": "complex128 c16",
    "none": "none",
}
_NAMES = {name: type_name for type_name, names in _NUMBERS.items() for name in names.split()}


def read_signature(signature: Any) -> list[tuple[list[str], str | None]]:
    """What one signature stands for: argument types and the result's, in px's names. The result is None where the signature has none, or
    one that is no number: then it is px's to find.

    signature: a text, a Numba signature, or a tuple of Numba types. An array of any layout (`f8[:]`) stands for one in C order too: that is
    what most callers have, and here their code is another.
    Raises `ValueError` for a text that is no signature, `UnsupportedError` for types that px has not.
    """
    from px.dispatchers import spell

    result: str | None
    if isinstance(signature, str):
        types, result = _read(signature)
    else:
        types = [spell(item) for item in (signature if isinstance(signature, tuple) else signature.args)]
        result = str(getattr(signature, "return_type", None))
    result = _NAMES.get(result or "")
    result = None if result == "none" else result
    contiguous = [text.replace(", A)", ", C)") for text in types]
    return [(types, result)] if contiguous == types else [(contiguous, result), (types, result)]


def variable_types(types: Any) -> dict[str, str]:
    """Names of variables and their types, as `px.jit(locals=…)` has them, in px's spelling.

    types: name → a Numba type, its spelling ("f4", "float64[::1]") or a NumPy dtype.
    Raises `TypeError` for what is no such mapping, `ValueError` for a text that is no type, `UnsupportedError` for a type that px has not.
    """
    from px.dispatchers import is_numbas, spell

    if not isinstance(types, dict) or not all(isinstance(name, str) for name in types):
        raise TypeError("px.jit(locals=…) takes a dict of variables' names and their types")
    found = {}
    for name, given in types.items():
        if isinstance(given, str):
            ((found[name],), _) = _read(f"({given},)")
        elif is_numbas(given):
            found[name] = spell(given)
        else:
            import numpy as np

            if isinstance(given, type) and not issubclass(given, (np.generic, bool, int, float, complex)):
                raise TypeError(f"px.jit(locals=…): the type of {name!r} is {given!r}: give a number's type")
            found[name] = np.dtype(given).name
            if found[name] not in _NUMBERS:
                raise UnsupportedError(f"px.jit(locals=…): {name!r} of type {given!r}: px has no such type")
    return found


def _read(signature: str) -> tuple[list[str], str | None]:
    """Argument types, and the result's name where there is a plain one."""
    try:
        node = ast.parse(signature.strip(), mode="eval").body
    except SyntaxError:
        raise ValueError(f"{signature!r} is no signature, such as 'f8(f8[::1], i8)'") from None
    if isinstance(node, ast.Call) and not node.keywords:
        return [_type(argument, signature) for argument in node.args], node.func.id if isinstance(node.func, ast.Name) else None
    if isinstance(node, ast.Tuple):  # without a result: "(f8, i8)"
        return [_type(argument, signature) for argument in node.elts], None
    return [_type(node, signature)], None  # "(f8)" is no tuple in Python, and a signature in Numba


def _type(node: ast.expr, signature: str) -> str:
    if isinstance(node, ast.Name) and node.id in _NAMES:
        return _NAMES[node.id]
    if isinstance(node, ast.Subscript):
        return _array(node, signature)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) in (1, 2):
        first = node.args[0]
        count = node.args[-1].value if isinstance(node.args[-1], ast.Constant) else None
        if node.func.id == "FunctionType" and isinstance(first, ast.Call):
            listed = ", ".join(_type(item, signature) for item in first.args)
            return f"FunctionType({_type(first.func, signature)}({listed}))"
        if node.func.id == "UniTuple" and isinstance(count, int):
            return "Tuple(" + ", ".join([_type(first, signature)] * count) + ")"
        if node.func.id == "Tuple" and isinstance(first, (ast.Tuple, ast.List)):
            return "Tuple(" + ", ".join(_type(item, signature) for item in first.elts) + ")"
    raise UnsupportedError(f"{ast.unparse(node)} in {signature!r}: px has no such type; its types are numbers, arrays and tuples of them")


def _array(node: ast.Subscript, signature: str) -> str:
    axes = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    steps = [isinstance(axis, ast.Slice) and axis.step is not None for axis in axes]
    if not all(isinstance(axis, ast.Slice) for axis in axes) or sum(steps) > 1 or any(steps[1:-1]):
        raise ValueError(f"{ast.unparse(node)} in {signature!r} is no array type, such as f8[:, ::1]")
    layout = "C" if steps[-1] else "F" if steps[0] else "A"
    return f"array({_type(node.value, signature)}, {len(axes)}d, {layout})"
