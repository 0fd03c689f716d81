"""Every entry of the built-in table: its own test expressions on several types, in the interpreter, natively and in Numba."""

from __future__ import annotations

import cmath
import itertools
import linecache
import math
import operator
import re
import types
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from sanitizer import SANITIZER

import px
from differential.outcome import outcome
from px import library

OPERANDS: dict[str, tuple[Any, Any]] = {
    "integers": (7, 3),
    "negative integers": (-7, 2),
    "floats": (0.75, 2.5),
    "negative floats": (-0.75, -3.0),
    "integer and float": (5, 0.5),
    "float and integer": (0.5, 2),
    "booleans": (True, False),
    "uint8": (np.uint8(200), np.uint8(7)),
    "int8": (np.int8(-100), np.int8(3)),
    "uint64": (np.uint64(2**63 + 5), np.uint64(3)),
    "int32 and uint32": (np.int32(-9), np.uint32(4)),
    "float32": (np.float32(0.3), np.float32(1.5)),
    "float32 and integer": (np.float32(0.3), 3),
}
EXPRESSIONS = [(name, e.strip()) for name, _, tests in px._px.builtins() for e in tests.split(";") if e.strip()]
LIBRARY = sorted({(tests, e.strip()) for _, _, tests in library.entries() for e in tests.split(";") if e.strip()})
_serial = itertools.count()


def define(body: str) -> Callable[..., Any]:
    """`def f(x, y): return <body>`, with source that px and Numba find."""
    file = f"<expression {next(_serial)}>"
    source = f"def f(x, y):\n    return {body}\n"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    namespace: dict[str, Any] = {"cmath": cmath, "math": math, "np": np, "operator": operator}
    exec(compile(source, file, "exec"), namespace)
    function = namespace["f"]
    assert isinstance(function, types.FunctionType)
    return function


def accepted(operands: tuple[Any, Any], expressions: list[tuple[str, str]] = [*EXPRESSIONS, *LIBRARY]) -> list[str]:  # noqa: B006
    """The expressions that px types for these operands and that raise nothing."""
    px._px.set_tier("interp")
    try:
        kept = []
        for _, e in expressions:
            got = outcome(px.jit(define(e)), operands)
            if got.exception is None:
                kept.append(e)
            else:
                assert got.exception[0] in ("TypingError", "ZeroDivisionError", "ValueError"), f"{e}: {got}"
        return kept
    finally:
        px._px.set_tier("auto")


def test_every_entry_has_a_test() -> None:
    """An entry without test expressions is tested elsewhere: by name, here."""
    elsewhere = {
        "range",
        "enumerate",
        "zip",
        "any",
        "all",
        "Ellipsis",
        "numba.core.inline_closurecall.length_of_iterator",
        "numpy.empty",
        "numpy.empty_like",
        "reversed",
        "numpy.ndenumerate",
        "numpy.ndindex",
        "numpy.nditer",
        "iter",
        "next",
        "slice",
        "print",
        "str",  # a class to ask isinstance for, as the next
        "numpy.ndarray",
        "numba.misc.special.literal_unroll",  # corpus/unrolled.py, as the next
        "numba.misc.special.literally",
    }
    elsewhere |= {f"heapq.{name}" for name in ("heapify", "heappush", "heappop", "heapreplace", "heappushpop")}
    untested = {name for name, _, tests in px._px.builtins() if not tests.strip()}
    assert {name for name in untested if not name.startswith(("px.", "random.", "numpy.random."))} == elsewhere
    assert all(doc for _, doc, _ in px._px.builtins())


# Makes an array of the operands: the element types of arrays have their own tests (corpus/*), so a few kinds of operands will do.
MAKES_ARRAY = re.compile(r"np\.(full|ones|zeros|array|arange|eye|linspace|identity|empty)\w*\(")
# What Numba's code does not serve, with the reason in px.stats.
NOT_NATIVE = {
    "np.argwhere(np.array((x, 0, y)))": "Numba does not tell that the array is in C order",
    "np.trace(np.array(((x, y), (y, x))))": "Numba has it for floats alone",
}
WITH_ARRAYS = ("integers", "floats", "float32 and integer")


