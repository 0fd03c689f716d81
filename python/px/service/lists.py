"""Lists that cross px's native ABI: a slot holds the address of a header {items, size, capacity} (jit/builtins/list.h).

An argument is copied into a list of Numba's and back when the call is over, however it ends; the same header among several arguments is
one list. A result is a new list of px's, or the argument's header where it is that argument.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.cpython.listobj import ListInstance

from . import slots
from .callconv import helper
from .errors import UnsupportedError

_I64 = ir.IntType(64)
_SLOTS = _I64.as_pointer()
_POINTER = ir.IntType(8).as_pointer()
_FAILED = ir.Constant(ir.IntType(32), 1)


def plain(ty: types.Type) -> bool:
    """Whether an argument of this list type can be copied in: no lists in it."""
    return not any(isinstance(part, types.List) for part in _parts(ty.dtype))


def _parts(ty: types.Type) -> list[types.Type]:
    return [ty, *(p for t in ty.types for p in _parts(t))] if isinstance(ty, types.BaseTuple) else [ty]


def _header(builder: ir.IRBuilder, address: ir.Value) -> ir.Value:
    return builder.inttoptr(address, _SLOTS) if isinstance(address.type, ir.IntType) else builder.bitcast(address, _SLOTS)


class Borrowed:
    """The lists that the arguments of one call hold."""

    def __init__(self) -> None:
        self._lists: list[tuple[types.List, ir.Value, ir.Value]] = []  # type, header's address, Numba's list

    def load(self, context: Any, builder: ir.IRBuilder, ty: types.List, address: ir.Value) -> ir.Value:
        """Numba's list with the items of px's."""
        if not plain(ty):
            raise UnsupportedError(f"an argument of type {ty}")
        header = _header(builder, address)
        known = [value for other, _, value in self._lists if other == ty]
        addresses = [a for other, a, _ in self._lists if other == ty]
        result = cgutils.alloca_once(builder, context.get_value_type(ty))
        fresh = builder.append_basic_block("list.fresh")
        end = builder.append_basic_block("list.end")
        for value, other in zip(known, addresses, strict=True):
            same, differs = builder.append_basic_block("list.same"), builder.append_basic_block("list.differs")
            builder.cbranch(builder.icmp_unsigned("==", address, other), same, differs)
            builder.position_at_end(same)
            builder.store(value, result)
            builder.branch(end)
            builder.position_at_end(differs)
        builder.branch(fresh)
        builder.position_at_end(fresh)
        items = builder.inttoptr(builder.load(header), _SLOTS)
        size = builder.load(builder.gep(header, [_I64(1)]))
        ok, made = ListInstance.allocate_ex(context, builder, ty, size)
        with cgutils.if_unlikely(builder, builder.not_(ok)):
            builder.ret(_FAILED)  # px's heap has said why
        made.size = size
        width = slots.count(ty.dtype)
        with cgutils.for_range(builder, size) as loop:
            at = builder.gep(items, [builder.mul(loop.index, _I64(width))])
            made.inititem(loop.index, slots.Reader(context, builder, at).load(ty.dtype), incref=False)
        builder.store(made.value, result)
        builder.branch(end)
        builder.position_at_end(end)
        value = builder.load(result)
        context.nrt.incref(builder, ty, value)  # ours, beside the callee's
        self._lists.append((ty, address, value))
        return value

    def give_back(self, context: Any, builder: ir.IRBuilder) -> None:
        """Writes the items as the call left them."""
        for ty, address, value in self._lists:
            width = slots.count(ty.dtype)
            instance = ListInstance(context, builder, ty, value)
            resize = helper(builder, "px_list_resize", _SLOTS, [_POINTER, _I64, _I64])
            items = builder.call(resize, [builder.inttoptr(address, _POINTER), instance.size, _I64(width)])
            with cgutils.if_unlikely(builder, cgutils.is_null(builder, items)):
                builder.ret(_FAILED)
            write_items(context, builder, instance, items, self)

    def store(self, context: Any, builder: ir.IRBuilder, ty: types.List, value: ir.Value, slot: ir.Value) -> None:
        """The address of px's list for one of Numba's."""
        instance = ListInstance(context, builder, ty, value)
        end = builder.append_basic_block("list.stored")
        for other, address, known in self._lists:
            if other != ty:
                continue
            same, differs = builder.append_basic_block("list.same"), builder.append_basic_block("list.differs")
            theirs = ListInstance(context, builder, ty, known).meminfo
            builder.cbranch(builder.icmp_unsigned("==", instance.meminfo, theirs), same, differs)
            builder.position_at_end(same)
            builder.store(address, slot)
            builder.branch(end)
            builder.position_at_end(differs)
        make = helper(builder, "px_list_make", _SLOTS, [_I64, _I64])
        header = builder.call(make, [instance.size, _I64(slots.count(ty.dtype))])
        with cgutils.if_unlikely(builder, cgutils.is_null(builder, header)):
            builder.ret(_FAILED)
        write_items(context, builder, instance, builder.inttoptr(builder.load(header), _SLOTS), self)
        builder.store(builder.ptrtoint(header, _I64), slot)
        builder.branch(end)
        builder.position_at_end(end)


def write_items(context: Any, builder: ir.IRBuilder, instance: ListInstance, items: ir.Value, lists: Borrowed) -> None:
    """All items of a list of Numba's as slots."""
    ty = instance.dtype
    with cgutils.for_range(builder, instance.size) as loop:
        at = builder.gep(items, [builder.mul(loop.index, _I64(slots.count(ty)))])
        slots.Writer(context, builder, at, lists).store(ty, instance.getitem(loop.index))
