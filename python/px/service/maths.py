"""Inexact mathematics: LLVM must neither fold nor specialise it, so that every tier computes the same bits.

Before anything is optimised, each libm function or intrinsic named in jit/builtins/mathlib.def becomes px's opaque `px_<name>` (double) or
`px_<name>f` (float). Exact intrinsics (sqrt, fabs, floor, ceil, trunc, rint, copysign, fma) stay.
"""

import llvmlite.binding as ll
from llvmlite import ir

# The names of mathlib.def, in its order; a test compares the two.
UNARY = [
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "erf", "erfc", "tgamma", "lgamma"),
]
BINARY = ["atan2", "pow", "hypot", "fmod"]

# Numba's own names for some of them.
_ALIASES = {"numba_gamma": "tgamma", "numba_lgamma": "lgamma", "numba_cbrt": "cbrt"}


def _renames() -> dict[str, str]:
    names = {}
    for name in [*UNARY, *BINARY]:
        names[name] = names[f"llvm.{name}.f64"] = f"px_{name}"
        names[f"{name}f"] = names[f"llvm.{name}.f32"] = f"px_{name}f"
    for alias, name in _ALIASES.items():
        names[alias], names[f"{alias}f"] = f"px_{name}", f"px_{name}f"
    return names


RENAMES = _renames()
SYMBOLS = frozenset(RENAMES.values())


def rename(module: ll.ModuleRef) -> None:
    """Gives each inexact function that `module` declares its px name."""
    for function in list(module.functions):
        new = RENAMES.get(function.name)
        if new is None or not function.is_declaration:
            continue
        function.name = new
        for attribute in ("nounwind", "willreturn", "memory"):
            function.add_function_attribute(attribute)


def install() -> None:
    """Makes the floating-point remainder instruction, which becomes a call of `fmod` in the end, a call of px's."""

    def frem(self: ir.IRBuilder, lhs: ir.Value, rhs: ir.Value, name: str = "", flags: tuple[str, ...] = ()) -> ir.Value:
        symbol = "px_fmodf" if isinstance(lhs.type, ir.FloatType) else "px_fmod"
        function = self.module.globals.get(symbol)
        if function is None:
            function = ir.Function(self.module, ir.FunctionType(lhs.type, [lhs.type, rhs.type]), symbol)
        return self.call(function, [lhs, rhs], name=name)

    ir.IRBuilder.frem = frem
