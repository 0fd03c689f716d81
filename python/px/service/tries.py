"""The handlers of `try` while a function is lowered, and the exceptions that they keep to be raised again.

Numba's own code for `finally`, and for what a handler does not take, ends in a raise that cannot happen there; here it raises again what
the
nearest handler around was entered with. A bare `raise` comes as `raise Reraised`.
"""

from typing import Any

from llvmlite import ir as llvm
from numba.core import cgutils, ir, ir_utils
from numba.core.analysis import compute_cfg_from_blocks
from numba.core.unsafe import eh

from .callconv import helper
from .errors import UnsupportedError

_SLOT = llvm.IntType(64)
_NUMBAS = "Unreachable condition reached (op code RERAISE"


class Reraised(Exception):
    """Stands for the exception that is being handled."""


def is_again(inst: Any) -> bool:
    """Whether the statement raises again what is being handled."""
    if not isinstance(inst, ir.StaticRaise | ir.StaticTryRaise):
        return False
    if inst.exc_class is None or inst.exc_class is Reraised:
        return True
    return inst.exc_class is AssertionError and bool(inst.exc_args) and str(inst.exc_args[0]).startswith(_NUMBAS)


class Handlers:
    """Those of one function that is about to be lowered."""

    def __init__(self, lower: Any):
        self._lower = lower
        self._labels: dict[int, int] = {id(block): label for label, block in lower.blocks.items()}
        self._source: dict[int, int] = {}  # block that raises again → the handler whose exception that is
        self._slots: dict[int, llvm.Value] = {}  # handler → where its exception is kept
        again = [label for label, block in lower.blocks.items() if any(map(is_again, block.body)) and not self._is_dead(label)]
        if again:
            self._find(again)

    def enter(self, block: Any) -> None:
        """The block is lowered next; a handler keeps its exception first."""
        slot = self._slots.get(self._labels[id(block)])
        if slot is not None:
            builder = self._lower.builder
            builder.call(helper(builder, "px_exception_keep", llvm.VoidType(), [_SLOT.as_pointer()]), [slot])

    def raise_again(self, block: Any) -> None:
        """The exception is the handler's again; where control goes is the caller's to say."""
        label = self._labels[id(block)]
        if label not in self._source:  # what a handler of all exceptions does not take: nothing
            return
        builder = self._lower.builder
        again = helper(builder, "px_exception_again", llvm.VoidType(), [_SLOT.as_pointer()])
        builder.call(again, [self._slots[self._source[label]]])

    def _find(self, again: list[int]) -> None:
        handlers = {label for block in self._lower.blocks.values() if (label := self._target(block)) is not None}
        dominators = compute_cfg_from_blocks(self._lower.blocks).dominators()
        for label in again:
            around = handlers & dominators[label]
            if not around:
                raise UnsupportedError("an exception raised again outside of a handler")
            self._source[label] = nearest = max(around, key=lambda h: len(dominators[h]))
            if nearest not in self._slots:
                builder = self._lower.builder
                self._slots[nearest] = cgutils.alloca_once_value(builder, _SLOT(0), name="kept_exception")

    def _calls(self, block: Any, function: Any) -> bool:
        for call in block.find_exprs(op="call"):
            known = ir_utils.guard(ir_utils.get_definition, self._lower.func_ir, call.func)
            if isinstance(known, ir.Global) and known.value is function:
                return True
        return False

    def _target(self, block: Any) -> int | None:
        """The handler that a block may lead to."""
        last = block.terminator
        if isinstance(last, ir.Branch) and self._calls(block, eh.exception_check):
            return int(last.truebr)
        raises = any(isinstance(inst, ir.StaticTryRaise | ir.DynamicTryRaise) for inst in block.body)
        return int(last.target) if isinstance(last, ir.Jump) and raises else None

    def _is_dead(self, label: int) -> bool:
        """Whether only an exception that `except Exception` does not take leads to the block."""
        for block in self._lower.blocks.values():
            last = block.terminator
            if isinstance(last, ir.Branch) and last.falsebr == label and self._calls(block, eh.exception_match):
                return True
        return False
