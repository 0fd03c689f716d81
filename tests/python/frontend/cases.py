"""The register of example programs: the front end's specification."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

CASES: list[tuple[FunctionType, tuple[tuple[Any, ...], ...]]] = []


def case(*calls: Any) -> Callable[[FunctionType], FunctionType]:
    """Register a function with calls to make: a tuple of arguments each, or a single argument."""

    def register(function: FunctionType) -> FunctionType:
        CASES.append((function, tuple(call if isinstance(call, tuple) else (call,) for call in calls)))
        return function

    return register
