"""Whole programs of parallel contexts on two workers: against one worker, relative to what two plain C threads gain in the same rounds
(native/scaling.c), and the sorts against np.sort as Numba compiles it. Results are checked before anything is timed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .. import machine
from ..launch import Process, WorkerFailed, short
from ..programs import NAMES, load
from .row import Row, all_missing, parts_text
from .scaling import c_seconds, compile_c

if TYPE_CHECKING:
    from pathlib import Path

    from ..worker import Worker
    from .session import Session

ROWS = (
    ("parallel sort of 10⁷ float64, two workers against one, relative to two C threads", "≥ 0.9×"),
    ("parallel sort of 10⁷ float64 on two workers, against np.sort compiled by Numba", "≥ 1.6×"),
    ("other programs of contexts, two workers against one, relative to two C threads: worst", "≥ 0.9×"),
)
SORTS = ("merge_sort", "quick_sort")
# The C kernel that is most like each program: its name, its size, and how many calls two threads share.
LIKE = {
    "merge_sort": ("quicksort", 1_000_000, 4),
    "quick_sort": ("quicksort", 1_000_000, 4),
    "histogram": ("sieve", 1_000_000, 64),
    "k_means": ("knn", 600, 16),
    "monte_carlo": ("mandelbrot", 400, 16),
    "csv_file": ("quicksort", 100_000, 40),
}
SETTLING = 3  # runs before the first that is timed, code being awaited after each

kept: dict[str, Any] = {}  # of a measured process: inputs


def inside(worker: Worker, program: str, size: str) -> Any:
    """Seconds of a run; of the first: after the result was checked and code has come. "np.sort": see `sort_seconds`."""
    import px

    if program == "np.sort":
        return sort_seconds(size)
    chosen = load(program)
    if program not in kept:
        kept.clear()  # inputs of several programs at once fill the memory
        kept[program] = inputs = chosen.inputs(chosen.sizes[size])
        for _ in range(SETTLING):
            chosen.verify(inputs, chosen.run(inputs))
            px.wait_compiled(60.0)
    inputs = kept[program]
    start = time.perf_counter()
    result = chosen.run(inputs)
    seconds = time.perf_counter() - start
    del result  # not within the time
    return seconds


def sort_seconds(size: str) -> dict[str, float]:
    """Of np.sort compiled by Numba, and of NumPy's own; checked first."""
    import numpy as np
    from numba import njit

    if "np.sort" not in kept:
        sort = load(SORTS[0])

        @njit
        def compiled(a):
            return np.sort(a)

        values = sort.inputs(sort.sizes[size])
        sort.verify(values, compiled(values))
        kept["np.sort"] = compiled, values
    compiled, values = kept["np.sort"]
    seconds = {}
    for name, sorting in (("numba", compiled), ("numpy", np.sort)):
        start = time.perf_counter()
        sorting(values)
        seconds[name] = time.perf_counter() - start
    return seconds


def best_of_rounds(session: Session, program: str, one: Process, two: Process, peer: Process | None, c: Path) -> dict[str, float]:
    """The fastest of each, in seconds; in turn, every other round backwards. `peer`: runs np.sort."""
    job = {"name": "programs", "size": "reduced" if session.quick else "full"}
    turns = {
        "one": lambda: one.ask("target", program=program, **job),
        "two": lambda: two.ask("target", program=program, **job),
        "c one": lambda: c_seconds(c, *LIKE[program], 1),
        "c two": lambda: c_seconds(c, *LIKE[program], 2),
    }
    best: dict[str, float] = {}

    def take(name: str, seconds: float) -> None:
        best[name] = min(best.get(name, float("inf")), seconds)

    order = list(turns.items())
    for number in range(3 if session.quick else 7):
        for name, measured in order if number % 2 == 0 else reversed(order):
            take(name, measured())
        if peer is not None:
            for name, seconds in peer.ask("target", program="np.sort", **job).items():
                take(name, seconds)
    return best


def relative(best: dict[str, float]) -> float:
    """What the second worker gains over what the second C thread gains."""
    return (best["one"] / best["two"]) / (best["c one"] / best["c two"])


def measure(session: Session) -> list[Row]:
    """Two processes of px, of one and of two workers, and one of Numba."""
    if machine.cores() < 2:
        return [Row.missing("programs", *row, "this process may use one core only") for row in ROWS]
    found: dict[str, dict[str, float]] = {}
    problems = []
    c = compile_c(session.scratch.folder("c"))
    with (
        session.process("one worker", cache="programs", PX_WORKERS="1") as one,
        session.process("two workers", cache="programs", PX_WORKERS="2") as two,
        session.process("np.sort", peers=("numba",)) as peer,
    ):
        for name in NAMES:
            session.step(f"programs, {name}")
            try:
                found[name] = best_of_rounds(session, name, one, two, peer if name in SORTS else None, c)
            except WorkerFailed as error:
                problems.append(f"{name}: {short(error)}")
    sorts = {name: best for name, best in found.items() if name in SORTS}
    others = {name: relative(best) for name, best in found.items() if name not in SORTS}
    rows = []
    if sorts:
        name, best = min(sorts.items(), key=lambda item: item[1]["two"])
        gains = {program: relative(seconds) for program, seconds in sorts.items()}
        figure = f"{gains[name]:.2f}×"
        detail = f"{name} {best['one']:.2f} s and {best['two']:.2f} s; {parts_text(gains)}"
        rows.append(Row.at_least("programs", ROWS[0], gains[name], 0.9, figure, detail=detail, parts=best))
        gain = best["numba"] / best["two"]
        detail = f"Numba {best['numba']:.2f} s, NumPy's own np.sort {best['numpy']:.2f} s"
        rows.append(Row.at_least("programs", ROWS[1], gain, 1.6, f"{gain:.2f}×", detail=detail, parts=best, problems=problems))
    else:
        rows += all_missing("programs", ROWS[:2], problems)
    if others:
        worst = min(others.values())
        detail = parts_text(others)
        rows.append(Row.at_least("programs", ROWS[2], worst, 0.9, f"{worst:.2f}×", detail=detail, parts=others, problems=problems))
    else:
        rows += all_missing("programs", ROWS[2:], problems)
    return rows
