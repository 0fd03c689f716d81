"""The table that library modules write their functions into."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FUNCTIONS: dict[str, Any] = {}  # full name → Python function
TESTS: dict[str, str] = {}  # full name → expressions to try it with, separated by ';'


def stands_for(*names: str, tests: str = "") -> Callable[[Any], Any]:
    """The function is what px means by these names where the table of built-ins has nothing that fits."""

    def note(function: Any) -> Any:
        for name in names:
            FUNCTIONS[name] = function
            TESTS[name] = tests
        return function

    return note
