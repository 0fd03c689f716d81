"""A whole process, nothing cached: its time above that of a process that imports only what the kernel needs, px against the better of
CPython and Numba. Work of 0.1, 1 and 5 seconds in CPython. The program is program.py."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ..kernels import same_digest
from ..launch import WorkerFailed, environment, short, whole_process
from ..results import geometric_mean, median
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..kernels import Kernel
    from .session import Session

WORK = ((0.1, 0.5), (1.0, 0.3), (5.0, 0.3))  # seconds in CPython, the limit
ROWS = tuple(
    (f"whole process, work of {seconds:g} s in CPython, against the better of CPython and Numba: slowest kernel", f"≤ {limit}×")
    for seconds, limit in WORK
)


def measure(session: Session) -> list[Row]:
    """Kernel after kernel, each amount of work, processes in turn."""
    rows = []
    for row, (seconds, limit) in zip(ROWS, WORK):
        ratios: dict[str, float] = {}
        problems = []
        for kernel in session.kernels:
            session.step(f"whole process, {seconds:g} s, {kernel.name}")
            try:
                ratios[kernel.name] = compare(session, kernel, seconds)
            except WorkerFailed as error:
                problems.append(f"{kernel.name}: {short(error)}")
        if not ratios:
            rows += all_missing("whole_process", [row], problems)
            continue
        worst = max(ratios.values())
        figure = f"{worst:.2f}× (mean {geometric_mean(ratios.values()):.2f}×)"
        rows.append(Row.at_most("whole_process", row, worst, limit, figure, detail=parts_text(ratios), parts=ratios, problems=problems))
    return rows


def compare(session: Session, kernel: Kernel, seconds: float) -> float:
    """px's time above the paired process over that of the better of the others. One of those that is plainly worse runs once."""
    size = kernel.size_for(seconds, session.cpython_seconds(kernel))
    samples: dict[str, list[float]] = {"nothing": [], "px": [], "numba": []}
    if seconds < 2.0:  # with more work Numba is the better one by far
        samples["cpython"] = []
    digests = {}
    # The less work, the more the difference of two processes is noise.
    for number in range(3 if session.quick else 11 if seconds < 0.5 else 5):
        for peer, taken in samples.items():
            others = [median(samples[name]) for name in ("numba", "cpython") if samples.get(name)]
            if peer in ("numba", "cpython") and taken and (median(taken) > 1.5 * min(others) or (number > 2 and median(taken) > 0.8)):
                continue
            env = environment(session.scratch, "whole")
            clock, output = whole_process(env, peer, kernel.name, str(size), "uncached", timeout=120.0)
            taken.append(clock)
            shutil.rmtree(env["PX_CACHE_DIR"], ignore_errors=True)
            if peer != "nothing":
                digests[peer] = [float(number) for number in output.split()[2:]]
    for peer, found in digests.items():
        if not same_digest(found, digests["numba"]):
            raise WorkerFailed(f"wrong result: {peer}'s is not Numba's")
    least = median(samples["nothing"])
    above = {peer: median(taken) - least for peer, taken in samples.items() if peer != "nothing"}
    # Where px is done as soon as the process that does nothing, noise may make it less than nothing.
    return max(above["px"], 1e-4) / min(taken for peer, taken in above.items() if peer != "px")
