"""Baseline code against Numba's own dispatcher with the same checks: the steady state, as ``px bench --tiers`` measures it (tiers.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import tiers
from ..tiers import inside  # noqa: F401  (the part in the measured process)
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from .session import Session

ROWS = (
    ("baseline against Numba, bounds checked on both sides: geometric mean", "≤ 1.15×"),
    ("baseline against Numba, bounds checked on both sides: worst", "≤ 1.6×"),
)


def measure(session: Session) -> list[Row]:
    """Every kernel, all tiers in turn."""

    def step(what: str) -> None:
        session.step(f"tiers, {what}")

    with (
        session.process("tiers", peers=("px", "numba"), **tiers.COMPARED) as compared,
        session.process("moves", peers=("px",), **tiers.MOVING) as moving,
    ):
        names = [kernel.name for kernel in session.kernels]
        size, budget = ("reduced", 0.5) if session.quick else ("full", 2.5)
        results = tiers.measure(names, compared, moving, size=size, budget=budget, step=step)
    problems = [
        f"{result.name}: {result.problems[column]}"
        for result in results
        for column in ("baseline", "numba", "compare")
        if column in result.problems
    ]
    ratios = {result.name: ratio for result in results if (ratio := result.ratio("baseline")) is not None}
    mean, worst = tiers.mean_and_worst(results, "baseline")
    if mean is None or worst is None:
        return all_missing("tiers", ROWS, problems)
    detail = parts_text(ratios)
    slowest = max(ratios, key=ratios.__getitem__)
    return [
        Row.at_most("tiers", ROWS[0], mean, 1.15, f"{mean:.3f}×", detail=detail, parts=ratios, problems=problems),
        Row.at_most("tiers", ROWS[1], worst, 1.6, f"{worst:.2f}×", detail=slowest, problems=problems),
    ]
