"""Members of the user's Enum classes: classes that stand for them, by their texts (`Enum:Color`, bridge/enumeration.h)."""

import enum
from dataclasses import dataclass
from functools import cache
from typing import Any

from numba.core import types
from numba.core.imputils import lower_cast
from numba.core.typing.typeof import typeof_impl

KINDS = frozenset({"Enum", "IntEnum", "OpaqueEnum"})


@cache
def _enum_class(text: str) -> Any:
    """The class that stands for the user's. It has no members: Numba's code has their values, and asks only which class they are of."""
    kind, _, name = text.partition(":")
    base: Any = enum.IntEnum if kind == "IntEnum" else enum.Enum
    cls = base(name, [])
    cls.px_text = text
    return cls


def member_type(text: str, value: types.Type) -> types.EnumMember:
    """The type of a member whose value is of type `value`."""
    made = types.IntEnumMember if text.startswith("IntEnum:") else types.EnumMember
    return made(_enum_class(text), value)


@dataclass(frozen=True)
class Member:
    """A member as a constant of a function."""

    text: str
    value: Any


@lower_cast(types.IntEnumMember, types.Float)
@lower_cast(types.IntEnumMember, types.Complex)
@lower_cast(types.IntEnumMember, types.Boolean)
def _cast_number(context: Any, builder: Any, given: types.IntEnumMember, to: types.Type, value: Any) -> Any:
    """Numba has the cast to integers alone, though its typing allows these."""
    return context.cast(builder, value, given.dtype, to)


@typeof_impl.register(Member)
def _typeof_member(member: Member, c: Any) -> types.EnumMember:
    return member_type(member.text, typeof_impl(member.value, c))
