"""The registry of kernels. A new one is a file beside this one with a ``KERNEL``, and its name below."""

from __future__ import annotations

import importlib

from .kernel import Kernel, difference, digest, same_digest

NAMES = ("mandelbrot", "nbody", "black_scholes", "sieve", "quicksort", "matmul", "knn")


def load(name: str) -> Kernel:
    """The kernel of that name. KeyError, with the names there are, for another."""
    if name not in NAMES:
        raise KeyError(f"no kernel named {name!r}; there are {', '.join(NAMES)}")
    return importlib.import_module(f"{__name__}.{name}").KERNEL


__all__ = ["NAMES", "Kernel", "difference", "digest", "load", "same_digest"]
