"""The recorded cases: what Numba makes of each function and each signature (record.py writes them)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Case:
    """One function with one kind of value a parameter."""

    module: str
    function: str
    kinds: tuple[str, ...]
    outcomes: tuple[str, ...]  # one a round

    @property
    def name(self) -> str:
        """How lists of cases name it."""
        return f"{self.module}.{self.function}({' '.join(self.kinds)})"


def modules() -> list[str]:
    """The modules that something is recorded of."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def cases(module: str) -> Iterator[Case]:
    """A module's cases, always in the same order."""
    path = FOLDER / f"{module}.json"
    for function, recorded in json.loads(path.read_text()).items():
        for kinds, outcomes in recorded.items():
            yield Case(module, function, tuple(kinds.split()), tuple(outcomes))
