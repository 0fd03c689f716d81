"""From the decision to compile to the first baseline instruction, as px.stats tells. In each new process the kernel is made hot twice, as
two functions: the first brings LLVM in, the second finds it there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..launch import WorkerFailed, short
from ..results import median
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (
    ("decision to first baseline instruction, LLVM loaded: slowest kernel", "≤ 15 ms"),
    ("decision to first baseline instruction, LLVM's first use: slowest kernel", "≤ 30 ms"),
)
PATIENCE = 3.0  # seconds of calls for baseline code to come


def inside(worker: Worker, kernel: str, size: int, copy: int) -> float:
    """Milliseconds for a copy of the kernel that is new to the process."""
    peer, entry, arguments = worker.peer("px", copy=copy), worker.entry(kernel, "px", copy=copy), worker.inputs(kernel, size)
    until = time.monotonic() + PATIENCE
    row = {}
    while time.monotonic() < until:
        entry(*arguments)
        row = peer.statistics(entry)  # type: ignore[attr-defined]
        seconds = row.get("baseline", {}).get("decided_to_first_s", 0.0)
        if seconds > 0:
            return 1e3 * seconds
    told = row.get("baseline", "nothing")
    raise AssertionError(f"no baseline code ran: tier {row.get('tier')}; px.stats tells of the baseline tier {told}")


def measure(session: Session) -> list[Row]:
    """Several new processes a kernel, nothing cached."""
    warm: dict[str, float] = {}
    cold: dict[str, float] = {}
    problems = []
    for kernel in session.kernels:
        samples: list[tuple[float, float]] = []
        session.step(f"baseline start, {kernel.name}")
        try:
            for _ in range(3 if session.quick else 5):
                with session.process("baseline start", peers=("px",), PX_CACHE="0") as process:
                    job = {"name": "baseline_start", "kernel": kernel.name, "size": kernel.sizes["reduced"]}
                    samples.append(tuple(process.ask("target", copy=copy, **job) for copy in (0, 1)))  # type: ignore[arg-type]
        except WorkerFailed as error:
            problems.append(f"{kernel.name}: {short(error)}")
            continue
        cold[kernel.name], warm[kernel.name] = (median(column) for column in zip(*samples))
    if not warm:
        return all_missing("baseline_start", ROWS, problems)
    rows = []
    for row, parts, limit in ((ROWS[0], warm, 15.0), (ROWS[1], cold, 30.0)):
        worst = max(parts.values())
        detail = parts_text(parts, "{:.1f}")
        rows.append(Row.at_most("baseline_start", row, worst, limit, f"{worst:.1f} ms", detail=detail, parts=parts, problems=problems))
    return rows
