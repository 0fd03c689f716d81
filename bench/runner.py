"""A benchmark run over several kernels, with progress for people."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from . import kernels, machine
from .launch import Scratch
from .measure import Crew, Measurement
from .results import BenchResult


def run(names: Sequence[str], *, quick: bool, console: Console) -> BenchResult:
    """Measures the named kernels. A default run of all of them stays under 90 s on two cores, a quick one under 30 s."""
    start = time.monotonic()
    result = BenchResult(machine.describe(), quick)
    scratch = Scratch()
    columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("starting processes", total=len(names))
            with Crew(scratch) as crew:
                result.unavailable = crew.unavailable
                for name in names:

                    def step(what: str, name: str = name) -> None:
                        progress.update(task, description=f"{name}: {what}")

                    measurement = Measurement(kernels.load(name), crew, step, 0.3 if quick else 1.0, quick)
                    result.kernels.append(measurement.run())
                    progress.advance(task)
    finally:
        scratch.close()
    result.seconds = time.monotonic() - start
    return result
