"""Loads the corpus with every function of it marked: for px, for Numba, or left to CPython."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from differential import case as registry
from differential.case import Case

FOLDER = Path(__file__).parent / "corpus"
_serial = itertools.count()


def load(mark: Callable[[Callable[..., Any]], Any], only: str | None = None) -> dict[str, tuple[Case, Any]]:
    """Name → (case, marked function). Each call loads modules of its own: specialisations are not shared.

    Functions of a module that call each other see the marked ones.
    """
    found: dict[str, tuple[Case, Any]] = {}
    for path in sorted(FOLDER.glob("[!_]*.py")):
        if only and path.stem != only:
            continue
        spec = importlib.util.spec_from_file_location(f"differential.corpus_{next(_serial)}.{path.stem}", path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # Numba finds the globals of a recursive function there
        before = len(registry.CASES)
        spec.loader.exec_module(module)
        cases = registry.CASES[before:]
        del registry.CASES[before:]
        functions = {n: f for n, f in vars(module).items() if isinstance(f, types.FunctionType) and f.__module__ == module.__name__}
        for name, function in functions.items():
            setattr(module, name, mark(function))
        for c in cases:
            found[c.name] = (c, getattr(module, c.function.__name__))
    return found
