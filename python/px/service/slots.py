"""Values of px's native ABI, runs of 8-byte slots, to Numba's LLVM values and back (jit/types/type.h)."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.np.arrayobj import make_array

from .errors import UnsupportedError

_I32 = ir.IntType(32)
_I64 = ir.IntType(64)


def count(ty: types.Type) -> int:
    """How many slots a value of this type takes."""
    if isinstance(ty, types.NoneType | types.StringLiteral | types.NumberClass | types.Dispatcher):
        return 0
    if isinstance(ty, types.Array):
        return 2 + 2 * ty.ndim
    if isinstance(ty, types.UnicodeType):
        return 3
    if isinstance(ty, types.Complex):
        return 2
    if isinstance(ty, types.Optional):
        return 1 + count(ty.type)
    if isinstance(ty, types.BaseTuple):
        return sum(count(t) for t in ty.types)
    if isinstance(ty, types.EnumMember):
        return count(ty.dtype)
    return 1


class _Cursor:
    def __init__(self, context: Any, builder: ir.IRBuilder, pointer: ir.Value, lists: Any = None):
        self.context, self.builder, self._pointer, self._next = context, builder, pointer, 0
        self._lists = lists  # lists.Borrowed: where lists may cross

    def slot(self) -> ir.Value:
        """The address of the next slot."""
        address = self.builder.gep(self._pointer, [_I32(self._next)], inbounds=True)
        self._next += 1
        return address


class Reader(_Cursor):
    """Builds Numba's values from consecutive slots."""

    def load(self, ty: types.Type) -> ir.Value:
        """The next value, of type `ty`."""
        builder, context = self.builder, self.context
        if isinstance(ty, types.NoneType):
            return context.get_dummy_value()
        if isinstance(ty, types.StringLiteral):
            return context.get_constant_null(ty)  # its type says it all
        if isinstance(ty, types.NumberClass | types.Dispatcher):
            return context.get_dummy_value()
        if isinstance(ty, types.Boolean):
            return builder.icmp_unsigned("!=", builder.load(self.slot()), _I64(0))
        if isinstance(ty, types.Integer):
            value = builder.load(self.slot())
            return builder.trunc(value, ir.IntType(ty.bitwidth)) if ty.bitwidth < 64 else value
        if isinstance(ty, types.Float):
            return builder.load(builder.bitcast(self.slot(), context.get_value_type(ty).as_pointer()))
        if isinstance(ty, types.Complex):
            number = context.make_complex(builder, ty)
            number.real = self.load(ty.underlying_float)
            number.imag = self.load(ty.underlying_float)
            return number._getvalue()
        if isinstance(ty, types.Optional):
            valid = builder.icmp_unsigned("!=", builder.load(self.slot()), _I64(0))
            optional = context.make_helper(builder, ty)
            optional.valid = valid
            optional.data = self.load(ty.type)
            return optional._getvalue()
        if isinstance(ty, types.BaseTuple):
            return context.make_tuple(builder, ty, [self.load(t) for t in ty.types])
        if isinstance(ty, types.EnumMember):  # as its value
            return self.load(ty.dtype)
        if isinstance(ty, types.Array):
            return self._load_array(ty)
        if isinstance(ty, types.Record):  # its address
            return builder.inttoptr(builder.load(self.slot()), context.get_value_type(ty))
        if isinstance(ty, types.List) and self._lists is not None:
            return self._lists.load(context, builder, ty, builder.load(self.slot()))
        if str(ty).startswith("interlocked."):  # its address
            return builder.load(self.slot())
        raise UnsupportedError(f"an argument of type {ty}")

    def _load_array(self, ty: types.Array) -> ir.Value:
        builder, context = self.builder, self.context
        array = make_array(ty)(context, builder)
        array.data = builder.load(builder.bitcast(self.slot(), array.data.type.as_pointer()))
        shape = [builder.load(self.slot()) for _ in range(ty.ndim)]
        strides = [builder.load(self.slot()) for _ in range(ty.ndim)]
        self.slot()  # flags: the type says whether it may be written
        items: ir.Value = _I64(1)
        for extent in shape:
            items = builder.mul(items, extent, flags=["nsw"])
        array.nitems = items
        array.itemsize = _I64(context.get_abi_sizeof(context.get_data_type(ty.dtype)))
        array.shape = cgutils.pack_array(builder, shape, _I64)
        array.strides = cgutils.pack_array(builder, strides, _I64)
        # Arguments are never counted.
        array.meminfo = cgutils.get_null_value(array.meminfo.type)
        array.parent = cgutils.get_null_value(array.parent.type)
        return array._getvalue()


class Writer(_Cursor):
    """Writes Numba's values to consecutive slots."""

    def store(self, ty: types.Type, value: ir.Value) -> None:
        """Writes one value of type `ty`."""
        builder = self.builder
        if isinstance(ty, types.NoneType):
            return
        if isinstance(ty, types.Complex):
            number = self.context.make_complex(builder, ty, value)
            self.store(ty.underlying_float, number.real)
            self.store(ty.underlying_float, number.imag)
        elif isinstance(ty, types.Optional):
            optional = self.context.make_helper(builder, ty, value)
            builder.store(builder.zext(optional.valid, _I64), self.slot())
            self.store(ty.type, optional.data)
        elif isinstance(ty, types.BaseTuple):
            for i, item in enumerate(ty.types):
                self.store(item, builder.extract_value(value, i))
        elif isinstance(ty, types.Array):
            array = make_array(ty)(self.context, builder, value)
            builder.store(builder.ptrtoint(array.data, _I64), self.slot())
            for extent in cgutils.unpack_tuple(builder, array.shape, ty.ndim):
                builder.store(extent, self.slot())
            for stride in cgutils.unpack_tuple(builder, array.strides, ty.ndim):
                builder.store(stride, self.slot())
            builder.store(_I64(int(ty.mutable)), self.slot())
        elif isinstance(ty, types.EnumMember):
            self.store(ty.dtype, value)
        elif isinstance(ty, types.Record):
            builder.store(builder.ptrtoint(value, _I64), self.slot())
        elif isinstance(ty, types.List) and self._lists is not None:
            self._lists.store(self.context, builder, ty, value, self.slot())
        elif isinstance(ty, types.UnicodeType):
            # Only as an exception's argument: where the characters are, how many, and the bytes of each.
            text = cgutils.create_struct_proxy(ty)(self.context, builder, value)
            builder.store(builder.ptrtoint(text.data, _I64), self.slot())
            builder.store(text.length, self.slot())
            width = builder.trunc(text.kind, ir.IntType(8))
            builder.store(builder.zext(width, _I64), self.slot())
        elif isinstance(ty, types.Float):
            slot = self.slot()
            if ty.bitwidth == 32:
                bits = builder.zext(builder.bitcast(value, _I32), _I64)
                builder.store(bits, slot)
            else:
                builder.store(value, builder.bitcast(slot, value.type.as_pointer()))
        elif isinstance(ty, types.Boolean):
            builder.store(builder.zext(value, _I64), self.slot())
        elif isinstance(ty, types.Integer):
            if ty.bitwidth < 64:
                value = builder.sext(value, _I64) if ty.signed else builder.zext(value, _I64)
            builder.store(value, self.slot())
        else:
            raise UnsupportedError(f"a result of type {ty}")


class ResultWriter(Writer):
    """Writes a result. A text in it takes no slots: px returns one where it knows which, and refuses the object otherwise."""

    def store(self, ty: types.Type, value: ir.Value) -> None:
        """Writes one value of type `ty`."""
        if not isinstance(ty, types.UnicodeType | types.StringLiteral):
            super().store(ty, value)
