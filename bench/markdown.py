"""Results as Markdown, for the project's own pages: the same columns as the terminal's tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.table import Table

from .results import BenchResult
from .table import BUSY, ratios_table, times_table
from .targets.row import Row


def from_table(table: Table) -> str:
    """A rich table's cells as a Markdown table; marks of style are not carried over."""
    rows = zip(*(column.cells for column in table.columns))
    return rows_to_markdown([str(column.header) for column in table.columns], rows)


def rows_to_markdown(headings: list[str], rows: Iterable[Iterable[Any]]) -> str:
    """One line a row; the first column is text, the others are figures."""
    lines = [headings, ["---"] + ["--:"] * (len(headings) - 1), *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine_line(machine: dict[str, Any]) -> str:
    """Where figures were taken."""
    versions = ", ".join(f"{name} {machine[name]}" for name in ("numba", "numpy", "px") if machine.get(name))
    return f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}, {versions}."


def kernels_page(result: BenchResult) -> str:
    """A run of the kernels."""
    sizes = ["reduced"] if result.quick else ["reduced", "full"]
    parts = [f"Taken by `px bench` on {machine_line(result.machine)}"]
    if result.waited() > BUSY:
        parts.append(f"The machine was busy: calls took up to {result.waited():.1f} times their processor time.")
    parts += [f"Time of a call, {size} size:\n\n{from_table(times_table(result, size))}" for size in sizes]
    parts.append(f"Ratios:\n\n{from_table(ratios_table(result))}")
    return "\n\n".join(parts) + "\n"


def targets_page(rows: list[Row], machine: dict[str, Any]) -> str:
    """A run of the targets."""
    verdicts = [(row.what, row.goal, row.figure, row.verdict()) for row in rows]
    table = rows_to_markdown(["what", "target", "figure", ""], verdicts)
    return f"Taken by `px bench --targets` on {machine_line(machine)}\n\n{table}\n"
