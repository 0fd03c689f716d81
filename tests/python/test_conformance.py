"""The functions of Numba's own test modules, and those of numba_stats, come to in px what they come to in Numba, to the bit.

The interpreter alone here; `make conformance` runs every tier. What does not agree yet stands in tests/conformance/disagreements with
its reason: a case that is not there must agree.
"""

import os
from pathlib import Path

import pytest
from conformance.agreement import listed, run
from conformance.recorded import cases, modules

import px

PINNED = 1700  # cases recorded; more may be added


def test_the_total_is_pinned() -> None:
    """No case goes without being missed."""
    assert sum(len(list(cases(module))) for module in modules()) >= PINNED


@pytest.mark.parametrize("module", modules())
def test_agrees_with_numba(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not listed agrees."""
    folders = [Path(px.__file__).parents[1], Path(__file__).parents[1]]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, folders)))
    known = listed("interp")
    wrong = {v.case.name: v.why for v in run(module, "interp") if v.why and v.case.name not in known}
    assert wrong == {}
