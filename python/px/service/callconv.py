"""px's calling convention for Numba code: `i32 f(result*, arguments…)`, with exceptions reported to px's helpers.

A raise hands its arguments to `px_raise` and returns the error code; a call that fails is noted by `px_trace` with its line and passed on. Code that
is not the user's (Numba's own implementations) raises without a line and passes on silently: its caller's line is the one shown.
"""

from typing import Any

from llvmlite import ir
from numba import typeof
from numba.core import cgutils, types
from numba.core.callconv import RETCODE_USEREXC, MinimalCallConv

from . import sites, slots
from .errors import UnsupportedError
from .spelling import has_slots, spell
from .values import exception_name

_VOID = ir.VoidType()
_I32 = ir.IntType(32)
_I64 = ir.IntType(64)
_POINTER = ir.IntType(8).as_pointer()
_SLOTS = _I64.as_pointer()

# Numba's own texts for a zero divisor. px has CPython's everywhere.
_DIVISION_MESSAGES = frozenset({"division by zero", "integer division by zero", "integer modulo by zero", "integer divmod by zero", "modulo by zero"})


def place(builder: ir.IRBuilder) -> tuple[int, int]:
    """(function, line) of the request's code being lowered, or (NO_FUNCTION, 0) in library code."""
    lower = getattr(builder.function, "px_lower", None)
    return lower.px_place() if lower is not None else (sites.NO_FUNCTION, 0)


def helper(builder: ir.IRBuilder, name: str, result: ir.Type, arguments: list[ir.Type]) -> ir.Function:
    """The declaration of one of px's helpers, off the hot path."""
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, arguments), name)
    function.attributes.add("cold")
    function.attributes.add("nounwind")
    return function


def sites_pointer(builder: ir.IRBuilder) -> ir.Value:
    """The address of `px_sites`, which the client chooses for each object."""
    symbol = builder.module.globals.get("px_sites")
    return symbol if symbol is not None else ir.GlobalVariable(builder.module, ir.IntType(8), "px_sites")


def emit_raise(builder: ir.IRBuilder, site: sites.Site, arguments: list[tuple[types.Type, ir.Value]], context: Any) -> None:
    """A call of `px_raise`; the caller returns the error code."""
    count = sum(slots.count(ty) for ty, _ in arguments)
    pointer = _SLOTS(None)
    if count:
        pointer = cgutils.alloca_once(builder, _I64, size=count, name="exception_arguments")
        writer = slots.Writer(context, builder, pointer)
        for ty, value in arguments:
            writer.store(ty, value)
    raiser = helper(builder, "px_raise", _VOID, [_POINTER, _I32, _SLOTS])
    builder.call(raiser, [sites_pointer(builder), sites.table.value(builder, site), pointer])


def _can_be_argument(ty: types.Type) -> bool:
    return isinstance(ty, types.UnicodeType) or has_slots(ty)


class SlotCallConv(MinimalCallConv):
    """The convention of every function compiled in this process."""

    def return_user_exc(self, builder: ir.IRBuilder, exc: Any, exc_args: Any = None, loc: Any = None, func_name: Any = None) -> None:
        self._raise(builder, exc, exc_args or (), [None] * len(exc_args or ()))

    def return_dynamic_user_exc(
        self, builder: ir.IRBuilder, exc: Any, exc_args: Any, nb_types: Any, loc: Any = None, func_name: Any = None
    ) -> None:
        self._raise(builder, exc, exc_args, nb_types)

    def _raise(self, builder: ir.IRBuilder, exc: Any, values: tuple[Any, ...], value_types: list[Any]) -> None:
        if exc is None:
            raise UnsupportedError("a bare raise")
        function, line = place(builder)
        name = exception_name(exc)
        if exc is ZeroDivisionError and values and values[0] in _DIVISION_MESSAGES:
            values = ("division by zero",)
        if len(values) == 1 and isinstance(values[0], str):
            emit_raise(builder, sites.Site(name, values[0], (), function, line), [], self.context)
        else:
            arguments = [self._argument(builder, v, t) for v, t in zip(values, value_types, strict=True)]
            spelt = tuple(spell(ty) for ty, _ in arguments)
            emit_raise(builder, sites.Site(name, None, spelt, function, line), arguments, self.context)
        self._return_errcode_raw(builder, RETCODE_USEREXC)

    def _argument(self, builder: ir.IRBuilder, value: Any, ty: types.Type | None) -> tuple[types.Type, ir.Value]:
        """An exception's argument as a typed value; constants become values of their type."""
        if not isinstance(value, ir.Value):
            ty = typeof(value)
            value = self.context.get_constant_generic(builder, ty, value) if _can_be_argument(ty) else None
        assert ty is not None
        if isinstance(ty, types.Literal):
            value, ty = self.context.cast(builder, value, ty, types.unliteral(ty)), types.unliteral(ty)
        if not _can_be_argument(ty):
            raise UnsupportedError(f"an exception argument of type {ty}")
        return ty, value

    def return_status_propagate(self, builder: ir.IRBuilder, status: Any) -> None:
        function, line = place(builder)
        if function != sites.NO_FUNCTION:
            site = sites.Site("", None, (), function, line)
            tracer = helper(builder, "px_trace", _VOID, [_POINTER, _I32])
            builder.call(tracer, [sites_pointer(builder), sites.table.value(builder, site)])
        self._return_errcode_raw(builder, RETCODE_USEREXC)

    def decorate_function(self, fn: ir.Function, args: Any, fe_argtypes: Any, noalias: bool = False) -> None:
        super().decorate_function(fn, args, fe_argtypes)
        fn.args[0].add_attribute("captures(none)")
        fn.args[0].add_attribute("noalias")

    def call_function(self, builder: ir.IRBuilder, callee: Any, resty: Any, argtys: Any, args: Any, attrs: Any = None) -> Any:
        return super().call_function(builder, callee, resty, argtys, args)

    def return_exc(self, builder: ir.IRBuilder) -> None:
        raise UnsupportedError("code that calls back into Python")

    def set_static_user_exc(self, builder: ir.IRBuilder, *args: Any, **kwargs: Any) -> None:
        raise UnsupportedError("try … except")

    def check_try_status(self, builder: ir.IRBuilder) -> Any:
        raise UnsupportedError("try … except")

    set_try_status = unset_try_status = check_try_status
