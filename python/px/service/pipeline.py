"""Numba's compiler for the request's own functions: notes types after inference, and lowers with lines and stack checks."""

from dataclasses import dataclass, field
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core import ir as numba_ir
from numba.core.callconv import RETCODE_USEREXC
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import AnalysisPass, PassManager, register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering, NopythonTypeInference

from . import callconv, first_class, sites, tries
from .source import Program, function_index
from .spelling import spell, spell_result
from .temporaries import NameReadTwice

_CHECK_EVERY = 16  # levels of recursion; a power of two


@dataclass
class Typed:
    """One function as Numba typed it."""

    function: int
    arguments: list[str]
    result: str
    definitions: list[tuple[str, int, str]]

    def header(self) -> dict[str, Any]:
        """As the answer's `specialisations` has it."""
        return {
            "function": self.function,
            "arguments": self.arguments,
            "result": self.result,
            "definitions": [list(d) for d in self.definitions],
        }


@dataclass
class Job:
    """The request being compiled. A child process compiles one; the warm-up resets it."""

    recursive: set[int] = field(default_factory=set)
    hidden: list[int] = field(default_factory=list)  # hidden parameters of each function
    typed: list[Typed] = field(default_factory=list)

    def start(self, program: Program) -> None:
        """Knows `program`'s functions from now on."""
        self.recursive = {s.index for s in program.sources if s.recursive}
        self.hidden = [len(s.needs) for s in program.sources]
        self.typed = []


job = Job()


def _definitions(state: Any) -> list[tuple[str, int, str]]:
    """Every assignment to a named variable: its name, line relative to `def` and type."""
    code = state.func_id.code
    named = {*code.co_varnames, *code.co_cellvars}
    found = set()
    for block in state.func_ir.blocks.values():
        for inst in block.find_insts(numba_ir.Assign):
            name = inst.target.unversioned_name
            is_phi = isinstance(inst.value, numba_ir.Expr) and inst.value.op == "phi"
            if name in named and not is_phi and not isinstance(inst.value, numba_ir.Arg) and inst.loc.filename == code.co_filename:
                found.add((name, inst.loc.line - 1, spell(state.typemap[inst.target.name])))
    return sorted(found, key=lambda d: (d[1], d[0], d[2]))


@register_pass(mutates_CFG=False, analysis_only=True)
class NoteTypes(AnalysisPass):
    """Keeps what inference found, before phis become assignments and rewrites take variables away."""

    _name = "px_note_types"

    def __init__(self) -> None:
        AnalysisPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """One function."""
        index = function_index(state.func_id.filename)
        if index is not None and state.func_id.code.co_name != "<lambda>":
            arguments = [spell(t) for t in state.args[job.hidden[index] :]]
            job.typed.append(Typed(index, arguments, spell_result(state.return_type), _definitions(state)))
        return False


