"""``px cache``: machine code kept on disk."""

from __future__ import annotations

import json
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import typer

from .output import console

app = typer.Typer(help="Machine code kept on disk.", no_args_is_help=True)

# A key in hexadecimal, then .pxo, or six characters while it is written (jit/client/cache.cpp). Other files are not px's.
NAME = re.compile(r"[0-9a-f]{32}\.(pxo|\w{6})")
HEAD = struct.Struct("<8sIIQ16s16s")  # magic, version, header's bytes, object's bytes, key, hash of the content
VERSION = 2


def folder() -> Path:
    """Where px keeps machine code: PX_CACHE_DIR, or px in the user's cache folder."""
    configured = os.environ.get("PX_CACHE_DIR")
    if configured:
        return Path(configured)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "px"


def entries() -> Iterator[tuple[Path, os.stat_result]]:
    """px's files in the cache's folder. One that another process removes meanwhile is left out."""
    place = folder()
    for path in place.iterdir() if place.is_dir() else ():
        if NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            try:
                yield path, path.lstat()
            except FileNotFoundError:
                continue


def describe(path: Path) -> str:
    """The signature of the function that a file was made for."""
    try:
        with path.open("rb") as file:
            magic, version, size, _, _, _ = HEAD.unpack(file.read(HEAD.size))
            if magic != b"px cache" or version != VERSION:
                return "not of this version"
            header = json.loads(file.read(size))
        root = next(one for one in header["specialisations"] if one["function"] == header.get("root", 0))
        return f"({', '.join(root['arguments'])}) -> {root['result']}"
    except (OSError, struct.error, ValueError, KeyError, TypeError, StopIteration):
        return "unreadable"


@app.command("path")
def path_command() -> None:
    """Print the cache's folder."""
    typer.echo(folder())


@app.command("list")
def list_command() -> None:
    """List what is kept, newest first."""
    import datetime

    from rich.markup import escape
    from rich.table import Table

    table = Table("key", "bytes", "used", "function's signature", box=None)
    found = sorted(entries(), key=lambda entry: -entry[1].st_mtime)
    for path, status in found:
        when = datetime.datetime.fromtimestamp(status.st_mtime).isoformat(" ", "seconds")
        table.add_row(path.stem, f"{status.st_size:,}", when, escape(describe(path)))
    out = console()
    if found:
        out.print(table)
    out.print(f"{len(found)} files, {sum(status.st_size for _, status in found):,} bytes in {folder()}", soft_wrap=True)


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
