"""`px.interlocked` for Numba: the objects as a type whose value is an address, each operation as an atomic instruction.

Orderings and results are those of runtime/interlocked.h: sequentially consistent, the value before is returned, integers wrap, and as
Python's max and min have it a NaN that is there stays and one that comes changes nothing.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.imputils import lower_builtin, lower_getattr
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, bound_function, infer_getattr, infer_global, signature
from numba.np.arrayobj import basic_indexing, make_array, normalize_indices

from .errors import TypingError

_ORDER = "seq_cst"


class Interlocked(types.Type):
    """Int64, UInt64 or Float64: `element` says which."""

    def __init__(self, name: str, element: types.Type):
        self.element = element
        super().__init__(name=f"interlocked.{name}")


TYPES = {
    f"interlocked.{name}": Interlocked(name, element)
    for name, element in (("Int64", types.int64), ("UInt64", types.uint64), ("Float64", types.float64))
}


@register_default(Interlocked)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, ty: Any):
        super().__init__(manager, ty, ir.IntType(64))


# --- Instructions. `pointer` is to a number of type `ty`.


def _bits(builder: ir.IRBuilder, pointer: ir.Value) -> tuple[ir.Value, ir.IntType]:
    """The pointer as one to an integer of the same width."""
    pointee = pointer.type.pointee
    width = {ir.FloatType(): 32, ir.DoubleType(): 64}.get(pointee) or pointee.width
    return builder.bitcast(pointer, ir.IntType(width).as_pointer()), ir.IntType(width)


def _load(builder: ir.IRBuilder, pointer: ir.Value) -> ir.Value:
    raw, bits = _bits(builder, pointer)
    return builder.bitcast(builder.load_atomic(raw, _ORDER, bits.width // 8), pointer.type.pointee)


def _exchange(builder: ir.IRBuilder, ty: types.Type, pointer: ir.Value, value: ir.Value) -> ir.Value:
    raw, bits = _bits(builder, pointer)
    return builder.bitcast(builder.atomic_rmw("xchg", raw, builder.bitcast(value, bits), _ORDER), value.type)


def _compare_exchange(builder: ir.IRBuilder, pointer: ir.Value, expected: ir.Value, desired: ir.Value) -> ir.Value:
    raw, bits = _bits(builder, pointer)
    pair = builder.cmpxchg(raw, builder.bitcast(expected, bits), builder.bitcast(desired, bits), _ORDER, _ORDER)
    return builder.bitcast(builder.extract_value(pair, 0), expected.type)


def _loop(builder: ir.IRBuilder, pointer: ir.Value, change: Callable[[ir.Value], ir.Value]) -> ir.Value:
    """Compare and exchange until nobody came between."""
    raw, bits = _bits(builder, pointer)
    number = pointer.type.pointee
    before = builder.load_atomic(raw, "monotonic", bits.width // 8)
    start, again, done = builder.block, builder.append_basic_block("again"), builder.append_basic_block("changed")
    builder.branch(again)
    builder.position_at_end(again)
    seen = builder.phi(bits)
    seen.add_incoming(before, start)
    new = builder.bitcast(change(builder.bitcast(seen, number)), bits)
    pair = builder.cmpxchg(raw, seen, new, _ORDER, _ORDER)
    found = builder.extract_value(pair, 0)
    seen.add_incoming(found, builder.block)
    builder.cbranch(builder.extract_value(pair, 1), done, again)
    builder.position_at_end(done)
    return builder.bitcast(found, number)


def _add(builder: ir.IRBuilder, ty: types.Type, pointer: ir.Value, value: ir.Value) -> ir.Value:
    if isinstance(ty, types.Float):
        return _loop(builder, pointer, lambda old: builder.fadd(old, value))
    return builder.atomic_rmw("add", pointer, value, _ORDER)


def _sub(builder: ir.IRBuilder, ty: types.Type, pointer: ir.Value, value: ir.Value) -> ir.Value:
    if isinstance(ty, types.Float):
        return _loop(builder, pointer, lambda old: builder.fsub(old, value))
    return builder.atomic_rmw("sub", pointer, value, _ORDER)


def _extreme(name: str, better: str) -> Callable[..., ir.Value]:
    def change(builder: ir.IRBuilder, ty: types.Type, pointer: ir.Value, value: ir.Value) -> ir.Value:
        if isinstance(ty, types.Float):
            return _loop(builder, pointer, lambda old: builder.select(builder.fcmp_ordered(better, value, old), value, old))
        return builder.atomic_rmw(name if ty.signed else f"u{name}", pointer, value, _ORDER)

    return change


_CHANGES: dict[str, Callable[..., ir.Value]] = {
    "add": _add,
    "sub": _sub,
    "max": _extreme("max", ">"),
    "min": _extreme("min", "<"),
    "exchange": _exchange,
}

# --- Objects.


def _pointer(context: Any, builder: ir.IRBuilder, ty: Interlocked, value: ir.Value) -> ir.Value:
    return builder.inttoptr(value, context.get_data_type(ty.element).as_pointer())


def _of_object(change: Callable[..., ir.Value]) -> Any:
    def lower(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> ir.Value:
        element = sig.args[0].element
        return change(builder, element, _pointer(context, builder, sig.args[0], args[0]), args[1])

    return lower


for _name, _change in _CHANGES.items():
    lower_builtin(f"interlocked.{_name}", Interlocked, types.Any)(_of_object(_change))


@lower_builtin("interlocked.compare_exchange", Interlocked, types.Any, types.Any)
def _lower_compare_exchange(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> ir.Value:
    return _compare_exchange(builder, _pointer(context, builder, sig.args[0], args[0]), args[1], args[2])


@lower_getattr(Interlocked, "value")
def _lower_value(context: Any, builder: ir.IRBuilder, ty: Interlocked, value: ir.Value) -> ir.Value:
    return _load(builder, _pointer(context, builder, ty, value))


@infer_getattr
class _Attributes(AttributeTemplate):
    key = Interlocked

    def resolve_value(self, ty: Interlocked) -> types.Type:
        """The number."""
        return ty.element

    @bound_function("interlocked.compare_exchange")
    def resolve_compare_exchange(self, ty: Interlocked, args: Any, kws: Any) -> Any:
        """Of two numbers."""
        return signature(ty.element, ty.element, ty.element, recvr=ty)


def _method(name: str) -> Any:
    @bound_function(f"interlocked.{name}")
    def resolve(self: Any, ty: Interlocked, args: Any, kws: Any) -> Any:
        return signature(ty.element, ty.element, recvr=ty)

    return resolve


for _name in _CHANGES:
    setattr(_Attributes, f"resolve_{_name}", _method(_name))

# --- Elements of arrays.

NOT_ALIGNED = (  # as jit/builtins/interlocked.cpp has it
    "px.interlocked takes aligned elements only, which fields of packed records are not: use an array of its own for them, or a dtype "
    "with align=True"
)


def _refuse_unaligned(context: Any, builder: ir.IRBuilder, ty: types.Array, array: Any) -> None:
    """Raises where some element lies where the processor cannot change it in one step."""
    places = builder.ptrtoint(array.data, ir.IntType(64))
    for size, stride in zip(cgutils.unpack_tuple(builder, array.shape), cgutils.unpack_tuple(builder, array.strides), strict=True):
        several = builder.icmp_signed(">", size, size.type(1))
        places = builder.or_(places, builder.select(several, stride, stride.type(0)))
    unit = context.get_abi_sizeof(context.get_data_type(ty.dtype))
    with cgutils.if_unlikely(builder, builder.icmp_unsigned("!=", builder.urem(places, places.type(unit)), places.type(0))):
        context.call_conv.return_user_exc(builder, TypingError, (NOT_ALIGNED,))


def _of_element(change: Callable[..., ir.Value]) -> Any:
    def lower(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> ir.Value:
        array_type, index_type, _ = sig.args
        array, index, value = args
        indices = cgutils.unpack_tuple(builder, index, count=len(index_type)) if isinstance(index_type, types.BaseTuple) else (index,)
        index_types = index_type.types if isinstance(index_type, types.BaseTuple) else (index_type,)
        array = make_array(array_type)(context, builder, array)
        _refuse_unaligned(context, builder, array_type, array)
        index_types, indices = normalize_indices(context, builder, index_types, indices)
        pointer, _, _ = basic_indexing(context, builder, array_type, array, index_types, indices, boundscheck=context.enable_boundscheck)
        return change(builder, array_type.dtype, pointer, value)

    return lower


def _function(name: str) -> Any:
    def stub(array: Any, index: Any, value: Any) -> Any:
        raise NotImplementedError(name)

    stub.__name__ = name
    globals()[name] = stub  # Numba looks a function up in its module

    @infer_global(stub)
    class _Template(AbstractTemplate):
        key = stub

        def generic(self, args: Any, kws: Any) -> Any:
            if len(args) != 3 or kws or not isinstance(args[0], types.Array):
                return None
            return signature(args[0].dtype, args[0], args[1], args[0].dtype)

    lower_builtin(stub, types.Array, types.Any, types.Any)(_of_element(_CHANGES[name]))
    return stub


FUNCTIONS = {f"px.interlocked.{name}": _function(name) for name in ("add", "max", "min")}
