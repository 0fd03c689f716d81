"""px code does what Python does: same results, same exceptions on the same lines, same order of evaluation."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import pytest
from agreement import assert_agrees
from programs import CASES


@pytest.mark.parametrize(("function", "calls"), CASES, ids=[f.__qualname__ for f, _ in CASES])
def test_program(function: FunctionType, calls: tuple[tuple[Any, ...], ...]) -> None:
    assert_agrees(function, *calls)
