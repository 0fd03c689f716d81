"""Link and swap after the object arrives, as px.stats tells. A first function is linked before: LLJIT's start is set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..launch import WorkerFailed, short
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (("link and swap after the object arrives, LLJIT's start aside: slowest kernel", "≤ 1 ms"),)


def warm_up(x):
    """The first function that is linked."""
    return x + 1.0


def inside(worker: Worker, kernel: str | None = None, size: int = 0) -> float:
    """Milliseconds of the kernel's link and swap; without a kernel the first function is linked."""
    import px

    if kernel is None:
        entry = px.jit(warm_up)
        entry(1.0)
        px.wait_compiled(30.0)
    else:
        entry = worker.entry(kernel, "px")
        entry(*worker.inputs(kernel, size))
        tier = worker.settle(kernel, "px")
        assert tier == "numba", f"px stayed in the tier {tier}"
    return 1e3 * px.stats(entry)["specialisations"][-1]["link_s"]


def measure(session: Session) -> list[Row]:
    """One process, nothing from the cache."""
    parts: dict[str, float] = {}
    problems = []
    with session.process("link", peers=("px",), PX_TIER="native", PX_CACHE="0") as process:
        process.ask("target", name="link")
        for kernel in session.kernels:
            session.step(f"link, {kernel.name}")
            try:
                parts[kernel.name] = process.ask("target", name="link", kernel=kernel.name, size=kernel.sizes["reduced"])
            except WorkerFailed as error:
                problems.append(f"{kernel.name}: {short(error)}")
    if not parts:
        return all_missing("link", ROWS, problems)
    worst = max(parts.values())
    return [Row.at_most("link", ROWS[0], worst, 1.0, f"{worst:.2f} ms", detail=parts_text(parts), parts=parts, problems=problems)]
