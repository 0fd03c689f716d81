"""A cached function in a new process: the whole process, against Numba with ``cache=True``. The program is program.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..launch import WorkerFailed, environment, short, whole_process
from ..results import geometric_mean, median
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..kernels import Kernel
    from .session import Session

ROWS = (("cached function, new process: whole process against Numba's cache=True: geometric mean", "≤ 0.4×"),)


def measure(session: Session) -> list[Row]:
    """Fills both caches, then runs whole processes in turn."""
    ratios: dict[str, float] = {}
    problems, notes = [], []
    env = environment(session.scratch, "cached")
    for kernel in session.kernels:
        session.step(f"cached, {kernel.name}")
        program = (kernel.name, str(kernel.sizes["reduced"]))
        try:
            for _ in range(2):
                whole_process(env, "numba", *program)
        except WorkerFailed as error:  # Numba 0.68 cannot load a recursive function from its cache
            notes.append(f"Numba fails on {kernel.name}: {short(error)}")
            continue
        try:
            fill(session, kernel)
            samples: dict[str, list[float]] = {"px": [], "numba": []}
            tiers = set()
            for _ in range(3 if session.quick else 5):
                for peer, seconds in samples.items():
                    taken, output = whole_process(env, peer, *program)
                    seconds.append(taken)
                    tiers.add(output.split()[1])
        except WorkerFailed as error:
            problems.append(f"{kernel.name}: {short(error)}")
            continue
        if tiers != {"numba"}:
            problems.append(f"{kernel.name} was interpreted in the new process")
        ratios[kernel.name] = median(samples["px"]) / median(samples["numba"])
    mean = geometric_mean(ratios.values())
    if mean is None:
        return all_missing("cached", ROWS, problems + notes)
    detail = "; ".join([parts_text(ratios), *notes])
    return [Row.at_most("cached", ROWS[0], mean, 0.4, f"{mean:.2f}×", detail=detail, parts=ratios, problems=problems)]


def fill(session: Session, kernel: Kernel) -> None:
    """Has px compile the kernel and keep it."""
    with session.process("cache filler", peers=("px",), cache="cached", PX_TIER="native") as process:
        process.ask("first", kernel=kernel.name, size=kernel.sizes["reduced"], peer="px", cache=True)
        process.ask("settle", kernel=kernel.name, peer="px", cache=True)
