"""Parallel contexts: what a context costs, and the memory that it makes; against Numba and CPython in the same process, in turn.

The absolute limits are for two workers on this project's own machine; whatever else runs on it takes one of them.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import machine
from ..launch import WorkerFailed, short
from ..results import median
from .row import Row, all_missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..worker import Worker
    from .session import Session

ROWS = (
    ("16-element arrays made in a loop, native, against Numba", "≥ 4×"),
    ("16-element arrays made in a loop, interpreter, against CPython making NumPy arrays", "≥ 10×"),
    ("an empty context by submit_work, of a million on two workers", "≤ 0.7 µs"),
    ("an empty context by parallel_for with chunks of 1, of a million on two workers", "≤ 0.15 µs"),
    ("parallel_for that stores one element an index, 64 indices, hot, against Numba's prange", "≤ 1.5×"),
    ("the same after 5 ms of rest", "≤ 1×"),
    ("sleeping workers: wake-ups in some seconds, and CPU time", "0, 0 s"),
    ("a million contexts in a run, ten times: growth of the resident memory", "≤ 2 %"),
    ("16-element arrays made in loops on two threads at once, native, against Numba", "≥ 4×"),
)
INDICES = 64
SETTLING = 30.0  # seconds of calls, at most, until Numba's code serves a small loop


def arrays(n):
    """Makes and drops n small arrays."""
    total = 0.0
    for i in range(n):
        a = np.empty(16)  # noqa: F821  (see `globally`)
        a[i & 15] = i
        total += a[i & 15]
    return total


def store(i, out):
    """One element."""
    out[i] = i


def nothing():
    """An empty context."""


def nothing_at(i):
    """An empty context of an index."""


def fastest(rounds: int, measured: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """The fastest of each, in seconds, in turn."""
    best = dict.fromkeys(measured, float("inf"))
    for _ in range(rounds):
        for name, call in measured.items():
            start = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def globally(function: Any) -> Any:
    """The function with NumPy as a global."""
    import types

    import numpy

    return types.FunctionType(function.__code__, {**function.__globals__, "np": numpy}, function.__name__)


def tier(function: Any) -> str:
    """What runs the function now; the interpreter before it has run."""
    import px

    specialisations = px.stats(function)["specialisations"]
    return specialisations[-1]["tier"] if specialisations else "interpreter"


def native_arrays(rounds: int, n: int) -> dict[str, float]:
    """Seconds of px and Numba."""
    from numba import njit

    import px

    ours, theirs = px.jit(loop_of_arrays), njit(boundscheck=True)(loop_of_arrays)
    assert ours(n) == theirs(n)
    assert tier(ours) == "numba", f"px stayed in the tier {tier(ours)}"
    return fastest(rounds, {"px": lambda: ours(n), "numba": lambda: theirs(n)})


def native_arrays_twice(rounds: int, n: int) -> dict[str, float]:
    """Seconds of two loops at once: px's on its workers, Numba's on two threads without the GIL."""
    from concurrent.futures import ThreadPoolExecutor

    from numba import njit

    import px

    ours, theirs = px.jit(loop_of_arrays), njit(boundscheck=True, nogil=True)(loop_of_arrays)
    assert ours(n) == theirs(n)
    with ThreadPoolExecutor(2) as threads:
        measured = {"px": lambda: px.map(ours, [n, n], chunksize=1), "numba": lambda: list(threads.map(theirs, [n, n]))}
        return fastest(rounds, measured)


def interpreted_arrays(rounds: int, n: int) -> dict[str, float]:
    """Seconds of px's interpreter and CPython."""
    import px

    ours = px.jit(loop_of_arrays)
    assert ours(n) == loop_of_arrays(n)
    return fastest(rounds, {"px": lambda: ours(n), "cpython": lambda: loop_of_arrays(n)})


def contexts(rounds: int, n: int) -> dict[str, float]:
    """Seconds of n contexts, by submit_work (submitting and running) and by parallel_for."""
    import gc

    import px

    work, index = px.jit(nothing), px.jit(nothing_at)
    work()
    index(0)
    px.parallel_for(index, 1000, chunksize=1)
    px.wait_compiled(60.0)

    def submit() -> None:
        for _ in range(n):
            px.submit_work(work)
        px.run()

    gc.disable()
    return fastest(rounds, {"submit": submit, "parallel_for": lambda: px.parallel_for(index, n, chunksize=1)})


def small_loops(rounds: int, rest: float) -> dict[str, float]:
    """Median seconds of px.parallel_for and of Numba's prange over a few indices, each after a rest, which both have. Both are native by
    then: hot is what has been called for a while."""
    import numpy as np
    from numba import njit, prange

    import px

    @njit(parallel=True)
    def theirs(out):
        for i in prange(out.shape[0]):
            out[i] = i

    ours, out = px.jit(store), np.zeros(INDICES)
    theirs(out)
    until = time.monotonic() + SETTLING
    while tier(ours) != "numba":
        assert time.monotonic() < until, f"px stayed in the tier {tier(ours)}"
        for _ in range(1000):
            px.parallel_for(ours, INDICES, out)
        px.wait_compiled(60.0)
    samples: dict[str, list[float]] = {"px": [], "numba": []}
    calls = {"px": lambda: px.parallel_for(ours, INDICES, out), "numba": lambda: theirs(out)}
    for _ in range(rounds):
        for name, call in calls.items():
            if not rest:
                for _ in range(20):
                    call()
            for _ in range(1 if rest else 50):
                if rest:
                    time.sleep(rest)
                start = time.perf_counter()
                call()
                samples[name].append(time.perf_counter() - start)
    return {name: median(seconds) for name, seconds in samples.items()}


