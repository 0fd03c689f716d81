"""Two workers against one on each kernel, relative to what two plain C threads gain in the same rounds (native/scaling.c)."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .. import machine
from ..launch import HERE, Process, WorkerFailed, short
from ..results import median
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..kernels import Kernel
    from ..worker import Worker
    from .session import Session

ROWS = (("two workers against one, relative to two C threads: worst kernel", "≥ 0.95×"),)
C_STEPS = 150_000_000  # 0.2 to 0.4 s on one thread


def inside(worker: Worker, kernel: str, size: int, contexts: int) -> float:
    """Seconds of `contexts` calls of the kernel, each in a context of its own; 0 contexts: only gets it compiled."""
    import px

    entry, arguments = worker.entry(kernel, "px"), worker.inputs(kernel, size)
    if contexts == 0:
        entry(*arguments)
        tier = worker.settle(kernel, "px")
        assert tier == "numba", f"px stayed in the tier {tier}"
        contexts = 1
    start = time.perf_counter()
    px.map(entry, *([argument] * contexts for argument in arguments), chunksize=1)
    return time.perf_counter() - start


def compile_c(folder: Path) -> Path:
    """Builds native/scaling.c with the machine's C compiler. WorkerFailed, with its messages, if that fails."""
    compiler = next((found for name in ("cc", "clang", "gcc") if (found := shutil.which(name))), None)
    if compiler is None:
        raise WorkerFailed("two C threads are the measure, and there is no C compiler: install gcc")
    program = folder / "scaling"
    done = subprocess.run(
        [compiler, "-O2", "-std=c11", "-D_GNU_SOURCE", "-pthread", str(HERE / "native" / "scaling.c"), "-o", str(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise WorkerFailed(done.stderr)
    return program


def c_seconds(program: Path, threads: int) -> float:
    """Seconds of the same arithmetic on that many C threads."""
    output = subprocess.run([str(program), str(threads), str(C_STEPS)], capture_output=True, text=True, check=True).stdout
    return float(output.split()[0])


def measure(session: Session) -> list[Row]:
    """Rounds of one worker, two workers, one thread, two threads."""
    if machine.cores() < 2:
        return [Row.missing("scaling", *ROWS[0], "this process may use one core only")]
    program = compile_c(session.scratch.folder("c"))
    relative: dict[str, float] = {}
    problems = []
    with (
        session.process("one worker", peers=("px",), cache="scaling", PX_TIER="native", PX_WORKERS="1") as one,
        session.process("two workers", peers=("px",), cache="scaling", PX_TIER="native", PX_WORKERS="2") as two,
    ):
        for kernel in session.kernels:
            session.step(f"scaling, {kernel.name}")
            try:
                relative[kernel.name] = gain(session, kernel, one, two, program)
            except WorkerFailed as error:
                problems.append(f"{kernel.name}: {short(error)}")
    if not relative:
        return all_missing("scaling", ROWS, problems)
    worst = min(relative.values())
    return [Row.at_least("scaling", ROWS[0], worst, 0.95, f"{worst:.2f}×", detail=parts_text(relative), parts=relative, problems=problems)]


def gain(session: Session, kernel: Kernel, one: Process, two: Process, program: Path) -> float:
    """What the second worker gains over what the second C thread gains, medians of rounds in turn."""
    job = {"name": "scaling", "kernel": kernel.name, "size": session.size(kernel)}
    for process in (one, two):
        once = process.ask("target", contexts=0, **job)
    contexts = 2 * max(2, round(0.1 / once))
    samples = []
    for _ in range(3 if session.quick else 7):
        t1, t2 = one.ask("target", contexts=contexts, **job), two.ask("target", contexts=contexts, **job)
        samples.append((t1, t2, c_seconds(program, 1), c_seconds(program, 2)))
    t1, t2, c1, c2 = (median(column) for column in zip(*samples))
    return (t1 / t2) / (c1 / c2)
