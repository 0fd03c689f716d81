"""``px explain MODULE:FUNCTION``: px code and types beside the source."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from .output import fail


def module_name(file: Path) -> tuple[str, Path]:
    """The dotted name of a module's file, packages around it included, and the folder that they are found in."""
    file = file.resolve()
    parts, folder = [file.stem], file.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts), folder


def load_module(name: str) -> ModuleType:
    """A module by its name, the current folder included, or by its path when it ends in .py."""
    if name.endswith(".py"):
        if not Path(name).is_file():
            fail(f"{name}: no such file", 2)
        name, folder = module_name(Path(name))
    else:
        folder = Path.cwd()
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            fail(f"no module named {name!r}", 2)
        raise


def command(what: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION", help="A function of a module, or of a file: a.py:f.")]) -> None:
    """Show a function's px code, its types and its tiers."""
    module, colon, path = what.rpartition(":")
    if not colon or not module or not path:
        fail(f"{what!r} is not MODULE:FUNCTION, such as mypackage.kernels:blur or blur.py:blur", 2)
    import px
    from px import _px

    function: Any = load_module(module)
    for part in path.split("."):
        if not hasattr(function, part):
            fail(f"{module} has no {path}", 2)
        function = getattr(function, part)
    try:
        if not isinstance(function, _px.Function):
            function = px.jit(function)
        text = px.explain(function)
    except px.PxError as error:
        fail(str(error))
    except TypeError as error:  # not a function at all
        fail(f"{what}: {error}", 2)
    typer.echo(text, nl=False)
