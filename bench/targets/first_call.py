"""How soon a new function runs: from the call to its first instruction in px (front end, inference, start), as px.stats tells, in new
processes with px and NumPy imported and nothing cached."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..launch import WorkerFailed, short
from ..results import median
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (("first call of a new function on arrays, until its first instruction: slowest kernel", "≤ 5 ms"),)


def inside(worker: Worker, kernel: str, size: int) -> tuple[float, float]:
    """Milliseconds from the call until the first instruction, and until it has returned."""
    arguments, entry = worker.inputs(kernel, size), worker.entry(kernel, "px")
    start = time.perf_counter_ns()
    entry(*arguments)
    end = time.perf_counter_ns()
    first = worker.peer("px").statistics(entry)["first_run_ns"]  # type: ignore[attr-defined]
    assert start <= first <= end, "px.stats has no first instruction of this call"
    return 1e-6 * (first - start), 1e-6 * (end - start)


def measure(session: Session) -> list[Row]:
    """Several new processes a kernel, kernels in turn."""
    samples: dict[str, list[tuple[float, float]]] = {kernel.name: [] for kernel in session.kernels}
    problems = []
    for number in range(3 if session.quick else 9):
        session.step(f"first call, round {number + 1}")
        for kernel in session.kernels:
            with session.process("first call", peers=("px",)) as process:
                try:
                    samples[kernel.name].append(process.ask("target", name="first_call", kernel=kernel.name, size=kernel.sizes["tiny"]))
                except WorkerFailed as error:
                    problems.append(f"{kernel.name}: {short(error)}")
    parts = {name: median(first for first, _ in taken) for name, taken in samples.items() if taken}
    if not parts:
        return all_missing("first_call", ROWS, problems)
    whole = max(median(end for _, end in taken) for taken in samples.values() if taken)
    worst = max(parts.values())
    detail = f"{parts_text(parts)}; slowest until it returned {whole:.2f}"
    return [Row.at_most("first_call", ROWS[0], worst, 5.0, f"{worst:.2f} ms", detail=detail, parts=parts, problems=problems)]
