"""Temporaries that are read twice, as the middle of a chained comparison is. Numba's array expressions take the first reading for the only
one: the value is computed inside of them, and the other reading finds an array that was never made. They leave alone what has a variable's
name."""

from collections import Counter
from typing import Any

from numba.core import ir, ir_utils
from numba.core.compiler_machinery import FunctionPass, register_pass


@register_pass(mutates_CFG=False, analysis_only=False)
class NameReadTwice(FunctionPass):
    """Gives such a temporary a name. Before inference, which knows variables by their names."""

    _name = "px_name_read_twice"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """One function."""
        reads, computed = Counter[str](), set[str]()
        blocks = state.func_ir.blocks
        for block in blocks.values():
            for inst in block.body:
                reads.update(var.name for var in inst.list_vars())
                if isinstance(inst, ir.Assign):
                    reads[inst.target.name] -= 1
                    if inst.target.is_temp and isinstance(inst.value, ir.Expr) and inst.value.op in ("unary", "binop", "call"):
                        computed.add(inst.target.name)
        names = {name: f"px.{name}" for name in computed if reads[name] > 1}
        if names:
            ir_utils.replace_var_names(blocks, names)
            state.func_ir._definitions = ir_utils.build_definitions(blocks)
        return bool(names)
