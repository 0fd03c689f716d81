"""One row of the targets' table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Row:
    """`value` is at least or at most the goal's limit, or the row misses. None: it could not be measured, which is no pass."""

    name: str  # the target's file
    what: str
    goal: str  # the limit in words
    value: float | None
    figure: str  # the value in words
    passed: bool
    detail: str = ""  # the kernels' own figures, or why there is none
    parts: dict[str, float] = field(default_factory=dict)  # the figures that `value` was made from
    problems: list[str] = field(default_factory=list)  # kernels that could not be measured: no pass, whatever the others say

    def verdict(self) -> str:
        """In words."""
        return "pass" if self.passed else "miss" if self.value is not None else "not measured"

    @classmethod
    def at_least(cls, name: str, row: tuple[str, str], value: float, limit: float, figure: str, **more: object) -> Row:
        """A row that passes with `limit` or more and no problems."""
        return cls(name, *row, value, figure, value >= limit, **more).checked()  # type: ignore[arg-type]

    @classmethod
    def at_most(cls, name: str, row: tuple[str, str], value: float, limit: float, figure: str, **more: object) -> Row:
        """A row that passes with `limit` or less and no problems."""
        return cls(name, *row, value, figure, value <= limit, **more).checked()  # type: ignore[arg-type]

    @classmethod
    def missing(cls, name: str, what: str, goal: str, why: str) -> Row:
        """A row that could not be measured."""
        return cls(name, what, goal, None, "–", False, why)

    def checked(self) -> Row:
        """Itself; with problems it does not pass, and tells them."""
        if self.problems:
            self.passed = False
            self.detail = "; ".join(filter(None, [self.detail, *self.problems]))
        return self


def all_missing(name: str, rows: Iterable[tuple[str, str]], problems: Sequence[str]) -> list[Row]:
    """The target's rows when no kernel could be measured."""
    return [Row.missing(name, *row, "; ".join(problems) or "nothing to measure") for row in rows]


def parts_text(parts: dict[str, float], form: str = "{:.2f}") -> str:
    """Figures with their names."""
    return ", ".join(f"{name} {form.format(value)}" for name, value in parts.items())
