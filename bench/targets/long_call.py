"""One long call, five seconds of work in CPython, nothing compiled or cached: px's whole first call in a new process against Numba's second
call of the same, bounds checked on both sides."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ..kernels import digest, same_digest
from ..launch import WorkerFailed, short
from ..results import geometric_mean, median
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..kernels import Kernel
    from ..launch import Process
    from ..worker import Worker
    from .session import Session

ROWS = (
    ("one long call (5 s in CPython), px's first against Numba's second: slowest kernel", "≤ 1.3×"),
    ("one long call: share of its time in the interpreter: largest", "≤ 10 %"),
)
SECONDS = 5.0


def inside(worker: Worker, kernel: str, size: int, peer: str, **options: Any) -> dict[str, Any]:
    """One call: its seconds, its result's digest, and of px what px.stats tells."""
    arguments, entry = worker.inputs(kernel, size), worker.entry(kernel, peer, **options)
    start = time.perf_counter()
    result = entry(*arguments)
    seconds = time.perf_counter() - start
    row = worker.peer("px").statistics(entry) if peer == "px" else {}  # type: ignore[attr-defined]
    return {"seconds": seconds, "digest": digest(result), "stats": row}


def measure(session: Session) -> list[Row]:
    """New px processes in turn with calls in one Numba process."""
    ratios: dict[str, float] = {}
    shares: dict[str, float] = {}
    problems = []
    with session.process("long call, Numba", peers=("numba",)) as numba:
        for kernel in session.kernels:
            session.step(f"long call, {kernel.name}")
            try:
                ratios[kernel.name], shares[kernel.name], moved = compare(session, kernel, numba)
            except WorkerFailed as error:
                problems.append(f"{kernel.name}: {short(error)}")
                continue
            if not moved:
                problems.append(f"{kernel.name} never left the interpreter")
    if not ratios:
        return all_missing("long_call", ROWS, problems)
    worst, mean, share = max(ratios.values()), geometric_mean(ratios.values()), 100 * max(shares.values())
    figure = f"{worst:.2f}× (mean {mean:.2f}×)"
    percent = parts_text({name: 100 * value for name, value in shares.items()}, "{:.0f} %")
    return [
        Row.at_most("long_call", ROWS[0], worst, 1.3, figure, detail=parts_text(ratios), parts=ratios, problems=problems),
        Row.at_most("long_call", ROWS[1], share, 10.0, f"{share:.0f} %", detail=percent, parts=shares, problems=problems),
    ]


def compare(session: Session, kernel: Kernel, numba: Process) -> tuple[float, float, bool]:
    """px's first over Numba's second call, the interpreter's share of px's, and whether px always left the interpreter."""
    job = {"name": "long_call", "kernel": kernel.name, "size": kernel.size_for(SECONDS, session.cpython_seconds(kernel))}
    reference = numba.ask("target", peer="numba", boundscheck=True, **job)["digest"]
    samples, moved = [], True
    for _ in range(2 if session.quick else 5):
        with session.process("long call, px", peers=("px",)) as process:
            first = process.ask("target", peer="px", **job)
        second = numba.ask("target", peer="numba", boundscheck=True, **job)
        if not same_digest(first["digest"], reference):
            raise WorkerFailed("wrong result: not Numba's")
        stats = first["stats"]
        moved = moved and (stats.get("moves", 0) > 0 or stats["tier"] != "interpreter")
        samples.append((first["seconds"], second["seconds"], min(1.0, stats["interpreter_s"] / first["seconds"])))
    ours, theirs, share = (median(column) for column in zip(*samples))
    return ours / theirs, share, moved
