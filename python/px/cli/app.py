"""The commands of ``px``, gathered. Each lives in a file of its own and imports what it needs only when it runs."""

from __future__ import annotations

import importlib.metadata
from typing import Annotated

import typer

from . import bench, cache, compile, doctor, explain, run

app = typer.Typer(
    name="px",
    help="Parallel Python functions: run now, compile meanwhile, swap.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def show_version(wanted: bool) -> None:
    """Prints the version and ends, if it is wanted."""
    if wanted:
        try:
            typer.echo(f"px {importlib.metadata.version('px')}")
        except importlib.metadata.PackageNotFoundError:
            typer.echo("px, not installed")
        raise typer.Exit()


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Parallel Python functions: run now, compile meanwhile, swap."""


app.command("bench")(bench.command)
app.command("run", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False})(
    run.command
)
app.command("explain")(explain.command)
app.command("compile")(compile.command)
app.command("doctor")(doctor.command)
app.add_typer(cache.app, name="cache")
