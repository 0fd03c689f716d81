"""What a benchmark run measured: the shape of ``px bench --json``."""

from __future__ import annotations

import dataclasses
import json
import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEMA = 2


@dataclass
class Timeline:
    """Calls of the reduced size in a new process, one after another from the first on. Seconds count from the process's start."""

    first_call_at: float  # when the first call began: imports and inputs are done
    calls: list[tuple[float, float]]  # (end, duration)
    native_at: float | None  # end of the first native call; None: never native
    tier: str  # the last one
    swaps: list[tuple[float, str]] = field(
        default_factory=list
    )  # (end of the first call, the tier) of each tier that px.stats told of later

    def first_call(self) -> float:
        """Seconds of the first call."""
        return self.calls[0][1]

    def until_native(self) -> tuple[float, int]:
        """Seconds from the first call's begin until native code ran, and the calls finished by then; to the end if it never did."""
        end = self.calls[-1][0] if self.native_at is None else self.native_at
        before = [call for call in self.calls if call[0] < end or self.native_at is None]
        return end - self.first_call_at, len(before)


@dataclass
class KernelResult:
    """One kernel. `times[column][size]`: median seconds of a call; `problems[column]`: why there are none, never beside a time."""

    name: str
    about: str
    sizes: dict[str, int]
    times: dict[str, dict[str, float]] = field(default_factory=dict)
    waited: dict[str, float] = field(default_factory=dict)  # by size: clock over processor time of the peers' calls; 1 on a quiet machine
    rounds: dict[str, int] = field(default_factory=dict)  # by size: samples behind each median
    first_call: dict[str, float] = field(default_factory=dict)  # numba, px, px_cached: seconds, reduced size
    timelines: dict[str, Timeline] = field(default_factory=dict)  # numba, px, px_cached
    checks: list[str] = field(default_factory=list)  # what the results were compared with
    problems: dict[str, str] = field(default_factory=dict)

    def ratio(self, column: str, reference: str, size: str) -> float | None:
        """Time of `column` over that of `reference` at one size; None unless both were measured."""
        ours, theirs = self.times.get(column, {}).get(size), self.times.get(reference, {}).get(size)
        return None if ours is None or theirs is None else ours / theirs


@dataclass
class BenchResult:
    """A whole run."""

    machine: dict[str, Any]
    quick: bool
    seconds: float = 0.0
    kernels: list[KernelResult] = field(default_factory=list)
    unavailable: dict[str, str] = field(default_factory=dict)  # peers that cannot run here, and why
    schema: int = SCHEMA

    def passed(self) -> bool:
        """Nothing failed and no result was wrong. A peer that is not there is no failure."""
        return not any(kernel.problems for kernel in self.kernels)

    def waited(self) -> float:
        """How much longer calls took than the processor worked on them, at worst; other programs took the rest."""
        return max((ratio for kernel in self.kernels for ratio in kernel.waited.values()), default=1.0)

    def write(self, path: Path) -> None:
        """Writes JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n")


def median(values: Iterable[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    return statistics.median(values)


def geometric_mean(values: Iterable[float | None]) -> float | None:
    """Of those that are there; None if none is."""
    logs = [math.log(value) for value in values if value is not None]
    return math.exp(sum(logs) / len(logs)) if logs else None
