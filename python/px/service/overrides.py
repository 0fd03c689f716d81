"""Operators whose errors px words and places in its own way: bounds checks and shifts."""

import operator
from types import FunctionType
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, inline_closurecall, ir_utils, types
from numba.core import ir as numba_ir
from numba.core.imputils import builtin_registry, impl_ret_untracked
from numba.core.typing.templates import builtin_registry as typing_registry
from numba.extending import overload, register_jitable
from numba.np import arrayobj, npyfuncs
from numba.np.unsafe.ndarray import empty_inferred

from . import callconv, sites

_I64 = ir.IntType(64)


def _original_index(index: ir.Value) -> ir.Value:
    """The index before a negative one was wrapped around, where Numba's own select shows it."""
    if isinstance(index, ir.instructions.SelectInstr):
        return index.operands[2]
    return index


def check_bounds(context: Any, builder: ir.IRBuilder, ind: ir.Value, dimlen: ir.Value, axis: Any = None) -> None:
    """Replaces cgutils.do_boundscheck: NumPy's message, made by px's helper, and one branch."""
    # Two signed comparisons, as Numba has them: LLVM drops them by what it knows of loop counters; it does not see through an unsigned one.
    outside = builder.or_(builder.icmp_signed(">=", ind, dimlen), builder.icmp_signed("<", ind, ind.type(0)))
    with cgutils.if_unlikely(builder, outside):
        function, line = callconv.place(builder)
        raiser = callconv.helper(builder, "px_raise_index", ir.VoidType(), [ir.IntType(8).as_pointer(), ir.IntType(32), _I64, _I64, _I64])
        site = sites.table.value(builder, sites.Site("IndexError", None, (), function, line))
        axis_value = axis if isinstance(axis, ir.Value) else _I64(axis or 0)
        builder.call(raiser, [callconv.sites_pointer(builder), site, _original_index(ind), axis_value, dimlen])
        context.call_conv.leave(builder)


def _check_shift(context: Any, builder: ir.IRBuilder, amount: ir.Value, ty: types.Integer, bits: int) -> None:
    """A count outside 0 … bits - 1 is an error, not whatever the CPU does."""
    if isinstance(amount, ir.Constant) and isinstance(amount.constant, int) and 0 <= amount.constant < bits:
        return
    if ty.signed:
        with cgutils.if_unlikely(builder, builder.icmp_signed("<", amount, amount.type(0))):
            context.call_conv.return_user_exc(builder, ValueError, ("negative shift count",))
    if ty.bitwidth > 8 or (1 << ty.bitwidth) > bits:
        with cgutils.if_unlikely(builder, builder.icmp_unsigned(">=", amount, amount.type(bits))):
            context.call_conv.return_user_exc(builder, ValueError, ("shift count out of range",))


