"""Numba's CPU context as the compile service wants it: px's calling convention, no wrappers, no address of this process."""

from typing import Any

from llvmlite import ir
from numba.core import cpu, fastmathpass
from numba.core.registry import cpu_target

from . import addresses
from .callconv import SlotCallConv
from .codegen import Codegen

# Stands for an address in this process's memory, which means nothing in px's.
NO_ADDRESS = "an_address_in_the_compile_service"


class Context(cpu.CPUContext):
    """The one target context of this process."""

    allow_dynamic_globals = False

    def init(self) -> None:
        """Makes the code generator."""
        self.is32bit = False
        self._internal_codegen = Codegen("px.exec")

    def load_additional_registries(self) -> None:
        """Numba's implementations, without its runtime."""
        from numba.core.runtime import rtsys

        # The runtime is px's: nothing is compiled or registered for this process.
        rtsys._init = True
        super().load_additional_registries()

    @property
    def call_conv(self) -> SlotCallConv:
        """px's convention."""
        return SlotCallConv(self)

    def post_lowering(self, mod: ir.Module, library: Any) -> None:
        """The rewrites that belong to one module."""
        if self.fastmath:
            fastmathpass.rewrite_module(mod, self.fastmath)

    def create_cpython_wrapper(self, *args: Any, **kwargs: Any) -> None:
        """px calls through its own entry."""

    def create_cfunc_wrapper(self, *args: Any, **kwargs: Any) -> None:
        """px calls through its own entry."""

    def get_executable(self, library: Any, fndesc: Any, env: Any) -> Any:
        """What the dispatcher keeps as the compiled function."""
        # Numba's dispatcher wants a built-in function, which it also knows the compiled one by. Nothing is called in this process.
        return [].append

    def add_dynamic_addr(self, builder: ir.IRBuilder, intaddr: int, info: str) -> ir.Value:
        """A constant address."""
        if intaddr in addresses.KNOWN:
            return builder.inttoptr(ir.IntType(64)(intaddr), ir.IntType(8).as_pointer())
        # Mostly dead code, like a dispatcher as a value. Where it is not, the object has an undefined symbol and is refused.
        symbol = builder.module.globals.get(NO_ADDRESS)
        return symbol if symbol is not None else ir.GlobalVariable(builder.module, ir.IntType(8), NO_ADDRESS)


def install() -> None:
    """Makes this the context of every Numba compile from now on. Before the first one."""
    cpu_target.__dict__["_toplevel_target_context"] = Context(cpu_target.typing_context, "cpu")
    assert isinstance(cpu_target.target_context, Context)
