"""The tiers against each other, and against Numba's own dispatcher with the same checks: one process, the same arrays, turn by turn.

A time is shown only where px.stats counted, during the timed calls, calls of that tier and of no other.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .kernels import difference, load
from .launch import Process, Scratch, WorkerFailed, environment, short
from .peers import calls_by_tier, px_functions
from .results import geometric_mean, median

if TYPE_CHECKING:
    from .worker import Worker

# A column, px.stats' name of the tier that has to run, the peer, and how it is asked for.
COLUMNS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("interpreter", "interpreter", "px", {"tier": "interp"}),
    ("baseline", "baseline", "px", {"tier": "baseline"}),
    ("native", "numba", "px", {"tier": "native"}),
    ("numba", "", "numba", {"boundscheck": True}),
)
PATIENCE = 5.0  # seconds for a tier to come
INTERPRETED = 3  # samples of the interpreter, the slowest
MOST = 31


@dataclass
class TiersResult:
    """One kernel. `seconds[column]`: median of a call; `problems[column]`: why there is none."""

    name: str
    size: int
    seconds: dict[str, float] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    rounds: int = 0
    moved: float | None = None  # of the frames that began in the interpreter, the share that went on in baseline code; None: no such tier

    def ratio(self, column: str) -> float | None:
        """Over Numba's time; None unless both were measured."""
        ours, theirs = self.seconds.get(column), self.seconds.get("numba")
        return None if ours is None or theirs is None else ours / theirs


def inside(worker: Worker, action: str, **arguments: Any) -> Any:
    """The part in the measured process: "compare" or "moves"."""
    return {"compare": compare, "moves": moves}[action](worker, **arguments)


def compare(worker: Worker, kernel: str, size: int, budget: float) -> dict[str, Any]:
    """{"seconds", "problems", "rounds"}, as TiersResult. `budget`: seconds of timed calls; five rounds at least."""
    arguments = worker.inputs(kernel, size)
    problems: dict[str, str] = {}
    ready: dict[str, Callable[[], Any]] = {}
    reference: Any = None
    for column, tier, name, options in reversed(COLUMNS):  # Numba's own result is what the others are compared with
        peer, entry = worker.peer(name, **options), worker.entry(kernel, name, **options)
        try:
            peer.enter()
            result = entry(*arguments)
            peer.settle(entry)
            result = entry(*arguments) if tier != "interpreter" else result
        except Exception as error:
            problems[column] = short(error)
            continue
        different = None if reference is None else difference(result, reference, load(kernel).tolerance)
        if reference is None:
            load(kernel).verify(arguments, result)
            reference = result
        if different is not None:
            problems[column] = f"wrong result: {different}"
        else:
            ready[column] = entry
    before = {column: counts(worker, entry) for column, entry in ready.items() if column != "numba"}
    samples, rounds = interleave(worker, ready, arguments, budget)
    for column, tier, _, _ in COLUMNS:
        if column in before:
            ran = {name: count - before[column][name] for name, count in counts(worker, ready[column]).items()}
            others = {name: count for name, count in ran.items() if name != tier and count}
            if others or ran[tier] < len(samples[column]):
                told = ", ".join(f"{count} {name}" for name, count in ran.items() if count) or "none"
                problems[column] = f"the tier did not run: of {len(samples[column])} calls px.stats counted {told}"
                del samples[column]
    return {"seconds": {column: median(values) for column, values in samples.items()}, "problems": problems, "rounds": rounds}


def counts(worker: Worker, entry: Any) -> dict[str, int]:
    """Calls of the entry by tier."""
    return calls_by_tier(worker.peer("px").statistics(entry))


def interleave(
    worker: Worker, ready: dict[str, Callable[..., Any]], arguments: tuple[Any, ...], budget: float
) -> tuple[dict[str, list[float]], int]:
    """Seconds of calls, the columns in turn and every other round backwards; and how many rounds there were."""
    samples: dict[str, list[float]] = {column: [] for column in ready}
    peers = {column: worker.peer(name, **options) for column, _, name, options in COLUMNS}
    order = list(ready.items())
    rounds, spent = 0, 0.0
    gc.disable()
    while rounds < 5 or (spent < budget and rounds < MOST):
        for column, entry in order if rounds % 2 == 0 else reversed(order):
            if column == "interpreter" and len(samples[column]) == INTERPRETED:
                continue
            peers[column].enter()
            start = time.perf_counter()
            entry(*arguments)
            samples[column].append(time.perf_counter() - start)
            spent += samples[column][-1]
        rounds += 1
    gc.enable()
    return samples, rounds


def moves(worker: Worker, kernel: str, size: int) -> float | None:
    """What share of the kernel's frames that began in the interpreter went on in baseline code: calls from the first one on, until baseline
    code is called. None where px.stats tells of no moves."""
    import px

    entry, arguments = worker.entry(kernel, "px", tier="auto"), worker.inputs(kernel, size)
    worker.peer("px", tier="auto").enter()
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        entry(*arguments)
        if counts(worker, entry)["baseline"]:
            break
    rows = [row for function in px_functions(entry) for row in px.stats(function)["specialisations"]]
    if not any("moves" in row for row in rows):
        return None
    began = sum(calls_by_tier(row)["interpreter"] for row in rows)
    return sum(row["moves"] for row in rows) / began if began else 0.0


def measure(
    names: Sequence[str], compared: Process, moving: Process, *, size: str, budget: float, step: Callable[[str], None]
) -> list[TiersResult]:
    """The named kernels at that size, in two measured processes: one for the times, one without the compile service for the moves."""
    results = []
    for name in names:
        result = TiersResult(name, load(name).sizes[size])
        results.append(result)
        for process, action, more in ((compared, "compare", {"budget": budget}), (moving, "moves", {})):
            step(f"{name}: {'the tiers in turn' if action == 'compare' else 'moves'}")
            try:
                answer = process.ask("target", name="tiers", action=action, kernel=name, size=result.size, **more)
            except WorkerFailed as error:
                result.problems[action] = short(error)
                continue
            if action == "moves":
                result.moved = answer
            else:
                result.seconds, result.problems, result.rounds = answer["seconds"], answer["problems"], answer["rounds"]
    return results


# The processes that `measure` takes: settings of each.
COMPARED = {"PX_TIER": "native", "PX_CACHE": "0"}
MOVING = {"PX_TIER": "auto", "PX_CACHE": "0", "PX_SERVICE": "0"}


def run(names: Sequence[str], *, quick: bool, step: Callable[[str], None]) -> list[TiersResult]:
    """Measures the named kernels in processes of its own. PeerUnavailable if px or Numba is not there."""
    scratch = Scratch()
    try:
        with (
            Process("tiers", environment(scratch, "tiers", **COMPARED)) as compared,
            Process("moves", environment(scratch, "moves", **MOVING)) as moving,
        ):
            for process, peer in ((compared, "px"), (compared, "numba"), (moving, "px")):
                process.ask("import_peer", peer=peer)
            return measure(names, compared, moving, size="reduced" if quick else "full", budget=0.5 if quick else 2.5, step=step)
    finally:
        scratch.close()


def mean_and_worst(results: Sequence[TiersResult], column: str) -> tuple[float | None, float | None]:
    """Of the ratios to Numba that were measured."""
    ratios = [ratio for result in results if (ratio := result.ratio(column)) is not None]
    return geometric_mean(ratios), max(ratios, default=None)