class SiteLower(Lower):
    """Lowers one of the request's functions."""

    def px_place(self) -> tuple[int, int]:
        """(function, line relative to `def`) of what is being lowered."""
        return self._px_place

    def setup_function(self, fndesc: Any) -> None:
        """Starts a function."""
        super().setup_function(fndesc)
        index = function_index(self.func_ir.func_id.filename)
        assert index is not None
        self._px_place = (index, 0)
        self.px_unpacks = iter(())  # texts of the exceptions that an unpacking raises, in their order
        self.function.px_lower = self

    def pre_lower(self) -> None:
        """Looks through the blocks for what raises again."""
        super().pre_lower()
        self.px_handlers = tries.Handlers(self)

    def pre_block(self, block: Any) -> None:
        """Starts a block."""
        super().pre_block(block)
        self.px_block = block
        self.px_handlers.enter(block)

    def lower_static_raise(self, inst: Any) -> None:
        """`raise` with what is known when it is compiled."""
        if not tries.is_again(inst):
            return super().lower_static_raise(inst)
        self.px_handlers.raise_again(self.px_block)
        return self.call_conv.leave(self.builder)

    def lower_static_try_raise(self, inst: Any) -> None:
        """The same in a `try`; a jump follows."""
        if not tries.is_again(inst):
            return super().lower_static_try_raise(inst)
        return self.px_handlers.raise_again(self.px_block)

    def lower_try_dynamic_raise(self, inst: Any) -> None:
        """`raise` with values of the program in a `try`; a jump follows."""
        given = [self.typeof(a.name) if isinstance(a, numba_ir.Var) else None for a in inst.exc_args]
        values = tuple(self.loadvar(a.name) if isinstance(a, numba_ir.Var) else a for a in inst.exc_args)
        self.call_conv.set_exception(self.builder, inst.exc_class, values, given)

    def extract_function_arguments(self) -> Any:
        """Takes the arguments apart, once the stack is known to suffice."""
        if self._px_place[0] in job.recursive:
            self._check_stack()
        return super().extract_function_arguments()

    def _lower_call_FunctionType(self, fnty: Any, expr: Any, signature: Any) -> ir.Value:
        """A call of a function that is known at run time alone."""
        plain = types.unliteral(signature)
        arguments = self.fold_call_args(fnty, plain, expr.args, expr.vararg, expr.kws)
        return first_class.call(self, fnty, expr.func.name, plain, arguments)

    def lower_expr(self, resty: Any, expr: Any) -> ir.Value:
        """Numba says nothing where an unpacked list has another size: px says what Python does."""
        if expr.op != "exhaust_iter":
            return super().lower_expr(resty, expr)
        self.px_unpacks = iter(
            [f"not enough values to unpack (expected {expr.count}, got {got})" for got in range(expr.count)]
            + [f"too many values to unpack (expected {expr.count})"]
        )
        try:
            return super().lower_expr(resty, expr)
        finally:
            self.px_unpacks = iter(())

    def _check_stack(self) -> None:
        """Every sixteenth level: the frames between fit into the margin that px keeps below the limit."""
        builder, depth = self.builder, self.function.px_depth
        due = builder.icmp_unsigned("==", builder.and_(depth, depth.type(_CHECK_EVERY - 1)), depth.type(0))
        self.function.px_depth = builder.add(depth, depth.type(1))
        with cgutils.if_unlikely(builder, due):
            asked = builder.call(callconv.helper(builder, "px_stack_low", ir.IntType(32), []), [])
            with cgutils.if_unlikely(builder, builder.icmp_signed("!=", asked, asked.type(0))):
                site = sites.Site("RecursionError", "maximum recursion depth exceeded")  # the callee has no frame yet, as in CPython
                callconv.emit_raise(builder, site, [], self.context)
                self.call_conv._return_errcode_raw(builder, RETCODE_USEREXC)

    def lower_inst(self, inst: Any) -> None:
        """Notes the line, then lowers."""
        # What Numba inlined from its own library keeps the line of the last statement of the user's.
        index = function_index(self.loc.filename)
        if index is not None:
            self._px_place = (index, self.loc.line - 1)
        super().lower_inst(inst)


@register_pass(mutates_CFG=True, analysis_only=False)
class SiteLowering(NativeLowering):
    """Numba's lowering with SiteLower."""

    _name = "px_site_lowering"

    def __init__(self) -> None:
        NativeLowering.__init__(self)

    @property
    def lowering_class(self) -> type[Lower]:
        """What lowers."""
        return SiteLower


class Compiler(CompilerBase):
    """Numba's nopython pipeline with px's passes."""

    def define_pipelines(self) -> list[PassManager]:
        """The one pipeline."""
        usual = DefaultPassBuilder.define_nopython_pipeline(self.state)
        ours = PassManager("px")
        for cls, description in usual.passes:
            if cls is NopythonTypeInference:
                ours.add_pass(NameReadTwice, "name what is read twice")
            ours.add_pass(SiteLowering if cls is NativeLowering else cls, description)
            if cls is NopythonTypeInference:
                ours.add_pass(NoteTypes, "note types")
        ours.finalize()
        return [ours]
