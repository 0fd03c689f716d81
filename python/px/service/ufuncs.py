"""Element-wise functions in the words of px: arrays whose shapes do not fit raise the same in every tier.

Numba does not look at shapes where the result goes into a given array (`out`, `a += b`): it would read beyond the operands.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import builtin_registry
from numba.np import arrayobj

from . import overrides

SHAPES_DIFFER = "operands could not be broadcast together"
OUTPUT_DIFFERS = "non-broadcastable output operand"
# How Numba's own text begins; it goes on with numbers and places that are not px's.
NUMBA_SHAPES_DIFFER = "unable to broadcast argument"


def _shape(context: Any, builder: ir.IRBuilder, ty: types.Array, value: ir.Value) -> list[ir.Value]:
    return cgutils.unpack_tuple(builder, context.make_array(ty)(context, builder, value).shape, ty.ndim)


def _checked(original: Any) -> Any:
    """Numba's kernel of element-wise functions, which checks the operands of a call that says where its result goes."""

    def kernel(context: Any, builder: ir.IRBuilder, sig: Any, args: Any, ufunc: Any, kernel_class: Any) -> Any:
        for k in range(ufunc.nin, len(args)):
            wanted = _shape(context, builder, sig.args[k], args[k])
            for ty, value in zip(sig.args[: ufunc.nin], args[: ufunc.nin], strict=True):
                if not isinstance(ty, types.Array):
                    continue
                shape = _shape(context, builder, ty, value)
                wrong: ir.Value = ir.IntType(1)(len(shape) > len(wanted))
                for size, want in zip(reversed(shape), reversed(wanted), strict=False):
                    other = builder.and_(builder.icmp_signed("!=", size, want), builder.icmp_signed("!=", size, size.type(1)))
                    wrong = builder.or_(wrong, other)
                with cgutils.if_unlikely(builder, wrong):
                    context.call_conv.return_user_exc(builder, ValueError, (OUTPUT_DIFFERS,))
        return original(context, builder, sig, args, ufunc, kernel_class)

    return kernel


def _norm_of_any_line(original: Any) -> Any:
    """Numba's norm of a line; of a copy where BLAS has no word for how far apart the elements are: Numba would read beside them."""
    from numba.core.extending import register_jitable
    from numba.np import linalg

    line_norm = linalg._oneD_norm_2

    def overload(a):  # type: ignore[no-untyped-def]
        plain = original(a)
        if a.layout == "C":
            return plain
        register_jitable(plain)

        def norm(a):  # type: ignore[no-untyped-def]
            if a.strides[0] <= 0 or a.strides[0] % a.itemsize != 0:
                return line_norm(a.copy())
            return plain(a)

        return norm

    return overload


def install() -> None:
    """Before anything is compiled, and after `overrides.install`: npyimpl reads what that replaces when it is imported."""
    from numba.np import linalg, npyimpl
    from numba.np.math import numbers

    npyimpl.numpy_ufunc_kernel = _checked(npyimpl.numpy_ufunc_kernel)
    # One text without numbers, where Numba puts the shapes together as strings.
    specific = arrayobj.ol_raise_with_shape_context_cpu
    found = [t for t in builtin_registry.functions if getattr(t, "_overload_func", None) is specific]
    if not found:
        raise RuntimeError("this Numba's slice assignment is not where it was")
    for template in found:
        template._overload_func = staticmethod(arrayobj.ol_raise_with_shape_context_generic)
    found = [t for t in builtin_registry.functions if getattr(t, "_overload_func", None) is linalg._oneD_norm_2_impl]
    if not found:
        raise RuntimeError("this Numba's norm of a line is not where it was")
    for template in found:
        template._overload_func = staticmethod(_norm_of_any_line(linalg._oneD_norm_2_impl))
    # px's wrappers of BLAS do not fail; Numba's code would call Python where they did.
    linalg.check_blas_return = lambda context, builder, res: None
    # Used by `a <<= b`; other shifts of arrays are shifts of scalars.
    numbers.int_shl_impl, numbers.int_shr_impl = overrides.shift(True), overrides.shift(False)
