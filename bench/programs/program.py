"""What a program is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Program(NamedTuple):
    """One file of this folder."""

    name: str
    about: str  # one line for people
    sizes: dict[str, int]  # "full", "reduced" (some tenths of a second, native), "tiny" (for tests in the interpreter)
    inputs: Callable[[int], Any]  # size → what `run` and `verify` take, the same each time
    run: Callable[[Any], Any]  # does the work, over as many workers as there are; does not change its inputs
    verify: Callable[[Any, Any], None]  # (inputs, result): AssertionError when the result is wrong


def verify_sorted(values: Any, result: Any) -> None:
    """Of a program that sorts."""
    assert np.array_equal(result, np.sort(values)), "not sorted"
