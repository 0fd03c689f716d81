"""Types in px's spelling (jit/types/type.h) and as Numba's."""

import re
from collections.abc import Callable
from typing import Any

from numba.core import types

from .enumerations import KINDS, member_type
from .errors import UnsupportedError
from .values import named_tuple_class

_SCALARS: dict[str, types.Type] = {
    "bool": types.boolean,
    **{str(t): t for t in (types.int8, types.int16, types.int32, types.int64)},
    **{str(t): t for t in (types.uint8, types.uint16, types.uint32, types.uint64)},
    **{str(t): t for t in (types.float32, types.float64, types.complex64, types.complex128)},
}
_ARRAY = re.compile(r"(readonly )?array\((\w+), (\d+)d, ([CFA])\)$")
_RECORDS = re.compile(r"(readonly )?records\((Record\(.*\)), (\d+)d, ([CFA])\)$")
_RECORD = re.compile(r"Record\((.*); (\d+), (aligned|packed)\)$")
_ENUM = re.compile(rf"({'|'.join(sorted(KINDS))})\((.*?), (.*)\)$")
_FUNCTION = re.compile(r"function\((\d+)\)$")
_FIELD = re.compile(r"(\w+)\[(.*?)(?:\(([\d,]+)\))? @ (\d+)\]$")  # name, element, extents, place


def parse(text: str, function: Callable[[int], Any] | None = None) -> types.Type:
    """The Numba type that px writes as `text`. Raises UnsupportedError.

    function: the dispatcher that "function(0)" means, and so on.
    """
    if text in _SCALARS:
        return _SCALARS[text]
    if text.startswith("interlocked."):
        from . import interlocked

        if text in interlocked.TYPES:
            return interlocked.TYPES[text]
    if text == "none":
        return types.none
    if match := _ARRAY.match(text):
        readonly, element, ndim, layout = match.groups()
        if element in _SCALARS:
            return types.Array(_SCALARS[element], int(ndim), layout, readonly=bool(readonly))
    if match := _RECORDS.match(text):
        readonly, record, ndim, layout = match.groups()
        return types.Array(parse(record), int(ndim), layout, readonly=bool(readonly))
    if match := _RECORD.match(text):
        listed, size, alignment = match.groups()
        fields = [_field(part) for part in _split(listed)]
        return types.Record(fields, int(size), alignment == "aligned")
    if text.startswith("dtype(Record("):
        return types.DType(parse(text[len("dtype(") : -1]))
    if text.startswith("dtype(") and text[len("dtype(") : -1] in _SCALARS:
        return types.NumberClass(_SCALARS[text[len("dtype(") : -1]])
    if text.startswith("Optional(") and text.endswith(")"):
        return types.Optional(parse(text[len("Optional(") : -1]))
    if text.startswith("list(") and text.endswith(")"):
        return types.List(parse(text[len("list(") : -1]))
    if text.startswith("Tuple(") and text.endswith(")"):
        return types.Tuple([parse(part, function) for part in _split(text[len("Tuple(") : -1])])
    if text.startswith("NamedTuple(") and text.endswith(")"):
        cls, *fields = _split(text[len("NamedTuple(") : -1])
        return types.NamedTuple([parse(part, function) for part in fields], named_tuple_class(cls))
    if function is not None and (match := _FUNCTION.match(text)):
        return types.Dispatcher(function(int(match.group(1))))
    if match := _ENUM.match(text):
        kind, cls, value = match.groups()
        return member_type(f"{kind}:{cls}", parse(value))
    if text.startswith("Literal[str](") and text.endswith(")"):
        return types.literal(text[len("Literal[str](") : -1])
    if text.startswith("Literal[int](") and text.endswith(")"):
        return types.literal(int(text[len("Literal[int](") : -1]))
    raise UnsupportedError(f"the type {text!r}")


def _field(text: str) -> tuple[str, dict[str, Any]]:
    """A field of a record as Numba describes it."""
    match = _FIELD.match(text)
    if not match:
        raise UnsupportedError(f"the field {text!r}")
    name, element, extents, offset = match.groups()
    ty = parse(element)
    if extents:
        ty = types.NestedArray(ty, tuple(map(int, extents.split(","))))
    return name, {"type": ty, "offset": int(offset)}


