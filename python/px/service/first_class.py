"""Functions as values that are known at run time alone, Numba's FunctionType: in px's objects the address of a function of the object, or
that of a C function (addresses.py).
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.dispatcher import Dispatcher
from numba.core.imputils import builtin_registry
from numba.experimental import function_type


def _address(context: Any, builder: ir.IRBuilder, dispatcher: Any, ty: types.FunctionType) -> ir.Value:
    """A value of type `ty`: Numba's own would also have the address of a C wrapper, and of the Python object."""
    ty = ty.get_precise()
    compiled = dispatcher.get_compile_result(ty.signature)
    function = context.declare_function(builder.module, compiled.fndesc)
    made = cgutils.create_struct_proxy(ty)(context, builder)
    made.jit_addr = builder.bitcast(function, context.get_value_type(types.voidptr))
    context.active_code_library.add_linking_library(compiled.library)
    return made._getvalue()


def _cast(context: Any, builder: ir.IRBuilder, from_type: types.Dispatcher, to_type: types.FunctionType, _: ir.Value) -> ir.Value:
    return _address(context, builder, from_type.dispatcher, to_type)


_numbas_constant = function_type.lower_constant_function_type


def _constant(context: Any, builder: ir.IRBuilder, ty: types.FunctionType, value: Any) -> ir.Value:
    if isinstance(value, Dispatcher):
        return _address(context, builder, value, ty)
    return _numbas_constant(context, builder, ty, value)


def call(lower: Any, ty: types.FunctionType, name: str, signature: Any, arguments: list[ir.Value]) -> ir.Value:
    """A call of such a value, the variable `name`: an error passes on as from any other call."""
    context, builder = lower.context, lower.builder
    value = cgutils.create_struct_proxy(ty)(context, builder, value=lower.loadvar(name))
    result = cgutils.alloca_once(builder, context.get_value_type(signature.return_type))
    with builder.if_else(cgutils.is_null(builder, value.jit_addr), likely=False) as (of_c, of_ours):
        with of_c:
            callee = builder.bitcast(value.c_addr, context.get_value_type(ty.ftype))
            builder.store(builder.call(callee, arguments), result)
        with of_ours:
            pointer = context.call_conv.get_function_type(signature.return_type, signature.args).as_pointer()
            callee = builder.bitcast(value.jit_addr, pointer)
            status, returned = context.call_conv.call_function(builder, callee, signature.return_type, signature.args, arguments)
            with cgutils.if_unlikely(builder, status.is_error):
                context.call_conv.return_status_propagate(builder, status)
            builder.store(returned, result)
    return builder.load(result)


def install() -> None:
    """Before the target context takes in Numba's registries."""
    ours = {function_type.lower_cast_dispatcher_to_function_type: _cast, _numbas_constant: _constant}
    for registered in (builtin_registry.casts, builtin_registry.constants):
        for i, (function, given) in enumerate(registered):
            if function in ours:
                registered[i] = (ours.pop(function), given)
    if ours:
        raise RuntimeError("this Numba's first-class functions are not where they were")
