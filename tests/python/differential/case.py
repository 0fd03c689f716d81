"""A function of the corpus with the arguments that it is run on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CASES: list[Case] = []


@dataclass(frozen=True)
class Case:
    """One small function and its argument tuples.

    `python`: CPython gives the same values (px's language is Numba's: where CPython differs, say why in `why`).
    `numba`: Numba, called as a user calls it, gives the same. `native`: Numba types it, so that there is native code; otherwise it stays
    interpreted.
    """

    function: Callable[..., Any]
    arguments: tuple[tuple[Any, ...], ...]
    python: bool = True
    numba: bool = True
    native: bool = True
    why: str = ""

    @property
    def name(self) -> str:
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"


def case(*arguments: Any, python: bool = True, numba: bool = True, native: bool = True, why: str = "") -> Callable[..., Any]:
    """Registers the decorated function; an argument that is no tuple stands for a tuple of one."""
    if not (python and numba and native) and not why:
        raise ValueError("say why CPython or Numba may differ")

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        tuples = tuple(a if isinstance(a, tuple) else (a,) for a in arguments) or ((),)
        CASES.append(Case(function, tuples, python, numba, native, why))
        return function

    return register
