"""Measures one kernel: checked results first, then interleaved times, then the life of new processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import kernels
from .kernels import Kernel
from .launch import PeerUnavailable, Process, Scratch, WorkerFailed, environment, short
from .results import KernelResult, Timeline, median

# A column of the steady state: (name, process, peer, options). Interpreter and native code are processes of their own, by PX_TIER.
COLUMNS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("cpython", "cpython", "cpython", {}),
    ("numba", "numba", "numba", {"boundscheck": True}),
    ("numba_default", "numba", "numba", {}),
    ("px_interpreter", "px_interpreter", "px", {}),
    ("px_native", "px_native", "px", {}),
)
SETTINGS: dict[str, dict[str, str]] = {
    "px_interpreter": {"PX_TIER": "interp", "PX_SERVICE": "0"},
    "px_native": {"PX_TIER": "native"},
}
Step = Callable[[str], None]  # told what is being measured now


class Crew:
    """The long-lived measured processes, one for each way of running. `unavailable`: peers that are not there, and why."""

    def __init__(self, scratch: Scratch, only: tuple[str, ...] = ("cpython", "numba", "px_interpreter", "px_native")) -> None:
        self.scratch = scratch
        self.processes: dict[str, Process] = {}
        self.unavailable: dict[str, str] = {}
        for _, process, peer, _ in COLUMNS:
            if process in self.processes or process not in only or peer in self.unavailable:
                continue
            started = Process(process, environment(scratch, "steady", **SETTINGS.get(process, {})))
            try:
                started.ask("import_peer", peer=peer)
                self.processes[process] = started
            except PeerUnavailable as reason:
                self.unavailable[peer] = str(reason)
                started.close()

    def close(self) -> None:
        """Ends the processes."""
        for process in self.processes.values():
            process.close()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Measurement:
    """One kernel's measurement by a crew. `budget`: seconds of interleaved calls at each size."""

    def __init__(self, kernel: Kernel, crew: Crew, step: Step, budget: float, quick: bool) -> None:
        self.kernel, self.crew, self.step, self.budget = kernel, crew, step, budget
        self.sizes = {"reduced": kernel.sizes["reduced"]} if quick else {name: kernel.sizes[name] for name in ("reduced", "full")}
        self.result = KernelResult(kernel.name, kernel.about, self.sizes)
        self.reference: dict[str, Any] = {}  # by size: the result that others are compared with

    def run(self) -> KernelResult:
        """Everything."""
        self.steady()
        self.lives()
        return self.result

    def steady(self) -> KernelResult:
        """The long-lived processes alone."""
        for size in self.sizes:
            self.step(f"results, {size} size")
            self.check(size)
            self.step(f"calls, {size} size")
            self.interleave(size)
        return self.result

    def columns(self, size: str) -> list[tuple[str, Process, dict[str, Any]]]:
        """The columns to measure at this size: those that are there and had no problem. CPython runs the reduced size only."""
        return [
            (name, self.crew.processes[process], {"peer": peer, **options})
            for name, process, peer, options in COLUMNS
            if process in self.crew.processes and name not in self.result.problems and not (name == "cpython" and size == "full")
        ]

    def fail(self, column: str, why: str) -> None:
        """A column with a problem shows no time."""
        self.result.problems[column] = why
        self.result.times.pop(column, None)

    def compare(self, column: str, result: Any, size: str) -> bool:
        """Compares a result with the reference of its size; the first one becomes it once the kernel's own check has passed."""
        if size not in self.reference:
            try:
                self.kernel.verify(self.kernel.inputs(self.sizes[size]), result)
            except AssertionError as wrong:
                self.fail(column, f"wrong result: {wrong}")
                return False
            self.reference[size] = result
            return True
        different = kernels.difference(result, self.reference[size], self.kernel.tolerance)
        if different is not None:
            self.fail(column, f"wrong result: {different}")
        return different is None

    def check(self, size: str) -> None:
        """Compiles where that is the peer's way, and compares every column's result before anything is timed."""
        agreed = []
        for column, process, options in self.columns(size):
            try:
                _, result = process.ask("first", kernel=self.kernel.name, size=self.sizes[size], **options)
                tier = process.ask("settle", kernel=self.kernel.name, **options)
                if column == "px_native" and tier != "numba":
                    self.fail(column, f"not native: {tier}")
                    continue
            except WorkerFailed as error:
                self.fail(column, short(error))
                continue
            if self.compare(column, result, size):
                agreed.append(column)
        self.result.checks.append(f"{size}: {', '.join(agreed)} agree")

    def interleave(self, size: str) -> None:
        """Rounds in which each column takes its turn, as many as the budget holds: 3 to 31. Keeps the medians."""
        samples: dict[str, list[float]] = {}
        rounds, spent, worked = 0, 0.0, 0.0
        while rounds < 3 or (spent < self.budget and rounds < 31):
            for column, process, options in self.columns(size):
                try:
                    seconds = process.ask("time", kernel=self.kernel.name, size=self.sizes[size], **options)
                except WorkerFailed as error:
                    self.fail(column, short(error))
                    continue
                samples.setdefault(column, []).extend(clock for clock, _ in seconds)
                spent += sum(clock for clock, _ in seconds)
                worked += sum(processor for _, processor in seconds)
            rounds += 1
        self.result.rounds[size] = rounds
        self.result.waited[size] = spent / worked if worked else 1.0
        for column, _, _ in self.columns(size):
            self.result.times.setdefault(column, {})[size] = median(samples[column])

    def lives(self) -> None:
        """New processes from the first call on: Numba and px with nothing in their caches, and px with what that left there."""
        settings = f"life-{self.kernel.name}"
        for label, peer, boundscheck in (("numba", "numba", True), ("px", "px", None), ("px_cached", "px", None)):
            if peer in self.crew.unavailable or (label == "px_cached" and "px" in self.result.problems):
                continue
            self.step(f"new process, {label.replace('_', ', ')}")
            with Process(label, environment(self.crew.scratch, settings)) as process:
                try:
                    life = process.ask(
                        "timeline",
                        kernel=self.kernel.name,
                        size=self.sizes["reduced"],
                        peer=peer,
                        boundscheck=boundscheck,
                        most=10.0,
                        tail=0.3,
                    )
                except WorkerFailed as error:
                    self.fail(label, short(error))
                    continue
                if self.compare(label, life["result"], "reduced"):
                    timeline = self.timeline(life, process.spawned)
                    self.result.timelines[label] = timeline
                    self.result.first_call[label] = timeline.first_call()

    @staticmethod
    def timeline(life: dict[str, Any], spawned: float) -> Timeline:
        """A measured life, in seconds from the process's start."""
        calls = life["calls"]
        native = [end for end, _, tier in calls if tier not in ("interpreter", "baseline")]
        swaps = [(end - spawned, tier) for (_, _, before), (end, _, tier) in zip(calls, calls[1:]) if tier != before]
        return Timeline(
            life["began"] - spawned,
            [(end - spawned, seconds) for end, seconds, _ in calls],
            native[0] - spawned if native else None,
            calls[-1][2],
            swaps,
        )
