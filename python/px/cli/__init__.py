"""The command ``px``. Exit status: 0, 1 when something failed, 2 for wrong usage."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the command. Never returns."""
    try:
        from .app import app
    except ModuleNotFoundError as missing:
        if missing.name not in ("typer", "rich"):
            raise
        print(f"px: the command line needs {missing.name}: pip install typer rich", file=sys.stderr)
        sys.exit(1)
    app()


__all__ = ["main"]
