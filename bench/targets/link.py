"""Link and swap after the object arrives, as px.stats tells. A first function is linked before: LLJIT's start is set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .row import Row, parts_text

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (("link and swap after the object arrives, LLJIT's start aside: slowest kernel", "≤ 1 ms"),)


def warm_up(x):
    """The first function that is linked."""
    return x + 1.0


def inside(worker: Worker, kernels: list[tuple[str, int]]) -> dict[str, float]:
    """Milliseconds of link and swap, by kernel."""
    import px

    warm = px.jit(warm_up)
    warm(1.0)
    px.wait_compiled(30.0)
    milliseconds = {}
    for kernel, size in kernels:
        entry = worker.entry(kernel, "px")
        entry(*worker.inputs(kernel, size))
        tier = worker.settle(kernel, "px")
        assert tier == "numba", f"{kernel} stayed in the tier {tier}"
        milliseconds[kernel] = 1e3 * px.stats(entry)["specialisations"][-1]["link_s"]
    return milliseconds


def measure(session: Session) -> list[Row]:
    """One process, nothing from the cache."""
    with session.process("link", peers=("px",), PX_TIER="native", PX_CACHE="0") as process:
        parts = process.ask("target", name="link", kernels=[(kernel.name, kernel.sizes["reduced"]) for kernel in session.kernels])
    worst = max(parts.values())
    return [Row.at_most("link", ROWS[0], worst, 1.0, f"{worst:.2f} ms", detail=parts_text(parts), parts=parts)]
