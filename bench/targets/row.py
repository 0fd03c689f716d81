"""One row of the targets' table."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Row:
    """`value` is compared with `limit`: at least it, or at most it. None: it could not be measured, which is no pass."""

    name: str  # the target's file
    what: str
    goal: str  # the limit in words
    value: float | None
    figure: str  # the value in words
    passed: bool
    detail: str = ""  # the kernels' own figures, or why there is none
    parts: dict[str, float] = field(default_factory=dict)  # the figures that `value` was made from

    @classmethod
    def at_least(cls, name: str, row: tuple[str, str], value: float | None, limit: float, figure: str, **more: object) -> Row:
        """A row that passes with `limit` or more."""
        return cls(name, *row, value, figure, value is not None and value >= limit, **more)  # type: ignore[arg-type]

    @classmethod
    def at_most(cls, name: str, row: tuple[str, str], value: float | None, limit: float, figure: str, **more: object) -> Row:
        """A row that passes with `limit` or less."""
        return cls(name, *row, value, figure, value is not None and value <= limit, **more)  # type: ignore[arg-type]

    @classmethod
    def missing(cls, name: str, what: str, goal: str, why: str) -> Row:
        """A row that could not be measured."""
        return cls(name, what, goal, None, "–", False, why)


def parts_text(parts: dict[str, float], form: str = "{:.2f}") -> str:
    """Figures with their names."""
    return ", ".join(f"{name} {form.format(value)}" for name, value in parts.items())
