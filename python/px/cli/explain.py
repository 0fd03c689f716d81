"""``px explain MODULE:FUNCTION``: px code and types beside the source."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from .output import console, fail


def load_module(name: str) -> ModuleType:
    """A module by its name, the current folder included, or by its path when it ends in .py."""
    if name.endswith(".py"):
        file = Path(name)
        if not file.is_file():
            fail(f"{name}: no such file", 2)
        stem = file.stem
        spec = importlib.util.spec_from_file_location(stem, name)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[stem] = module
        sys.path.insert(0, str(file.resolve().parent))
        spec.loader.exec_module(module)
        return module
    sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            fail(f"no module named {name!r}", 2)
        raise


def command(what: Annotated[str, typer.Argument(metavar="MODULE:FUNCTION", help="A function of a module, or of a file: a.py:f.")]) -> None:
    """Show a function's px code, its types and its tiers."""
    module_name, colon, path = what.rpartition(":")
    if not colon or not module_name or not path:
        fail(f"{what!r} is not MODULE:FUNCTION, such as mypackage.kernels:blur or blur.py:blur", 2)
    import px

    function: Any = load_module(module_name)
    for part in path.split("."):
        if not hasattr(function, part):
            fail(f"{module_name} has no {path}", 2)
        function = getattr(function, part)
    if not callable(function):
        fail(f"{what} is no function", 2)
    try:
        text = px.explain(function)
    except px.PxError as error:
        fail(str(error))
    if text is not None:
        console().print(text, markup=False)