@pytest.mark.parametrize("kind", OPERANDS)
def test_baseline(kind: str) -> None:
    """Every entry in baseline code and in the interpreter."""
    operands = OPERANDS[kind]
    kept = accepted(operands)
    assert len(kept) > 40, kept
    for at in range(0, len(kept), 8):
        group = kept[at : at + 8]
        body = "(" + ", ".join(group) + ",)"
        outcomes, tiers = [], []
        for tier in ("interp", "baseline"):
            function = px.jit(define(body))
            px._px.set_tier(tier)
            try:
                outcomes.append(outcome(function, operands))
            finally:
                px._px.set_tier("auto")
            tiers.append(px.stats(function)["specialisations"][0]["tier"])
        interpreted, compiled = outcomes
        assert tiers == ["interpreter", "baseline"]
        assert compiled == interpreted, [
            (e, a, b) for e, a, b in zip(group, compiled.result[1], interpreted.result[1], strict=True) if a != b
        ]


@pytest.mark.parametrize("at", range(0, len(LIBRARY), 8))
def test_library(at: int) -> None:
    """What px/library stands for: in the interpreter and in Numba, whose code px takes; one by one where Numba does not take them all."""
    operands = (0.75, 2.5)
    group = accepted(operands, LIBRARY[at : at + 8])
    assert group
    body = "(" + ", ".join(group) + ",)"
    function = px.jit(define(body))
    px._px.set_tier("interp")
    ours = outcome(function, operands)
    px._px.set_tier("auto")
    if SANITIZER:
        return
    reference = outcome(numba.njit(define(body)), operands)
    if reference.exception is None:
        assert ours == reference, [(e, a, b) for e, a, b in zip(group, ours.result[1], reference.result[1], strict=True) if a != b]
        return
    for e, value in zip(group, ours.result[1], strict=True):
        alone = outcome(numba.njit(define(e)), operands)
        assert (alone.exception is not None and "Error" in alone.exception[0]) or alone.result == value, f"{e}: {value}, Numba {alone}"


@pytest.mark.parametrize("kind", OPERANDS)
def test_entries(kind: str) -> None:
    """In the interpreter, natively and in Numba. Grouped by eight, so that there is one compile for eight expressions."""
    operands = OPERANDS[kind]
    kept = [e for e in accepted(operands, EXPRESSIONS) if e not in NOT_NATIVE and (kind in WITH_ARRAYS or not MAKES_ARRAY.search(e))]
    assert len(kept) > 40, kept
    for at in range(0, len(kept), 8):
        group = kept[at : at + 8]
        body = "(" + ", ".join(group) + ",)"
        interpreted, native = px.jit(define(body)), px.jit(define(body))
        px._px.set_tier("interp")
        first = outcome(interpreted, operands)
        px._px.set_tier("native")
        second = outcome(native, operands)
        px._px.set_tier("auto")
        reference = outcome(numba.njit(define(body)), operands) if not SANITIZER else second
        if reference.exception is not None:
            if SANITIZER:
                continue
            # Numba lacks some of these types, such as float(True): one by one, then.
            for e in group:
                alone = outcome(numba.njit(define(e)), operands)
                px._px.set_tier("interp")
                ours = outcome(px.jit(define(e)), operands)
                px._px.set_tier("auto")
                untyped = alone.exception is not None and "TypingError" in alone.exception[0]
                assert untyped or alone.result == ours.result, f"{e}: {ours}, Numba {alone}"
            continue
        assert first == reference, [(e, a, b) for e, a, b in zip(group, first.result[1], reference.result[1], strict=True) if a != b]
        assert second == first, [(e, a, b) for e, a, b in zip(group, second.result[1], first.result[1], strict=True) if a != b]
        assert px.stats(native)["specialisations"][0]["tier"] == "numba"
        assert px.stats(interpreted)["specialisations"][0]["tier"] == "interpreter"