def _split(text: str) -> list[str]:
    """The parts between the commas outside parentheses and brackets."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts


def spell(ty: types.Type) -> str:
    """px's spelling of a Numba type; types that px has no spelling for keep Numba's."""
    if isinstance(ty, types.Omitted):
        from numba import typeof

        return spell(typeof(ty.value))
    if isinstance(ty, types.StringLiteral):
        return f"Literal[str]({ty.literal_value})"
    ty = types.unliteral(ty)
    if isinstance(ty, types.Boolean):
        return "bool"
    if isinstance(ty, types.Record):
        fields = ", ".join(f"{name}[{_spell_field(f.type)} @ {f.offset}]" for name, f in ty.fields.items())
        return f"Record({fields}; {ty.size}, {'aligned' if ty.aligned else 'packed'})"
    if isinstance(ty, types.Array):
        readonly = "" if ty.mutable else "readonly "
        if isinstance(ty.dtype, types.Record):
            return f"{readonly}records({spell(ty.dtype)}, {ty.ndim}d, {ty.layout})"
        layout = "C" if ty.ndim == 1 and ty.layout == "F" else ty.layout  # a line in Fortran order is one in C order
        return f"{readonly}array({spell(ty.dtype)}, {ty.ndim}d, {layout})"
    if isinstance(ty, types.BaseAnonymousTuple):
        return f"Tuple({', '.join(spell(t) for t in ty.types)})"
    if isinstance(ty, types.BaseNamedTuple) and hasattr(ty.instance_class, "px_text"):
        return f"NamedTuple({', '.join([ty.instance_class.px_text, *map(spell, ty.types)])})"
    if isinstance(ty, types.EnumMember) and hasattr(ty.instance_class, "px_text"):
        kind, _, cls = ty.instance_class.px_text.partition(":")
        return f"{kind}({cls}, {spell(ty.dtype)})"
    if isinstance(ty, types.List):
        return f"list({spell(ty.dtype)})"
    if isinstance(ty, types.DType | types.NumberClass):
        return f"dtype({spell(ty.dtype)})"
    if isinstance(ty, types.Dispatcher | types.Function):
        return "function"
    if isinstance(ty, types.Optional):
        return f"Optional({spell(ty.type)})"
    if isinstance(ty, types.NoneType):
        return "none"
    if isinstance(ty, types.UnicodeType):
        return "str"
    if isinstance(ty, types.RangeType):
        return f"range({spell(ty.dtype)})"
    return str(ty)


def spell_result(ty: types.Type) -> str:
    """The same of a result: px alone says which text, as Numba does not always know."""
    if isinstance(ty, types.UnicodeType | types.StringLiteral):
        return "str"
    if isinstance(ty, types.Optional):
        return f"Optional({spell_result(ty.type)})"
    if isinstance(ty, types.BaseAnonymousTuple):
        return f"Tuple({', '.join(spell_result(t) for t in ty.types)})"
    if isinstance(ty, types.BaseNamedTuple) and hasattr(ty.instance_class, "px_text"):
        return f"NamedTuple({', '.join([ty.instance_class.px_text, *map(spell_result, ty.types)])})"
    return spell(ty)


def _spell_field(ty: types.Type) -> str:
    """The type of a record's field: arrays have their extents in it."""
    if isinstance(ty, types.NestedArray):
        return f"{spell(ty.dtype)}({','.join(map(str, ty.shape))})"
    return spell(ty)


def may_cross(ty: types.Type) -> bool:
    """Whether the root's result can be handed on: as `has_slots`, and lists and texts."""
    if isinstance(ty, types.UnicodeType | types.StringLiteral):
        return True  # px knows which
    if isinstance(ty, types.List):
        return may_cross(ty.dtype)
    if isinstance(ty, types.BaseAnonymousTuple | types.BaseNamedTuple):
        return all(may_cross(t) for t in ty.types)
    if isinstance(ty, types.Optional):
        return may_cross(ty.type)
    return has_slots(ty)


def has_slots(ty: types.Type) -> bool:
    """Whether a value of this type can cross the native ABI."""
    ty = types.unliteral(ty)
    if isinstance(ty, types.BaseTuple):
        return isinstance(ty, types.BaseAnonymousTuple | types.BaseNamedTuple) and all(has_slots(t) for t in ty.types)
    if isinstance(ty, types.Optional):
        return has_slots(ty.type)
    if isinstance(ty, types.EnumMember):
        return has_slots(ty.dtype)
    if isinstance(ty, types.Record):
        return all(isinstance(f.type, types.Boolean | types.Number) or has_slots(f.type) for f in ty.fields.values())
    if isinstance(ty, types.Array):
        number = isinstance(ty.dtype, types.Boolean | types.Integer | types.Float | types.Complex)
        return number or (isinstance(ty.dtype, types.Record) and has_slots(ty.dtype))  # a field's elements need not be aligned
    return isinstance(ty, types.Boolean | types.Integer | types.Float | types.Complex | types.NoneType)
