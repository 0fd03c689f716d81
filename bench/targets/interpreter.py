"""The interpreter against CPython, and against Numba's native code. Same function, same size, one thread."""

from __future__ import annotations

from ..launch import PeerUnavailable
from ..measure import Crew, Measurement
from ..results import geometric_mean
from ..table import BUSY
from .row import Row, all_missing, parts_text
from .session import Session

ROWS = (
    ("interpreter against CPython, one thread: geometric mean", "≥ 12×"),
    ("interpreter against CPython, one thread: worst", "≥ 4×"),
    ("interpreter against Numba's native code: geometric mean", "≤ 10× slower"),
)


def measure(session: Session) -> list[Row]:
    """The long-lived processes of the benchmark, interleaved."""
    faster: dict[str, float] = {}
    slower: dict[str, float] = {}
    problems = []
    waited = 1.0
    with Crew(session.scratch, only=("cpython", "numba", "px_interpreter")) as crew:
        if "px" in crew.unavailable:
            raise PeerUnavailable(crew.unavailable["px"])
        for kernel in session.kernels:

            def step(what: str, name: str = kernel.name) -> None:
                session.step(f"interpreter, {name}: {what}")

            result = Measurement(kernel, crew, step, 0.3 if session.quick else 1.0, session.quick).steady()
            waited = max(waited, *result.waited.values())
            problems += [f"{kernel.name}, {column}: {why}" for column, why in result.problems.items()]
            cpython = result.ratio("cpython", "px_interpreter", "reduced")
            numba = result.ratio("px_interpreter", "numba", "reduced" if session.quick else "full")
            if cpython is not None:
                faster[kernel.name] = cpython
            if numba is not None:
                slower[kernel.name] = numba
    if not faster or not slower:
        return all_missing("interpreter", ROWS, problems)
    busy = f"; the machine was busy: calls took up to {waited:.1f} times their processor time" if waited > BUSY else ""
    mean, against = geometric_mean(faster.values()), geometric_mean(slower.values())
    slowest = min(faster, key=faster.__getitem__)
    by_kernel = parts_text(faster, "{:.1f}") + busy
    to_numba = parts_text(slower, "{:.1f}")
    return [
        Row.at_least("interpreter", ROWS[0], mean, 12.0, f"{mean:.1f}×", detail=by_kernel, parts=faster, problems=problems),
        Row.at_least("interpreter", ROWS[1], faster[slowest], 4.0, f"{faster[slowest]:.1f}×", detail=slowest, problems=problems),
        Row.at_most("interpreter", ROWS[2], against, 10.0, f"{against:.1f}×", detail=to_numba, parts=slower, problems=problems),
    ]
