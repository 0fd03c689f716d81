"""The tiers beside each other: a table for a terminal, a page, and JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from .markdown import from_table, machine_line
from .table import duration, factor
from .tiers import TiersResult, mean_and_worst

TITLES = {"interpreter": "interpreter", "baseline": "baseline", "native": "px's Numba code", "numba": "Numba"}


def share(value: float | None) -> str:
    """Per cent. A dash for None."""
    return "–" if value is None else f"{100 * value:.0f} %"


def tiers_table(results: Sequence[TiersResult]) -> Table:
    """Times, ratios to Numba, moves."""
    table = Table(title="the tiers, one process, interleaved calls; bounds checked on all sides", title_justify="left")
    table.add_column("kernel")
    for title in TITLES.values():
        table.add_column(title, justify="right")
    ours = [column for column in TITLES if column != "numba"]
    for column in ours:
        table.add_column(f"{TITLES[column]} ÷ Numba", justify="right")
    table.add_column("frames moved", justify="right")
    for result in results:
        times = [duration(result.seconds.get(column)) for column in TITLES]
        table.add_row(result.name, *times, *(factor(result.ratio(column)) for column in ours), share(result.moved))
    table.add_section()
    means = [mean_and_worst(results, column) for column in ours]
    table.add_row("geometric mean", *[""] * len(TITLES), *(factor(mean) for mean, _ in means), "")
    table.add_row("worst", *[""] * len(TITLES), *(factor(worst) for _, worst in means), "")
    return table


def show(results: Sequence[TiersResult], console: Console) -> None:
    """The table, and below it what did not run or was wrong."""
    console.print(tiers_table(results))
    console.print(
        "A time counts only where px.stats saw that tier, and no other, run the timed calls. Frames moved: of those that began in the "
        "interpreter in a new process, the share that went on in baseline code.",
        style="dim",
    )
    for result in results:
        for column, problem in result.problems.items():
            console.print(f"[red]{result.name}, {TITLES.get(column, column)}[/]: {problem}", highlight=False)


def page(results: Sequence[TiersResult], machine: dict[str, Any]) -> str:
    """As Markdown."""
    return f"Taken by `px bench --tiers` on {machine_line(machine)}\n\n{from_table(tiers_table(results))}\n"


def write(results: Sequence[TiersResult], machine: dict[str, Any], path: Path) -> None:
    """As JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, "tiers": [dataclasses.asdict(result) for result in results]}, indent=1) + "\n")
