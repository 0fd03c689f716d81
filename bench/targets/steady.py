"""After the swap: px's native code against Numba's own dispatcher, in one process on the same arrays, 31 interleaved calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ..kernels import difference, load
from ..launch import WorkerFailed, short
from ..results import geometric_mean, median
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (
    ("after the swap against Numba, bounds checked on both sides: geometric mean", "≤ 1.03×"),
    ("after the swap against Numba, defaults on both sides: geometric mean", "≤ 1.10×"),
)
ROUNDS = 31


def inside(worker: Worker, kernel: str, size: int, rounds: int) -> dict[str, float]:
    """Median seconds of a call: px, numba (bounds checked), numba_default. Results are compared first."""
    arguments = worker.inputs(kernel, size)
    entries: dict[str, Any] = {
        "px": worker.entry(kernel, "px"),
        "numba": worker.entry(kernel, "numba", boundscheck=True),
        "numba_default": worker.entry(kernel, "numba"),
    }
    results = {name: entry(*arguments) for name, entry in entries.items()}
    assert worker.settle(kernel, "px") == "numba", f"px stayed in the tier {worker.settle(kernel, 'px')}"
    results["px"] = entries["px"](*arguments)
    for name in ("px", "numba_default"):
        different = difference(results[name], results["numba"], load(kernel).tolerance)
        assert different is None, f"{name}: {different}"
    del results
    samples: dict[str, list[float]] = {name: [] for name in entries}
    order = list(entries.items())
    for number in range(rounds):
        for name, entry in order if number % 2 == 0 else reversed(order):
            start = time.perf_counter()
            entry(*arguments)
            samples[name].append(time.perf_counter() - start)
    return {name: median(seconds) for name, seconds in samples.items()}


def measure(session: Session) -> list[Row]:
    """Kernel after kernel in one process."""
    equal: dict[str, float] = {}
    defaults: dict[str, float] = {}
    problems = []
    with session.process("steady", peers=("px", "numba"), PX_TIER="native") as process:
        for kernel in session.kernels:
            session.step(f"steady, {kernel.name}")
            try:
                seconds = process.ask("target", name="steady", kernel=kernel.name, size=session.size(kernel), rounds=ROUNDS)
            except WorkerFailed as error:
                problems.append(f"{kernel.name}: {short(error)}")
                continue
            equal[kernel.name] = seconds["px"] / seconds["numba"]
            defaults[kernel.name] = seconds["px"] / seconds["numba_default"]
    if not equal:
        return all_missing("steady", ROWS, problems)
    rows = []
    for row, ratios, limit in ((ROWS[0], equal, 1.03), (ROWS[1], defaults, 1.10)):
        mean = geometric_mean(ratios.values())
        rows.append(Row.at_most("steady", row, mean, limit, f"{mean:.3f}×", detail=parts_text(ratios), parts=ratios, problems=problems))
    return rows
