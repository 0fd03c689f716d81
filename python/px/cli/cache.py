"""``px cache``: machine code kept on disk."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from .output import console

app = typer.Typer(help="Machine code kept on disk.", no_args_is_help=True)


def folder() -> Path:
    """Where px keeps machine code: PX_CACHE_DIR, or px in the user's cache folder."""
    configured = os.environ.get("PX_CACHE_DIR")
    if configured:
        return Path(configured)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "px"


def entries() -> list[tuple[Path, os.stat_result]]:
    """The files kept, newest first. One that another process removes meanwhile is left out."""
    found = []
    for path in folder().rglob("*"):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        if path.is_file() and not path.is_symlink():
            found.append((path, status))
    return sorted(found, key=lambda entry: -entry[1].st_mtime)


@app.command("path")
def path_command() -> None:
    """Print the cache's folder."""
    typer.echo(folder())


@app.command("list")
def list_command() -> None:
    """List what is kept, newest first."""
    import datetime

    from rich.table import Table

    table = Table("file", "bytes", "written", box=None)
    found = entries()
    for path, status in found:
        when = datetime.datetime.fromtimestamp(status.st_mtime).isoformat(" ", "seconds")
        table.add_row(str(path.relative_to(folder())), f"{status.st_size:,}", when)
    out = console()
    if found:
        out.print(table)
    out.print(f"{len(found)} files, {sum(status.st_size for _, status in found):,} bytes in {folder()}")


@app.command("clear")
def clear_command() -> None:
    """Remove what is kept. Running programs keep the code that they have."""
    removed = size = 0
    for path, status in entries():
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        removed, size = removed + 1, size + status.st_size
    typer.echo(f"removed {removed} files, {size:,} bytes")
