"""The targets' table: each figure beside its target."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from .row import Row

COLOURS = {"pass": "green", "miss": "red", "not measured": "yellow"}


def show(rows: list[Row], console: Console) -> None:
    """Prints the table."""
    table = Table(title="targets", title_justify="left")
    for heading in ("what", "target", "figure", "", "of which"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        verdict = row.verdict()
        table.add_row(row.what, row.goal, row.figure, f"[{COLOURS[verdict]}]{verdict}[/]", row.detail)
    console.print(table)
