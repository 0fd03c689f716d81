"""A direct call ``f(1.0)`` once native, against Numba's dispatcher: what calling costs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ..results import median
from .row import Row

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (("a direct call f(1.0) once native, against Numba's", "≤ 1×"),)


def increment(x):
    """Next to nothing, so that the call is what costs."""
    return x + 1.0


def block(function: Any, calls: int) -> float:
    """Seconds of `calls` calls, less those of the loop around them."""
    start = time.perf_counter()
    for _ in range(calls):
        function(1.0)
    called = time.perf_counter()
    for _ in range(calls):
        pass
    return (called - start) - (time.perf_counter() - called)


def inside(worker: Worker, rounds: int, calls: int) -> dict[str, float]:
    """Median nanoseconds of a call: px, numba."""
    from numba import njit

    import px

    functions = {"px": px.jit(increment), "numba": njit(increment)}
    for name, function in functions.items():
        assert function(1.0) == 2.0, name
    px.wait_compiled(30.0)
    assert functions["px"](1.0) == 2.0
    tier = px.stats(functions["px"])["specialisations"][-1]["tier"]
    assert tier == "numba", f"px stayed in the tier {tier}"
    samples: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            samples[name].append(1e9 * block(function, calls) / calls)
    return {name: median(values) for name, values in samples.items()}


def measure(session: Session) -> list[Row]:
    """31 interleaved blocks of calls."""
    with session.process("direct call", peers=("px", "numba"), PX_TIER="native") as process:
        parts = process.ask("target", name="direct_call", rounds=31, calls=5_000 if session.quick else 20_000)
    ratio = parts["px"] / parts["numba"]
    detail = f"px {parts['px']:.0f} ns, Numba {parts['numba']:.0f} ns"
    return [Row.at_most("direct_call", ROWS[0], ratio, 1.0, f"{ratio:.2f}×", detail=detail, parts=parts)]
