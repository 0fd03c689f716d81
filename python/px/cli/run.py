"""``px run SCRIPT``: a script with `px` at hand."""

from __future__ import annotations

import runpy
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from .output import fail


def command(context: typer.Context, script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="A Python file.")]) -> None:
    """Run SCRIPT as Python would, with the name px defined and its arguments passed on."""
    if not script.is_file():
        fail(f"{script}: no such file", 2)
    import px

    sys.argv = [str(script), *context.args]
    sys.path.insert(0, str(script.resolve().parent))
    try:
        runpy.run_path(str(script), init_globals={"px": px}, run_name="__main__")
    except Exception as error:
        # The script's own frames: none of this command's, none of runpy's.
        frame = error.__traceback__
        while frame is not None and frame.tb_frame.f_code.co_filename != str(script):
            frame = frame.tb_next
        traceback.print_exception(type(error), error, frame or error.__traceback__)
        raise typer.Exit(1) from None
