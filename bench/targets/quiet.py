"""The main thread runs pure Python on one core while the service compiles on the other: the speed that it keeps, and its gaps.

Rounds of two processes in turn, on the same core: one in which px compiles kernels that are new to it, one without px.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from .. import machine
from ..kernels import NAMES, load
from ..results import median
from .row import Row

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (
    ("main thread beside the compiling service: speed kept", "≥ 97 %"),
    ("main thread beside the compiling service: 99.9th percentile of gaps, more than without px", "≤ 1 ms"),
)


def spin(seconds: float) -> tuple[float, float]:
    """Runs units of pure Python, about 10 µs each. (units a second, 99.9th percentile of the time between two units' ends in ms)"""
    stamps = [time.perf_counter_ns()]
    end = stamps[0] + int(seconds * 1e9)
    while stamps[-1] < end:
        total = 0
        for i in range(200):
            total += i * i
        stamps.append(time.perf_counter_ns())
    gaps = sorted(b - a for a, b in zip(stamps, stamps[1:]))
    return len(gaps) / ((stamps[-1] - stamps[0]) * 1e-9), gaps[int(0.999 * (len(gaps) - 1))] * 1e-6


def inside(worker: Worker, action: str, seconds: float = 0.0, main_core: int = 0, other_core: int = 1) -> tuple[float, float, bool]:
    """`pin`: to be asked before px is imported. `alone`: spins. `beside`: makes new px functions hot, then spins while they compile; the
    last value says whether compiling went on to the end."""
    if action == "pin":
        os.sched_setaffinity(0, {main_core})
        return 0.0, 0.0, True
    if action == "alone":
        return *spin(seconds), True
    import px

    # The service and the workers inherit the affinity of the thread that starts them.
    os.sched_setaffinity(0, {other_core})
    for name in NAMES + NAMES:
        kernel = load(name)
        entry, arguments = worker.peer("px").load(kernel), worker.inputs(name, kernel.sizes["reduced"])
        for _ in range(100):  # until the service is asked
            entry(*arguments)
            if px.stats(entry)["specialisations"][-1]["state"] in ("queued", "compiling"):
                break
    os.sched_setaffinity(0, {main_core})
    rate, gap = spin(seconds)
    compiling = not px.wait_compiled(0)
    px.wait_compiled(60.0)
    return rate, gap, compiling


def measure(session: Session) -> list[Row]:
    """Rounds of the two processes in turn."""
    if machine.cores() < 2:
        return [Row.missing("quiet", *row, "this process may use one core only") for row in ROWS]
    main_core, other_core = sorted(os.sched_getaffinity(0))[:2]
    seconds = 0.5
    samples = []
    with session.process("without px") as without, session.process("beside px", PX_CACHE="0", PX_WORKERS="1") as beside:
        for process in (without, beside):
            process.ask("target", name="quiet", action="pin", main_core=main_core)
        beside.ask("target", name="quiet", action="beside", seconds=0.01, main_core=main_core, other_core=other_core)  # warms the service
        for _ in range(3 if session.quick else 7):
            samples.append(
                (
                    without.ask("target", name="quiet", action="alone", seconds=seconds),
                    beside.ask("target", name="quiet", action="beside", seconds=seconds, main_core=main_core, other_core=other_core),
                )
            )
    kept = 100 * median(ours[0] / alone[0] for alone, ours in samples)
    gap = median(ours[1] - alone[1] for alone, ours in samples)
    busy = sum(ours[2] for _, ours in samples)
    detail = f"compiling to the end in {busy} of {len(samples)} rounds"
    return [
        Row.at_least("quiet", ROWS[0], kept, 97.0, f"{kept:.1f} %", detail=detail),
        Row.at_most("quiet", ROWS[1], gap, 1.0, f"{gap:+.2f} ms", detail=f"alone {median(alone[1] for alone, _ in samples):.3f} ms"),
    ]