def worker_seconds() -> float:
    """CPU time of this process's workers so far (clock ticks of 10 ms)."""
    total = 0
    for task in Path("/proc/self/task").iterdir():
        if (task / "comm").read_text().startswith("px-worker"):
            total += sum(map(int, (task / "stat").read_text().rpartition(")")[2].split()[11:13]))
    return total / 100


def idle(seconds: float) -> dict[str, float]:
    """Wake-ups and CPU time of workers while nothing runs, a while after a run."""
    import px

    px.parallel_for(px.jit(nothing_at), 10_000)
    time.sleep(2.5)
    wakeups, used = px.stats()["wakeups"], worker_seconds()
    time.sleep(seconds)
    return {"wakeups": px.stats()["wakeups"] - wakeups, "seconds": worker_seconds() - used}


def resident() -> int:
    """Bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def flat(n: int) -> dict[str, float]:
    """Resident memory after the second of ten runs, and after the last."""
    import px

    index = px.jit(nothing_at)
    px.parallel_for(index, n, chunksize=1)
    sizes = []
    for _ in range(10):
        px.parallel_for(index, n, chunksize=1)
        sizes.append(resident())
    return {"second": sizes[1], "last": sizes[-1]}


loop_of_arrays = arrays


def inside(worker: Worker, action: str, **arguments: Any) -> dict[str, float]:
    """One of the measurements above, in a measured process."""
    global loop_of_arrays
    loop_of_arrays = globally(arrays)
    actions = (native_arrays, native_arrays_twice, interpreted_arrays, contexts, small_loops, idle, flat)
    return {f.__name__: f for f in actions}[action](**arguments)


def measure(session: Session) -> list[Row]:
    """Each in a process of its own, with two workers."""
    if machine.cores() < 2:
        return [Row.missing("contexts", *row, "this process may use one core only") for row in ROWS]
    rounds = 3 if session.quick else 7
    million = 100_000 if session.quick else 1_000_000
    seconds = 3.0 if session.quick else 10.0
    rows: list[Row] = []

    def ask(action: str, settings: dict[str, str], **arguments: Any) -> dict[str, float]:
        session.step(f"contexts, {action}")
        with session.process(action, PX_WORKERS="2", **settings) as process:
            return process.ask("target", name="contexts", action=action, **arguments)

    def add(places: tuple[int, ...], make: Callable[[], list[Row]]) -> None:
        try:
            rows.extend(make())
        except WorkerFailed as error:
            rows.extend(all_missing("contexts", [ROWS[p] for p in places], [short(error)]))

    def of_arrays() -> list[Row]:
        made = []
        for place, action in ((0, "native_arrays"), (8, "native_arrays_twice")):
            found = ask(action, {"PX_TIER": "native"}, rounds=rounds, n=1_000_000)
            gain = found["numba"] / found["px"]
            detail = f"px {found['px'] * 1e3:.1f} ns, Numba {found['numba'] * 1e3:.1f} ns each"
            made.append(Row.at_least("contexts", ROWS[place], gain, 4.0, f"{gain:.2f}×", detail=detail, parts=found))
        return made

    def of_interpreted_arrays() -> list[Row]:
        found = ask("interpreted_arrays", {"PX_TIER": "interp"}, rounds=rounds, n=100_000)
        gain = found["cpython"] / found["px"]
        detail = f"px {found['px'] * 1e4:.0f} ns, CPython {found['cpython'] * 1e4:.0f} ns each"
        return [Row.at_least("contexts", ROWS[1], gain, 10.0, f"{gain:.1f}×", detail=detail, parts=found)]

    def of_contexts() -> list[Row]:
        found = ask("contexts", {}, rounds=rounds, n=million)
        each = {name: value / million * 1e6 for name, value in found.items()}
        return [
            Row.at_most("contexts", ROWS[2], each["submit"], 0.7, f"{each['submit']:.2f} µs", parts=each),
            Row.at_most("contexts", ROWS[3], each["parallel_for"], 0.15, f"{each['parallel_for']:.3f} µs", parts=each),
        ]

    def of_small_loops() -> list[Row]:
        made = []
        for place, limit, rest in ((4, 1.5, 0.0), (5, 1.0, 0.005)):
            found = ask("small_loops", {}, rounds=rounds * 10, rest=rest)
            ratio = found["px"] / found["numba"]
            detail = f"px {found['px'] * 1e6:.1f} µs, Numba {found['numba'] * 1e6:.1f} µs"
            made.append(Row.at_most("contexts", ROWS[place], ratio, limit, f"{ratio:.2f}×", detail=detail, parts=found))
        return made

    def of_idle() -> list[Row]:
        found = ask("idle", {}, seconds=seconds)
        figure = f"{found['wakeups']:.0f}, {found['seconds']:.2f} s"
        return [
            Row.at_most("contexts", ROWS[6], found["wakeups"] + found["seconds"], 0.0, figure, detail=f"in {seconds:.0f} s", parts=found)
        ]

    def of_memory() -> list[Row]:
        found = ask("flat", {"PX_TIER": "baseline"}, n=million)  # no code comes later, which takes memory too
        growth = 100 * (found["last"] / found["second"] - 1)
        return [Row.at_most("contexts", ROWS[7], growth, 2.0, f"{growth:+.2f} %", detail=f"{found['last'] / 2**20:.0f} MiB", parts=found)]

    add((0, 8), of_arrays)
    add((1,), of_interpreted_arrays)
    add((2, 3), of_contexts)
    add((4, 5), of_small_loops)
    add((6,), of_idle)
    add((7,), of_memory)
    return rows
