"""Whole programs of parallel contexts, as a user would write them: each a file with its px functions, a plain function that runs it, and
a check of what came out against something known. ``python -m px.bench.programs [NAME [SIZE]]`` runs and times them.

They import px where they are loaded, so that measured processes have their settings by then.
"""

from __future__ import annotations

import importlib

from .program import Program

NAMES = ("merge_sort", "quick_sort", "histogram", "k_means", "monte_carlo", "csv_file")


def load(name: str) -> Program:
    """The program of that name. KeyError, with the names there are, for another."""
    if name not in NAMES:
        raise KeyError(f"no program named {name!r}; there are {', '.join(NAMES)}")
    return importlib.import_module(f"{__name__}.{name}").PROGRAM


__all__ = ["NAMES", "Program", "load"]
