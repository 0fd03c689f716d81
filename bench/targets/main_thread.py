"""The main thread's ordinary Python with px imported and its workers asleep, against the same without px.

The workloads are those of pyperformance's benchmarks of the same names, written here. Pairs of new processes, so that where memory happens
to lie is part of the noise and not of the difference; every other pair in the other order. The ratio is the geometric mean over the
workloads of a process's fastest calls; its confidence interval is Student's, of the logarithms.
"""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING

from .row import Row, parts_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..worker import Worker
    from .session import Session

ROWS = (("Python on the main thread, px imported and its workers asleep, against without px: 95 % interval", "includes 1×"),)
PAIRS = 20
SECONDS = 0.15  # of calls of each workload
STUDENT = {5: 2.571, 19: 2.093}  # 97.5th percentile, by degrees of freedom


def nbody(steps: int = 400) -> float:
    """Three bodies in lists of floats."""
    bodies = [[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.5], [4.8, -1.2, -0.1, 0.6, 2.8, -0.03, 0.04], [8.3, 4.1, -0.4, -1.0, 1.8, 0.01, 0.01]]
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1 :]]
    for _ in range(steps):
        for a, b in pairs:
            dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
            pull = 0.001 * (dx * dx + dy * dy + dz * dz) ** -1.5
            for body, mass, sign in ((a, b[6], -1.0), (b, a[6], 1.0)):
                body[3] += sign * dx * mass * pull
                body[4] += sign * dy * mass * pull
                body[5] += sign * dz * mass * pull
        for body in bodies:
            body[0] += 0.001 * body[3]
            body[1] += 0.001 * body[4]
            body[2] += 0.001 * body[5]
    return bodies[0][0]


DOCUMENT = {f"key{i}": [i, i / 7, str(i) * 3, None, {"nested": [True, False, i % 5]}] for i in range(300)}


def json_dumps() -> int:
    """A document of dictionaries, lists, strings and numbers."""
    return len(json.dumps(DOCUMENT))


class Node:
    """Of a binary tree, as gc_traversal and deltablue make many of them."""

    __slots__ = ("left", "right")

    def __init__(self, depth: int) -> None:
        self.left = Node(depth - 1) if depth else None
        self.right = Node(depth - 1) if depth else None

    def count(self) -> int:
        """Its nodes."""
        return 1 + (self.left.count() if self.left else 0) + (self.right.count() if self.right else 0)


def objects() -> int:
    """Objects, method calls, the allocator."""
    return Node(9).count()


def sieve() -> int:
    """Integers and a list."""
    numbers = [True] * 5000
    for i in range(2, 71):
        if numbers[i]:
            numbers[i * i :: i] = [False] * len(numbers[i * i :: i])
    return sum(numbers) - 2


WORKLOADS: tuple[tuple[str, Callable[[], Any], Any], ...] = (
    ("nbody", nbody, None),
    ("json_dumps", json_dumps, 24_578),
    ("objects", objects, 1023),
    ("sieve", sieve, 669),
)


def inside(worker: Worker, action: str) -> dict[str, float]:
    """`px`: starts workers, which then sleep. `time`: the fastest call of each workload, in seconds; results are checked first."""
    if action == "px":
        import px

        def nothing(i):
            """An empty context."""

        px.parallel_for(px.jit(nothing), 10_000)
        time.sleep(1.5)  # until the workers have given their pages back
        return {}
    fastest = {}
    for name, work, known in WORKLOADS:
        result = work()
        assert known is None or result == known, f"{name}: {result}"
        best, until = math.inf, time.perf_counter() + SECONDS
        while (start := time.perf_counter()) < until:
            work()
            best = min(best, time.perf_counter() - start)
        fastest[name] = best
    return fastest


def measure(session: Session) -> list[Row]:
    """Pairs of new processes."""
    pairs = 6 if session.quick else PAIRS
    logarithms: list[float] = []
    by_workload: dict[str, list[float]] = {name: [] for name, _, _ in WORKLOADS}
    for number in range(pairs):
        session.step(f"main thread, pair {number + 1} of {pairs}")
        seconds: dict[str, dict[str, float]] = {}
        for which in ("without", "with") if number % 2 == 0 else ("with", "without"):
            with session.process(which) as process:
                if which == "with":
                    process.ask("target", name="main_thread", action="px")
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
