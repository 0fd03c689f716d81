"""Benchmarks of the package pyperformance, run in this process: their scripts hand a function to pyperf's Runner, which measures it in
processes of its own; here a runner in its place keeps the function."""

from __future__ import annotations

import argparse
import importlib.util
import runpy
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .peers import NotAvailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Runner:
    """What the scripts use of `pyperf.Runner`. `taken`: name → a call that takes so many seconds, by the benchmark's own clock or by this
    process's."""

    def __init__(self, **_: Any) -> None:
        self.argparser = argparse.ArgumentParser()
        self.metadata: dict[str, Any] = {}
        self.args: argparse.Namespace | None = None

    def parse_args(self) -> argparse.Namespace:
        """The script's defaults."""
        self.args = self.argparser.parse_args([])
        return self.args

    def bench_func(self, name: str, function: Callable[..., Any], *args: Any, **_: Any) -> None:
        """One call is what is measured."""

        def timed() -> float:
            start = time.perf_counter()
            function(*args)
            return time.perf_counter() - start

        self.taken[name] = timed

    def bench_time_func(self, name: str, function: Callable[..., float], *args: Any, **_: Any) -> None:
        """The function does so many rounds, and says how long they took."""
        self.taken[name] = lambda: function(1, *args)

    taken: dict[str, Callable[[], float]]


def load(name: str) -> Callable[[], float]:
    """Runs the script of the benchmark `name`; a call of what it returns does the benchmark's work once and returns the seconds that took.

    NotAvailable where pyperformance is not installed or has no such benchmark.
    """
    spec = importlib.util.find_spec("pyperformance")
    if spec is None or spec.origin is None or importlib.util.find_spec("pyperf") is None:
        raise NotAvailable("pyperformance is not installed: pip install 'px[bench]'")
    script = Path(spec.origin).parent / "data-files" / "benchmarks" / f"bm_{name}" / "run_benchmark.py"
    if not script.exists():
        raise NotAvailable(f"pyperformance has no benchmark {name}")
    import pyperf

    taken: dict[str, Callable[[], float]] = {}
    kept = type("Runner", (Runner,), {"taken": taken})
    before, arguments = pyperf.Runner, sys.argv
    pyperf.Runner, sys.argv = kept, [str(script)]
    try:
        runpy.run_path(str(script), run_name="__main__")
    finally:
        pyperf.Runner, sys.argv = before, arguments
    if len(taken) != 1:
        raise NotAvailable(f"pyperformance's {name} hands {len(taken)} functions to its runner")
    return taken.popitem()[1]
