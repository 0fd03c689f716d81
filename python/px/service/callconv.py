"""px's calling convention for Numba code: `i32 f(result*, i32 depth, arguments…)`, with exceptions reported to px's helpers.

`depth` counts the recursive functions entered, so that the stack's limit is asked for at every sixteenth alone; LLVM drops it where
nothing recurs.

A raise hands its arguments to `px_raise` and returns the error code; a call that fails is noted by `px_trace` with its line and passed
on. Code that is not the user's (Numba's own implementations) raises without a line and passes on silently: its caller's line is shown.
"""

from typing import Any

from llvmlite import ir
from numba import typeof
from numba.core import cgutils, types
from numba.core.callconv import RETCODE_USEREXC, MinimalCallConv, TryStatus

from . import sites, slots, ufuncs
from .errors import UnsupportedError
from .spelling import has_slots, spell
from .values import exception_name

_VOID = ir.VoidType()
_I32 = ir.IntType(32)
_I64 = ir.IntType(64)
_POINTER = ir.IntType(8).as_pointer()
_SLOTS = _I64.as_pointer()

# Numba's own texts for a zero divisor. px has CPython's everywhere.
_DIVISION_MESSAGES = frozenset(
    {"division by zero", "integer division by zero", "integer modulo by zero", "integer divmod by zero", "modulo by zero"}
)

# Its texts for lists, where CPython's differ.
_LIST_MESSAGES = {"getitem out of range": "list index out of range", "setitem out of range": "list assignment index out of range"}


def place(builder: ir.IRBuilder) -> tuple[int, int]:
    """(function, line) of the request's code being lowered, or (NO_FUNCTION, 0) in library code."""
    lower = getattr(builder.function, "px_lower", None)
    return lower.px_place() if lower is not None else (sites.NO_FUNCTION, 0)


def unpacking_text(builder: ir.IRBuilder) -> str | None:
    """What the next exception of the unpacking that is being lowered says."""
    lower = getattr(builder.function, "px_lower", None)
    return next(lower.px_unpacks, None) if lower is not None else None


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
        """Raises a class with constant arguments."""
        self.set_exception(builder, exc, exc_args or (), [None] * len(exc_args or ()))
        self.leave(builder)

    def return_dynamic_user_exc(
        self, builder: ir.IRBuilder, exc: Any, exc_args: Any, nb_types: Any, loc: Any = None, func_name: Any = None
    ) -> None:
        """Raises a class with arguments, some of them values of the program."""
        self.set_exception(builder, exc, exc_args, nb_types)
        self.leave(builder)

    def set_exception(self, builder: ir.IRBuilder, exc: Any, values: tuple[Any, ...], value_types: Any) -> None:
        """The exception that the context carries from here on; where control goes is the caller's to say."""
        if exc is None:
            raise UnsupportedError("a bare raise")
        function, line = place(builder)
        name = exception_name(exc)
        if exc is ValueError and not values and (text := unpacking_text(builder)):
            values = (text,)
        if exc is ZeroDivisionError and values and values[0] in _DIVISION_MESSAGES:
            values = ("division by zero",)
        if exc is IndexError and values:
            values = (_LIST_MESSAGES.get(values[0], values[0]), *values[1:])
        if exc is ValueError and values and str(values[0]).startswith(ufuncs.NUMBA_SHAPES_DIFFER):
            values = (ufuncs.SHAPES_DIFFER,)
        if len(values) == 1 and isinstance(values[0], str):
            emit_raise(builder, sites.Site(name, values[0], (), function, line), [], self.context)
        else:
            # A constant text stands in the site itself.
            arguments = [None if isinstance(v, str) else self._argument(builder, v, t) for v, t in zip(values, value_types, strict=True)]
            spelt = tuple(f"text:{v}" if a is None else spell(a[0]) for v, a in zip(values, arguments, strict=True))
            arguments = [a for a in arguments if a is not None]
            emit_raise(builder, sites.Site(name, None, spelt, function, line), arguments, self.context)

    def leave(self, builder: ir.IRBuilder) -> None:
        """What follows an exception: the handler of the `try` around, or the function's end."""
        around = getattr(builder, "_in_try_block", None)  # Numba's own name: a block in which an instruction may fail ends with a check
        if around is not None:
            builder.branch(around["target"])
        else:
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
        """Passes on the exception of a call."""
        function, line = place(builder)
        if function != sites.NO_FUNCTION:
            site = sites.Site("", None, (), function, line)
            tracer = helper(builder, "px_trace", _VOID, [_POINTER, _I32])
            builder.call(tracer, [sites_pointer(builder), sites.table.value(builder, site)])
        self.leave(builder)

    def get_function_type(self, restype: Any, argtypes: Any) -> ir.FunctionType:
        """The LLVM type of a compiled function."""
        plain = super().get_function_type(restype, argtypes)
        return ir.FunctionType(plain.return_type, [plain.args[0], _I32, *plain.args[1:]])

    def get_arguments(self, func: ir.Function) -> Any:
        """The declared arguments of one."""
        return func.args[2:]

    def decorate_function(self, fn: ir.Function, args: Any, fe_argtypes: Any, noalias: bool = False) -> None:
        """Names and attributes of a function's parameters."""
        super().decorate_function(fn, args, fe_argtypes)
        result, depth = fn.args[:2]
        depth.name = ".depth"
        result.add_attribute("captures(none)")
        result.add_attribute("noalias")
        # A recursive function declares itself again when it calls itself: by then it has counted itself.
        if not hasattr(fn, "px_depth"):
            fn.px_depth = depth

    def call_function(self, builder: ir.IRBuilder, callee: Any, resty: Any, argtys: Any, args: Any, attrs: Any = None) -> Any:
        """Calls a compiled function: its status and its result."""
        result_type = self.get_return_type(resty).pointee
        result = cgutils.alloca_once(builder, result_type)
        builder.store(cgutils.get_null_value(result_type), result)
        depth = getattr(builder.function, "px_depth", _I32(0))
        passed = self._get_arg_packer(argtys).as_arguments(builder, args)
        code = builder.call(callee, [result, depth, *passed])
        value = self.context.get_returned_value(builder, resty, builder.load(result))
        return self._get_return_status(builder, code), value

    def return_exc(self, builder: ir.IRBuilder) -> None:
        """Would pass on an exception that CPython has set."""
        raise UnsupportedError("code that calls back into Python")

    def set_static_user_exc(self, builder: ir.IRBuilder, exc: Any, exc_args: Any = None, loc: Any = None, func_name: Any = None) -> None:
        """Raises a class with constant arguments in a `try`: a jump to its handler follows."""
        self.set_exception(builder, exc, exc_args or (), [None] * len(exc_args or ()))

    def check_try_status(self, builder: ir.IRBuilder) -> TryStatus:
        """No exception is left to be found at a block's end: what fails goes to the handler at once."""
        return TryStatus(in_try=cgutils.false_bit, excinfo=_POINTER(None))

    def set_try_status(self, builder: ir.IRBuilder) -> None:
        """A `try` begins; nothing to do while it runs."""

    unset_try_status = set_try_status
