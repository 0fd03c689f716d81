"""The functions of Numba's own test modules, and those of numba_stats, come to in px what they come to in Numba, to the bit.

The interpreter here, and a few modules natively; `make conformance ARGS="--tier native"` takes half an hour for all. What does not agree
yet stands in tests/conformance/disagreements with its reason: a case that is not there must agree, and one that is there must not.
"""

import os
from pathlib import Path

import pytest
from conformance.agreement import TIERS, listed, run, unlisted
from conformance.recorded import cases, modules

import px

PINNED = 1770  # cases recorded; more may be added
WHOLE = 0.95  # of the functions agree in every case
QUICK = ("test_casting", "test_flow_control", "test_tuples", "usecases", "numba_stats.argus", "numba_stats.voigt")


@pytest.fixture(autouse=True)
def paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the workers."""
    folders = [Path(px.__file__).parents[1], Path(__file__).parents[1]]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, folders)))


def test_the_total_is_pinned() -> None:
    """No case goes without being missed."""
    assert sum(len(list(cases(module))) for module in modules()) >= PINNED


@pytest.mark.parametrize("tier", [tier for tier in TIERS if tier != "baseline"])
def test_most_functions_agree(tier: str) -> None:
    """By the lists, which the other tests and `make conformance` keep true."""
    functions, failing = set(), set()
    for module in modules():
        known = listed(tier, module)
        functions |= {(module, case.function) for case in cases(module)}
        failing |= {(module, case.function) for case in cases(module) if case.name in known}
    assert len(functions) - len(failing) >= WHOLE * len(functions)
    assert not {name for module, name in failing if module.startswith("numba_stats.")}


@pytest.mark.parametrize("module", modules())
def test_agrees_with_numba(module: str) -> None:
    """In the interpreter, but for what is listed."""
    assert unlisted("interp", module, list(run(module, "interp"))) == {}


@pytest.mark.parametrize("module", QUICK)
def test_native_code_agrees_with_numba(module: str) -> None:
    """The same."""
    assert unlisted("native", module, list(run(module, "native"))) == {}
