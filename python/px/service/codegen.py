"""Code libraries that only collect LLVM modules, and the one link, optimisation and code generation of a whole call graph.

Numba optimises and compiles each function and each internal helper by itself and again inside its callers; here all of it is done
once, for the object that is sent.
"""

from collections.abc import Iterator
from typing import Any

import llvmlite.binding as ll
from llvmlite import ir
from numba.core import cgutils, config
from numba.core import codegen as numba_codegen
from numba.core.llvm_bindings import create_pass_builder

from . import maths, nrt, sites


class Library(numba_codegen.JITCodeLibrary):
    """The modules of one function, each function of them simplified, and the libraries that it calls into."""

    def __init__(self, codegen: Any, name: str):
        numba_codegen.CodeLibrary.__init__(self, codegen, name)
        self._linking_libraries: list[Library] = []
        self._modules: list[ll.ModuleRef] = []

    def add_ir_module(self, ir_module: ir.Module) -> None:
        """Takes in a module."""
        self._raise_if_finalized()
        module = ll.parse_assembly(cgutils.normalize_ir_text(str(ir_module)))
        module.name = ir_module.name
        module.data_layout = self._codegen._data_layout
        maths.rename(module)
        self._codegen.simplify(module)
        self._modules.append(module)

    def add_linking_library(self, library: Any) -> None:
        """Notes a library that this one calls into."""
        if library is not self and library not in self._linking_libraries:
            self._linking_libraries.append(library)

    def finalize(self) -> None:
        """Nothing more will be added."""
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Refused."""
        raise NotImplementedError("machine code never runs in the compile service")

    def get_defined_functions(self) -> Iterator[ll.ValueRef]:
        """The functions of its own modules."""
        for module in self._modules:
            yield from (f for f in module.functions if not f.is_declaration)

    def reachable(self) -> list["Library"]:
        """This library and all it calls into, each once."""
        found: dict[Library, None] = {}
        todo = [self]
        while todo:
            library = todo.pop()
            if library not in found:
                found[library] = None
                todo.extend(library._linking_libraries)
        return list(found)


class Codegen(numba_codegen.JITCPUCodegen):
    """Numba's code generator for this CPU, with code that may be placed anywhere."""

    _library_class = Library

    def _customize_tm_options(self, options: dict[str, Any]) -> None:
        super()._customize_tm_options(options)
        options.update(reloc="pic", codemodel="small")
        options.pop("jit", None)

    def insert_unresolved_ref(self, builder: ir.IRBuilder, fnty: ir.FunctionType, name: str) -> ir.Value:
        """A recursive call: by name, as everything is linked before it is compiled."""
        return cgutils.get_or_insert_function(builder.module, fnty, name)

    @property
    def cpu(self) -> str:
        """The CPU compiled for."""
        return self._get_host_cpu_name()

    @property
    def features(self) -> str:
        """Its features, in LLVM's spelling."""
        return self._tm_features

    def simplify(self, module: ll.ModuleRef) -> None:
        """Numba's passes over each function by itself. What is known of indices here is not found again after inlining."""
        for function in module.functions:
            if not function.is_declaration:
                passes, builder = self._function_pass_manager()
                passes.run(function, builder)

    def make_object(self, library: Library, entry: str) -> tuple[bytes, list[sites.Site]]:
        """One relocatable object with `entry` alone visible, and its sites. `library` must define the entry."""
        module = self._link(library)
        used = [v.name for v in module.global_variables if v.name.startswith(sites.PREFIX)]
        text, object_sites = sites.table.definitions(used)
        module.link_in(ll.parse_assembly(text + nrt.DATA_FAST))
        _hide_all_but(module, entry)
        self._optimise(module)
        return self._tm.emit_object(module), object_sites

    def _link(self, library: Library) -> ll.ModuleRef:
        module = ll.parse_assembly(str(self._create_empty_module("px")))
        for part in library.reachable():
            for source in part._modules:
                copy = source.clone()
                for value in [*copy.functions, *copy.global_variables]:
                    # Always linked, and merged with its double.
                    if not value.is_declaration and value.linkage in (ll.Linkage.external, ll.Linkage.linkonce_odr):
                        value.linkage = ll.Linkage.weak_odr
                module.link_in(copy)
        module.data_layout = self._data_layout
        return module

    def _optimise(self, module: ll.ModuleRef) -> None:
        """Numba's passes in Numba's order, then px's counts in place of the runtime's."""
        cheap, cheap_builder = self._module_pass_manager(
            loop_vectorize=self._loopvect, slp_vectorize=False, opt=self._opt_level, cost="cheap"
        )
        cheap.run(module, cheap_builder)
        full, full_builder = self._module_pass_manager()
        full.run(module, full_builder)
        self._inline_counts(module)

    def _inline_counts(self, module: ll.ModuleRef) -> None:
        if not any(f.name in nrt.INLINE for f in module.functions):
            return
        module.link_in(ll.parse_assembly(nrt.DEFINITIONS + nrt.BLOCKS))
        for function in module.functions:
            if function.name in nrt.INLINE:
                function.linkage = ll.Linkage.internal
        builder = create_pass_builder(self._tm, opt=config.OPT, loop_vectorize=False, slp_vectorize=False)
        passes = ll.create_new_module_pass_manager()
        passes.add_always_inliner_pass()
        passes.add_global_dead_code_eliminate_pass()
        passes.run(module, builder)
        self.simplify(module)  # takes out of loops where the free blocks are, among others


def _hide_all_but(module: ll.ModuleRef, entry: str) -> None:
    """Two objects of one process must not see each other's functions."""
    for value in [*module.functions, *module.global_variables]:
        if not value.is_declaration and value.name != entry and not value.name.startswith("llvm."):
            value.linkage = ll.Linkage.internal
