"""A cached function in a new process: the whole process, against Numba with ``cache=True``. The program is program.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..launch import environment, whole_process
from ..results import geometric_mean, median
from .row import Row, parts_text

if TYPE_CHECKING:
    from .session import Session

ROWS = (("cached function, new process: whole process against Numba's cache=True: geometric mean", "≤ 0.4×"),)


def measure(session: Session) -> list[Row]:
    """Fills both caches, then runs whole processes in turn."""
    ratios: dict[str, float] = {}
    interpreted = []
    env = environment(session.scratch, "cached")
    for kernel in session.kernels:
        session.step(f"cached, {kernel.name}")
        size = kernel.sizes["reduced"]
        with session.process("cache filler", peers=("px",), cache="cached", PX_TIER="native") as process:
            process.ask("first", kernel=kernel.name, size=size, peer="px", cache=True)
            process.ask("settle", kernel=kernel.name, peer="px", cache=True)
        whole_process(env, "numba", kernel.name, str(size))
        samples: dict[str, list[float]] = {"px": [], "numba": []}
        for _ in range(3 if session.quick else 5):
            for peer, seconds in samples.items():
                taken, output = whole_process(env, peer, kernel.name, str(size))
                seconds.append(taken)
                if peer == "px" and output.split()[1] != "numba" and kernel.name not in interpreted:
                    interpreted.append(kernel.name)
        ratios[kernel.name] = median(samples["px"]) / median(samples["numba"])
    mean = geometric_mean(ratios.values())
    detail = parts_text(ratios) + (f"; not native from the cache: {', '.join(interpreted)}" if interpreted else "")
    row = Row.at_most("cached", ROWS[0], mean, 0.4, f"{mean:.2f}×", detail=detail, parts=ratios)
    row.passed = row.passed and not interpreted
    return [row]
