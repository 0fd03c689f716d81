"""The main thread runs pure Python on one core while everything compiles on the other, the baseline compiler and the compile service: the
speed that it keeps. Rounds of two processes in turn on the same core, as in quiet.py, with many more functions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .. import machine
from ..kernels import NAMES, load
from ..results import median
from .quiet import spin
from .row import Row

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (("main thread beside all compiling, baseline and service, on the other core: speed kept", "≥ 98 %"),)
COPIES = 4  # of every kernel, made hot in each round
SECONDS = 0.3


def inside(worker: Worker, action: str, number: int = 0, main_core: int = 0, other_core: int = 1) -> tuple[float, int, bool]:
    """`pin`: to be asked before px is imported. `alone`: spins. `beside`: makes functions hot that are new, then spins while they compile.
    (units a second, baseline units compiled meanwhile, whether something was still compiling at the end)"""
    if action == "pin":
        os.sched_setaffinity(0, {main_core})
        return 0.0, 0, True
    if action == "alone":
        return spin(SECONDS)[0], 0, True
    import px

    # Compile threads and the service inherit the affinity of the thread that starts them; beside this thread they get on slowly.
    os.sched_setaffinity(0, {other_core})
    for copy in range(number * COPIES, (number + 1) * COPIES):
        for name in NAMES:
            entry = worker.entry(name, "px", copy=copy)
            arguments = worker.inputs(name, load(name).sizes["reduced"])
            asked = told("requests")
            for _ in range(20):  # until the baseline compiler is asked
                entry(*arguments)
                if told("requests") > asked:
                    break
    os.sched_setaffinity(0, {main_core})
    before = told("units")
    rate, _ = spin(SECONDS)
    compiled, compiling = told("units") - before, not px.wait_compiled(0)
    px.wait_compiled(60.0)
    return rate, compiled, compiling


def told(counter: str) -> int:
    """What the baseline compiler has been asked for ("requests") or has compiled ("units") in this process."""
    from px import _px

    return _px.baseline_stats()[counter]


def measure(session: Session) -> list[Row]:
    """Rounds of the two processes in turn."""
    if machine.cores() < 2:
        return [Row.missing("quiet_all", *ROWS[0], "this process may use one core only")]
    main_core, other_core = sorted(os.sched_getaffinity(0))[:2]
    kept, compiled, compiling = [], [], 0
    with session.process("without px") as without, session.process("beside px", PX_CACHE="0", PX_WORKERS="1") as beside:
        cores = {"name": "quiet_all", "main_core": main_core, "other_core": other_core}
        for process in (without, beside):
            process.ask("target", action="pin", **cores)
        for number in range(3 if session.quick else 7):
            session.step(f"quiet, all compiling, round {number + 1}")
            alone, _, _ = without.ask("target", action="alone", **cores)
            rate, units_compiled, still = beside.ask("target", action="beside", number=number, **cores)
            kept.append(100 * rate / alone)
            compiled.append(units_compiled)
            compiling += still
    detail = f"{median(compiled):.0f} baseline units compiled meanwhile; compiling to the end in {compiling} of {len(kept)} rounds"
    problems = [] if median(compiled) > 0 else ["no baseline unit was compiled meanwhile"]
    figure = median(kept)
    return [Row.at_least("quiet_all", ROWS[0], figure, 98.0, f"{figure:.1f} %", detail=detail, problems=problems)]
