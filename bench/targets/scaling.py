"""Two workers against one on each kernel, relative to what two plain C threads gain on the same kernel, written in C (native/scaling.c), in
the same rounds. Two cores may share caches and arithmetic units: what there is to gain depends on the kernel.

Many short rounds, of which the fastest of each count: on two cores, whatever else runs takes one of them from two threads, and none from
one thread. A call takes a few milliseconds: short beside a round, in which there are an even number of them, so that workers end together,
and long beside what the main thread does for each result (arrays below 64 KiB are copied there).
"""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import machine
from ..launch import HERE, Process, WorkerFailed, short
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..kernels import Kernel
    from ..worker import Worker
    from .session import Session

ROWS = (("two workers against one, relative to two C threads: worst kernel", "≥ 0.95×"),)
CALL_SECONDS = 2.5e-3
ROUND_SECONDS = 0.1  # on one worker
ROUNDS = 15
C_OPTIONS = ("-O3", "-march=native", "-ffp-contract=off", "-std=c11", "-D_GNU_SOURCE", "-pthread")


def inside(worker: Worker, kernel: str, size: int, contexts: int) -> float:
    """Seconds of `contexts` calls of the kernel, each in a context of its own; of 0: gets it compiled, and times a direct call."""
    import px

    entry, arguments = worker.entry(kernel, "px"), worker.inputs(kernel, size)
    if contexts == 0:
        entry(*arguments)
        tier = worker.settle(kernel, "px")
        assert tier == "numba", f"px stayed in the tier {tier}"
        return min(seconds for seconds, _ in worker.time(kernel, size, "px", calls=5))
    items = [[argument] * contexts for argument in arguments]
    start = time.perf_counter()
    results = px.map(entry, *items, chunksize=1)
    seconds = time.perf_counter() - start
    del results  # not within the time
    return seconds


def compile_c(folder: Path) -> Path:
    """Builds native/scaling.c with the machine's C compiler. WorkerFailed, with its messages, if that fails.

    LLVM's compiler for this very processor where there is one: what a second thread gains on cores that share units depends on how well
    the first one's instructions fill them, so that they should be those which px runs.
    """
    compiler = next((found for name in ("clang-22", "clang", "cc", "gcc") if (found := shutil.which(name))), None)
    if compiler is None:
        raise WorkerFailed("two C threads are the measure, and there is no C compiler: install gcc")
    program = folder / "scaling"
    done = subprocess.run(
        [compiler, *C_OPTIONS, str(HERE / "native" / "scaling.c"), "-o", str(program), "-lm"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise WorkerFailed(done.stderr)
    return program


def c_seconds(program: Path, kernel: str, size: int, calls: int, threads: int) -> float:
    """Seconds of so many calls of the kernel on that many C threads."""
    command = [str(program), kernel, str(size), str(calls), str(threads)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
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
    """What the second worker gains over what the second C thread gains; rounds in turn, every other one backwards."""
    job: dict[str, Any] = {"name": "scaling", "kernel": kernel.name, "size": kernel.sizes["reduced"]}
    job["size"] = max(kernel.sizes["reduced"], kernel.size_for(CALL_SECONDS, one.ask("target", contexts=0, **job)))
    once = min(process.ask("target", contexts=0, **job) for process in (one, two))
    contexts = 2 * max(8, round(ROUND_SECONDS / 2 / once))
    turns = {
        "one": lambda: one.ask("target", contexts=contexts, **job),
        "two": lambda: two.ask("target", contexts=contexts, **job),
        "c one": lambda: c_seconds(program, kernel.name, job["size"], contexts, 1),
        "c two": lambda: c_seconds(program, kernel.name, job["size"], contexts, 2),
    }
    samples: dict[str, list[float]] = {name: [] for name in turns}
    order = list(turns.items())
    for number in range(5 if session.quick else ROUNDS):
        for name, measured in order if number % 2 == 0 else reversed(order):
            samples[name].append(measured())
    fastest = {name: min(seconds) for name, seconds in samples.items()}
    return (fastest["one"] / fastest["two"]) / (fastest["c one"] / fastest["c two"])
