"""The fuzzer's short form: the same few hundred programs of control flow and over all types each time, and two thousand that are new with
each commit, a tenth of them small ones that Numba compiles too. `make fuzz` goes on from there."""

import linecache
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from sanitizer import SANITIZER

import px
from differential.fuzz import Tiers, check, load, smaller
from differential.program import Node, Program, make_program, make_small_program
from differential.typed_program import make_typed_program

TIERS = Tiers()
PROGRAMS = 200
# The first program that Numba's code serves whole: one compile is enough here.
NATIVE = next(seed for seed in range(PROGRAMS) if make_program(seed).native)


@pytest.mark.parametrize("first", range(0, PROGRAMS, 20))
def test_tiers_agree(first: int) -> None:
    for seed in range(first, first + 20):
        report = check(TIERS, seed, every=False, numba=seed == NATIVE)
        assert report is None, f"\n{report}"


@pytest.mark.parametrize("part", range(4))
def test_numba_agrees(part: int) -> None:
    """Programs over all of NumPy's numbers: in Numba itself, in the interpreter and in baseline code; one of them natively."""
    first = 6 * part
    tiers = Tiers()
    for seed in range(first, first + 6):
        report = check(tiers, seed, every=False, numba=seed == first, make=make_typed_program)
        assert report is None, f"\n{report}"
    assert (tiers.numba_calls > 0 or SANITIZER) and tiers.baseline_calls > 0, vars(tiers)


def first_new_seed() -> int:
    """PX_FUZZ_SEED, or one that the commit says, so that a failure comes again; the time where there is no commit."""
    if given := os.environ.get("PX_FUZZ_SEED"):
        return int(given)
    git = subprocess.run(["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return 10_000 * (int(git.stdout[:8], 16) if git.returncode == 0 else int(time.time()))


@pytest.mark.parametrize("part", range(20))
def test_new_programs_agree(part: int) -> None:
    """Of control flow, and in a hundred ten small ones and two over all types, which Numba compiles too. A report names the seed:
    `make fuzz ARGS="--seed … --programs 1 --kind control"`, or `small`, or `typed`."""
    first = first_new_seed() + 100 * part
    tiers = Tiers()
    for seed in range(first, first + 100):
        make = make_program if seed < first + 88 else make_small_program if seed < first + 98 else make_typed_program
        report = check(tiers, seed, every=False, numba=False, make=make)
        assert report is None, f"\n{report}"
    assert tiers.programs == 100 and tiers.baseline_calls > 0 and tiers.moves > 0, vars(tiers)


def test_programs_come_to_every_tier() -> None:
    if TIERS.programs < PROGRAMS:
        pytest.skip("not all of the programs were selected")
    assert TIERS.moves > 120 and TIERS.baseline_calls >= PROGRAMS and TIERS.native_calls > 0, vars(TIERS)
    assert TIERS.programs // 10 < TIERS.exceptions < TIERS.programs * 3 // 2, vars(TIERS)


def test_the_same_seed_makes_the_same_program() -> None:
    assert make_program(11).source() == make_program(11).source()
    assert make_program(11).source() != make_program(12).source()


def test_a_failing_program_is_made_smaller() -> None:
    body = [Node("n1 = 1"), Node("for i in range(3):", [("", [Node("n1 = 2"), Node("bad = 1")])]), Node("return n1", fixed=True)]
    program = Program(0, [Node("def main(n0):", [("", body)], fixed=True)], python=True)
    small = smaller(program, lambda p: "bad" in p.source())
    assert small.source().split("\n")[4:7] == ["def main(n0):", "    bad = 1", "    return n1"]


def test_a_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tier that is wrong about one program in ten would not stay hidden."""
    tiers, run = Tiers(), Tiers.run

    def wrong(self: Tiers, function: Any, tier: str, arguments: list, first_safepoint: int = 0) -> list:
        if tier == "moves":
            source = "".join(linecache.getlines(function.__wrapped__.__code__.co_filename))
            function = load(source.replace("n1 > 4", "n1 > 3"), px.jit)
        return run(self, function, tier, arguments, first_safepoint)

    monkeypatch.setattr(Tiers, "run", wrong)
    reports = [tiers.difference(make_program(seed), every=False, numba=False) for seed in range(300, 330)]
    assert any(r and r.startswith("moved at every") for r in reports)
