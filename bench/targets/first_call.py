"""How soon a new function runs. The whole first call on next to no input is timed, in a new process with px and NumPy imported: front
end, inference, start, and the few instructions themselves, so that the figure is an upper bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..results import median
from .row import Row, parts_text

if TYPE_CHECKING:
    from .session import Session

ROWS = (("first call of a new function on arrays, until it has run: slowest kernel", "≤ 5 ms"),)


def measure(session: Session) -> list[Row]:
    """Several new processes a kernel."""
    parts: dict[str, float] = {}
    for kernel in session.kernels:
        samples = []
        for _ in range(2 if session.quick else 5):
            with session.process("first call", peers=("px",)) as process:
                seconds, _ = process.ask("first", kernel=kernel.name, size=kernel.sizes["tiny"], peer="px")
                samples.append(1e3 * seconds)
        parts[kernel.name] = median(samples)
    worst = max(parts.values())
    return [Row.at_most("first_call", ROWS[0], worst, 5.0, f"{worst:.2f} ms", detail=parts_text(parts), parts=parts)]
