"""How commands talk: results to standard output, complaints to standard error."""

from __future__ import annotations

import os
from typing import NoReturn

import typer
from rich.console import Console


def console() -> Console:
    """Standard output. As wide as the terminal; 160 columns where there is none, so that tables in files are whole."""
    out = Console(highlight=False)
    if not out.is_terminal and "COLUMNS" not in os.environ:
        out.width = 160
    return out


def fail(message: str, status: int = 1) -> NoReturn:
    """Ends the command with a message: 1 for a failure, 2 for wrong usage."""
    typer.echo(f"px: {message}", err=True)
    raise typer.Exit(status)
