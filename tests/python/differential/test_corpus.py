"""Every function of the corpus in every tier, against Numba and CPython: same bits, same types, same exceptions.

A comparison counts only where px.stats proves that the tier ran.
"""

from __future__ import annotations

import struct
from typing import Any

import numba
import numpy as np
import pytest
from sanitizer import SANITIZER

import px
from differential.corpora import load
from differential.outcome import Outcome, outcome

INTERPRETED = load(px.jit)
BASELINE = load(px.jit)
MOVING = {back_edges: load(px.jit) for back_edges in (1, 2, 7)}
NATIVE = load(px.jit)
NUMBA = load(numba.njit(boundscheck=True))
PYTHON = load(lambda f: f)
NAMES = sorted(INTERPRETED)


@pytest.fixture(autouse=True)
def automatic_tier():
    yield
    px._px.set_tier("auto")
    px._px.set_first_safepoint()


def tiers_of(function: Any) -> set[str]:
    return {s["tier"] for s in px.stats(function)["specialisations"]}


def loosely_equal(a: Any, b: Any) -> bool:
    """Equal but for int/float/NumPy types of scalars, which CPython keeps and typed code does not."""
    if isinstance(a, tuple) and a and isinstance(a[1], tuple):
        return (
            b[0] == a[0]
            and isinstance(b[1], tuple)
            and len(a[1]) == len(b[1])
            and all(loosely_equal(x, y) for x, y in zip(a[1], b[1], strict=True))
        )
    return a == b or number(a) is not None and number(a) == number(b)


def number(value: Any) -> float | None:
    kind, what = value[0], value[1]
    if what == "nan":
        return None
    if isinstance(what, bytes):
        return struct.unpack("<d", what)[0]
    if kind == "bool" or what in ("True", "False", "np.True_", "np.False_"):
        return float("True" in what)
    if kind == "float32":
        return float(np.float32(what[len("np.float32(") : -1]))
    try:
        return float(what.partition("(")[2].rstrip(")") if "(" in what else what)
    except ValueError:
        return None


@pytest.mark.parametrize("name", NAMES)
def test_interpreter(name: str) -> None:
    """The interpreter agrees with Numba to the bit, and with CPython in value."""
    case, function = INTERPRETED[name]
    px._px.set_tier("interp")
    for arguments in case.arguments:
        got = outcome(function, arguments)
        if case.numba and not SANITIZER:
            compare(got, outcome(NUMBA[name][1], arguments), f"{name}{arguments}: px's interpreter, Numba", messages=False)
        if case.python:
            expected = outcome(PYTHON[name][1], arguments)
            assert (got.exception or (None,))[0] == (expected.exception or (None,))[0], f"{name}{arguments}: px {got}, CPython {expected}"
            if not got.exception:
                assert loosely_equal(got.result, expected.result), f"{name}{arguments}: px {got.result}, CPython {expected.result}"
    assert tiers_of(function) <= {"interpreter"}


@pytest.mark.parametrize("name", NAMES)
def test_native(name: str) -> None:
    """Native code agrees with the interpreter to the bit, exceptions with their messages included."""
    case, function = NATIVE[name]
    reference = INTERPRETED[name][1]
    for arguments in case.arguments:
        px._px.set_tier("interp")
        expected = outcome(reference, arguments)
        px._px.set_tier("native")
        if not case.native:
            with pytest.raises(px.CompileServiceError):
                function(*arguments)
            continue
        got = outcome(function, arguments)
        compare(got, expected, f"{name}{arguments}: native, interpreter", messages=True)
    if case.native:
        assert tiers_of(function) == {"numba"}, px.stats(function)


@pytest.mark.parametrize("name", NAMES)
def test_baseline(name: str) -> None:
    """Baseline code agrees with the interpreter to the bit, exceptions with their messages included."""
    case, function = BASELINE[name]
    reference = INTERPRETED[name][1]
    for arguments in case.arguments:
        px._px.set_tier("interp")
        expected = outcome(reference, arguments)
        px._px.set_tier("baseline")
        compare(outcome(function, arguments), expected, f"{name}{arguments}: baseline, interpreter", messages=True)
    for s in px.stats(function)["specialisations"]:
        assert s["tier"] == "baseline" and s["baseline_calls"] > 0 and s["interpreter_calls"] == 0, s


MOVES = dict.fromkeys(MOVING, 0)


@pytest.mark.parametrize("back_edges", MOVING)
@pytest.mark.parametrize("name", NAMES)
def test_moves(name: str, back_edges: int) -> None:
    """Frames that go on in baseline code at every `back_edges`-th back-edge or call come to what the interpreter alone comes to."""
    case, function = MOVING[back_edges][name]
    reference = INTERPRETED[name][1]
    for arguments in case.arguments:
        px._px.set_tier("interp")
        expected = outcome(reference, arguments)
        px._px.set_tier("moves")
        px._px.set_first_safepoint(back_edges)
        compare(outcome(function, arguments), expected, f"{name}{arguments}: moved, interpreter", messages=True)
    MOVES[back_edges] += sum(s["moves"] for s in px.stats(function)["specialisations"])


def test_frames_have_moved() -> None:
    """Of the many calls of `test_moves`, those that loop have moved: from each kind of loop, some before its second round."""
    if not any(MOVES.values()):
        pytest.skip("the moves themselves were not selected")
    assert min(MOVES.values()) > 100, MOVES


def compare(got: Outcome, expected: Outcome, where: str, *, messages: bool) -> None:
    if messages:
        assert got == expected, f"{where}: {got} != {expected}"
        return
    assert (got.exception or (None,))[0] == (expected.exception or (None,))[0], f"{where}: {got} != {expected}"
    if not got.exception:
        assert got.result == expected.result, f"{where}: {got.result} != {expected.result}"
    assert got.arguments == expected.arguments, f"{where}: arguments {got.arguments} != {expected.arguments}"


def test_the_corpus_is_not_empty() -> None:
    assert len(NAMES) > 120
    assert np.__version__
