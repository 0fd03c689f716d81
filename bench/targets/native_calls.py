"""What a direct call of native code costs, against Numba's dispatcher: a number, one array, three arrays."""

from __future__ import annotations

import timeit
from typing import TYPE_CHECKING, Any

from ..launch import WorkerFailed, short
from ..results import median
from .row import Row, all_missing

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

LIMIT = 0.8
ROWS = (
    ("a direct call once native, float → float, against Numba's", f"≤ {LIMIT}×"),
    ("a direct call once native, one array, against Numba's", f"≤ {LIMIT}×"),
    ("a direct call once native, three arrays, against Numba's", f"≤ {LIMIT}×"),
)


def number(x):
    """A number in and out."""
    return x + 1.0


def one(a):
    """One array in."""
    return a[0]


def three(a, b, c):
    """Three arrays in."""
    return a[0] + b[0] + c[0]


CASES = (("number", "f(x)"), ("one", "f(a)"), ("three", "f(a, b, c)"))


def inside(worker: Worker, rounds: int, calls: int) -> dict[str, tuple[float, float]]:
    """Median nanoseconds of a call, px's and Numba's; blocks of calls in turn, less the loop around them."""
    import numpy as np
    from numba import njit

    import px

    values: dict[str, Any] = {"x": 1.0, "a": np.ones(4), "b": np.ones(4), "c": np.ones(4)}
    medians = {}
    for name, call in CASES:
        function = globals()[name]
        pair = {"px": px.jit(function), "numba": njit(boundscheck=True)(function)}
        results = {peer: eval(call, {"f": f, **values}) for peer, f in pair.items()}
        px.wait_compiled(30.0)
        assert eval(call, {"f": pair["px"], **values}) == results["numba"], name
        before = px.stats(pair["px"])["specialisations"][-1]["native_calls"]
        timers = {peer: timeit.Timer(call, globals={"f": f, **values}) for peer, f in pair.items()}
        empty = timeit.Timer("pass")
        samples: dict[str, list[float]] = {peer: [] for peer in pair}
        for _ in range(rounds):
            for peer, timer in timers.items():
                samples[peer].append(1e9 * (timer.timeit(calls) - empty.timeit(calls)) / calls)
        ran = px.stats(pair["px"])["specialisations"][-1]["native_calls"] - before
        assert ran >= rounds * calls, f"{name}: of {rounds * calls} calls px.stats counted {ran} native"
        medians[name] = (median(samples["px"]), median(samples["numba"]))
    return medians


def measure(session: Session) -> list[Row]:
    """31 interleaved blocks of calls each."""
    with session.process("native calls", peers=("px", "numba"), PX_TIER="native") as process:
        try:
            medians = process.ask("target", name="native_calls", rounds=31, calls=5_000 if session.quick else 20_000)
        except WorkerFailed as error:
            return all_missing("native_calls", ROWS, [short(error)])
    rows = []
    for row, (ours, theirs) in zip(ROWS, medians.values()):
        detail, parts = f"px {ours:.0f} ns, Numba {theirs:.0f} ns", {"px": ours, "numba": theirs}
        rows.append(Row.at_most("native_calls", row, ours / theirs, LIMIT, f"{ours / theirs:.2f}×", detail=detail, parts=parts))
    return rows
