"""The main thread's ordinary Python with px imported and its workers asleep, against the same without px.

The workloads are benchmarks of pyperformance. Pairs of new processes, so that where memory happens to lie is part of the noise and not of
the difference; every other pair in the other order. Both rest before their calls: a processor that has rested may be faster. The ratio is
the geometric mean over the workloads of a process's fastest calls; its confidence interval is Student's, of the logarithms.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from ..peers import NotAvailable
from ..pyperformance import load
from .row import Row, parts_text

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (("Python on the main thread, px imported and its workers asleep, against without px: 95 % interval", "includes 1×"),)
WORKLOADS = ("nbody", "json_dumps", "json_loads", "richards", "deltablue", "gc_traversal", "hexiom", "coroutines")
PAIRS = 20
SECONDS = 0.25  # of calls of each workload
REST = 1.5  # seconds, until the workers have given their pages back
STUDENT = {5: 2.571, 19: 2.093}  # 97.5th percentile, by degrees of freedom


def inside(worker: Worker, action: str) -> dict[str, float]:
    """`px`: starts workers, which then sleep. `rest`: sleeps as long. `time`: the fastest of some calls of each workload, in seconds."""
    if action == "rest":
        time.sleep(REST)
        return {}
    if action == "px":
        import px

        def nothing(i):
            """An empty context."""

        px.parallel_for(px.jit(nothing), 10_000)
        time.sleep(REST)
        return {}
    fastest = {}
    for name in WORKLOADS:
        work = load(name)
        best, until = work(), time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            best = min(best, work())
        fastest[name] = best
    return fastest


def measure(session: Session) -> list[Row]:
    """Pairs of new processes."""
    try:
        load("json_loads")
    except NotAvailable as reason:
        return [Row.missing("main_thread", *ROWS[0], str(reason))]
    pairs = 6 if session.quick else PAIRS
    logarithms: list[float] = []
    by_workload: dict[str, list[float]] = {name: [] for name in WORKLOADS}
    for number in range(pairs):
        session.step(f"main thread, pair {number + 1} of {pairs}")
        seconds: dict[str, dict[str, float]] = {}
        for which in ("without", "with") if number % 2 == 0 else ("with", "without"):
            with session.process(which) as process:
                process.ask("target", name="main_thread", action="px" if which == "with" else "rest")
                seconds[which] = process.ask("target", name="main_thread", action="time")
        ratios = {name: math.log(seconds["with"][name] / seconds["without"][name]) for name in by_workload}
        logarithms.append(sum(ratios.values()) / len(ratios))
        for name, ratio in ratios.items():
            by_workload[name].append(ratio)
    low, high = interval(logarithms)
    outside = max(low - 1.0, 1.0 - high, 0.0)
    means = {name: math.exp(sum(values) / len(values)) for name, values in by_workload.items()}
    detail = f"{pairs} pairs; {parts_text(means, '{:.4f}')}"
    return [Row.at_most("main_thread", ROWS[0], outside, 0.0, f"{low:.4f}…{high:.4f}×", detail=detail, parts={"low": low, "high": high})]


def interval(logarithms: list[float]) -> tuple[float, float]:
    """The 95 % confidence interval of the ratio whose logarithms these are."""
    count = len(logarithms)
    mean = sum(logarithms) / count
    deviation = math.sqrt(sum((x - mean) ** 2 for x in logarithms) / (count - 1))
    half = STUDENT[count - 1] * deviation / math.sqrt(count)
    return math.exp(mean - half), math.exp(mean + half)
