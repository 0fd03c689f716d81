"""The targets' table: each figure beside its target."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from .row import Row


def show(rows: list[Row], console: Console) -> None:
    """Prints the table."""
    table = Table(title="targets", title_justify="left")
    for heading in ("what", "target", "figure", "", "of which"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        verdict = "[green]pass[/]" if row.passed else "[red]miss[/]" if row.value is not None else "[yellow]not measured[/]"
        table.add_row(row.what, row.goal, row.figure, verdict, row.detail)
    console.print(table)