def shift(left: bool) -> Any:
    """The lowering of `<<` or `>>`."""

    def lower(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> ir.Value:
        (value_type, amount_type), (value, amount) = sig.args, args
        result = sig.return_type
        _check_shift(context, builder, amount, amount_type, result.bitwidth)
        value = context.cast(builder, value, value_type, result)
        amount = context.cast(builder, amount, amount_type, result)
        if left:
            shifted = builder.shl(value, amount)
        elif result.signed:
            shifted = builder.ashr(value, amount)
        else:
            shifted = builder.lshr(value, amount)
        return impl_ret_untracked(context, builder, result, shifted)

    return lower


def _cube_root(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> ir.Value:
    """libm's: Numba gets it from pow and fast-math flags, which only LLVM's own knowledge of pow turns into cbrt."""
    ty = args[0].type
    name = "px_cbrtf" if isinstance(ty, ir.FloatType) else "px_cbrt"
    return builder.call(cgutils.insert_pure_function(builder.module, ir.FunctionType(ty, [ty]), name), args)


def _checked_flat(original: Any) -> Any:
    """Numba's `a.flat`, whose elements are read and written at any index, within its bounds: negative ones count from the end."""

    def place(context: Any, builder: ir.IRBuilder, array: Any, index: ir.Value) -> ir.Value:
        wrapped = builder.add(index, array.nitems)
        index = builder.select(builder.icmp_signed("<", index, index.type(0)), wrapped, index)
        if context.enable_boundscheck:
            check_bounds(context, builder, index, array.nitems, 0)
        return index

    def make(flat_type: types.Type) -> Any:
        class Flat(original(flat_type)):  # type: ignore[misc]
            def getitem(self, context: Any, builder: ir.IRBuilder, ty: types.Type, array: Any, index: ir.Value) -> ir.Value:
                return super().getitem(context, builder, ty, array, place(context, builder, array, index))

            def setitem(self, context: Any, builder: ir.IRBuilder, ty: types.Type, array: Any, index: ir.Value, value: ir.Value) -> None:
                super().setitem(context, builder, ty, array, place(context, builder, array, index), value)

        return Flat

    return make


def _checked_take_along_axis(original: Any) -> Any:
    """Numba's np.take_along_axis reads whatever lies at an index; an error as in px/library/choosing.py."""

    @register_jitable
    def take(arr: Any, indices: Any, axis: Any, before: Any, after: Any, sizes: Any) -> Any:
        n = arr.shape[axis]
        for index in indices.flat:
            if index < -n or index >= n:
                raise IndexError("an index of take_along_axis is out of bounds")
        return original(arr, indices, axis, before, after, sizes)

    return take


def _rounds_array(shape: Any, dtype: Any) -> Any:
    """np.empty for what a comprehension fills: there are no rounds less than none."""


@overload(_rounds_array)
def _make_rounds_array(shape: Any, dtype: Any) -> Any:
    return lambda shape, dtype: np.empty((max(shape[0], 0),), dtype)


def _mend_lengths_of_comprehensions() -> None:
    """np.array([… for i in range(-3)]) is an array of nothing. Numba asks for one of -3 elements."""

    class NumPy:
        empty = staticmethod(_rounds_array)

    inline = inline_closurecall._inline_arraycall
    changed = FunctionType(inline.__code__, {**vars(inline_closurecall), "np": NumPy}, inline.__name__, inline.__defaults__)
    inline_closurecall._inline_arraycall = changed
    [function] = [ty for value, ty in typing_registry.globals if value is empty_inferred]
    [template] = function.templates
    original = template._definition_func

    def definition(typingctx: Any, shape: Any) -> Any:
        sig, codegen = original(typingctx, shape)

        def none_is_negative(context: Any, builder: ir.IRBuilder, sig: Any, args: Any) -> ir.Value:
            sizes = cgutils.unpack_tuple(builder, args[0])
            sizes = [builder.select(builder.icmp_signed("<", n, n.type(0)), n.type(0), n) for n in sizes]
            return codegen(context, builder, sig, [cgutils.pack_array(builder, sizes, sizes[0].type)])

        return sig, none_is_negative

    template._definition_func = staticmethod(definition)


_MAY_RAISE = frozenset(
    function
    for name in ("floordiv", "mod", "truediv", "pow", "lshift", "rshift")
    for function in (getattr(operator, name), getattr(operator, "i" + name))
)


def _keeping_errors(original: Any) -> Any:
    """Where Numba drops what is not used, in functions with comprehensions, an error that it raises would be dropped with it."""

    def has_no_side_effect(value: Any, lives: Any, call_table: Any) -> bool:
        operation = value.op if isinstance(value, numba_ir.Expr) else ""
        raises = operation in ("getitem", "static_getitem") or (operation in ("binop", "inplace_binop") and value.fn in _MAY_RAISE)
        return not raises and bool(original(value, lives, call_table))

    return has_no_side_effect


def install() -> None:
    """Before the target context takes in Numba's registries."""
    cgutils.do_boundscheck = check_bounds
    npyfuncs.np_real_cbrt_impl = _cube_root
    arrayobj.make_array_flat_cls = _checked_flat(arrayobj.make_array_flat_cls)
    arrayobj._take_along_axis_impl = _checked_take_along_axis(arrayobj._take_along_axis_impl)
    _mend_lengths_of_comprehensions()
    ir_utils.has_no_side_effect = _keeping_errors(ir_utils.has_no_side_effect)
    import numba.cpython.numbers  # registers what is replaced here
    import numba.np.math.numbers

    # Integers wrap in every tier. Numba lets LLVM take signed overflow for impossible: `x + 1 < x` would be false here and true there.
    numba.cpython.numbers._int_arith_flags = numba.np.math.numbers._int_arith_flags = lambda result: []

    shifts = {
        operator.lshift: shift(True),
        operator.ilshift: shift(True),
        operator.rshift: shift(False),
        operator.irshift: shift(False),
    }
    registered = builtin_registry.functions
    replaced = 0
    for i, (_, function, argument_types) in enumerate(registered):
        if function in shifts and argument_types == (types.Integer, types.Integer):
            registered[i] = (shifts[function], function, argument_types)
            replaced += 1
    if replaced < len(shifts):
        raise RuntimeError("this Numba's shift operators are not where they were")
