"""Random programs in every tier: `make fuzz ARGS="--seconds 600 --seed 1"`.

Each program runs in the interpreter, in baseline code, and with frames that move at every n-th back-edge or call, for n = 1, 2 and a random
one; in CPython where its arithmetic is the same, and some natively. Results, arrays, exceptions with their messages and the lines of their
tracebacks must agree. Programs of control flow (program.py) alternate with small ones and with those over all types (typed_program.py),
which Numba itself compiles too: results, arrays and kinds of exceptions must be its, and what it compiles px may not refuse.
A program that fails is made smaller by dropping statements and printed with its seed; `--survey` counts failures by kind instead.
"""

from __future__ import annotations

import argparse
import faulthandler
import itertools
import linecache
import random
import subprocess
import sys
import time
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from sanitizer import SANITIZER

import px
from differential.outcome import Outcome, canonical, outcome
from differential.program import Node, Program, make_program, make_small_program
from differential.typed_program import make_typed_program

REFUSALS = {"TypingError", "UnsupportedError", "RuntimeError", "NameError", "CompileServiceError"}
KINDS = {"control": make_program, "small": make_small_program, "typed": make_typed_program}
_serial = itertools.count()


def load(source: str, mark: Callable[[Any], Any]) -> Any:
    """`main` of the program, with every function marked."""
    file = f"<program {next(_serial)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    module = types.ModuleType(file)
    exec(compile(source, file, "exec"), vars(module))
    for name, function in list(vars(module).items()):
        if isinstance(function, types.FunctionType):
            setattr(module, name, mark(function))
    return module.main


class Tiers:
    """How programs run, and what has run so far: a tier that was never used has not been tested."""

    def __init__(self) -> None:
        self.baseline_calls = self.moves = self.native_calls = self.programs = self.exceptions = self.refused = self.numba_calls = 0

    def run(self, function: Any, tier: str, arguments: list[tuple[Any, ...]], first_safepoint: int = 0) -> list[Outcome]:
        """`function`: a program as `load` gives it, which may have run in another tier before, as programs do."""
        before = self._calls(function)
        px._px.set_tier(tier)
        if first_safepoint:
            px._px.set_first_safepoint(first_safepoint)
        try:
            outcomes = [outcome(function, a) for a in arguments]
        finally:
            px._px.set_tier("auto")
            px._px.set_first_safepoint()
        baseline_calls, moves, native_calls = (now - then for now, then in zip(self._calls(function), before, strict=True))
        self.baseline_calls += baseline_calls
        self.moves += moves
        self.native_calls += native_calls
        return outcomes

    @staticmethod
    def _calls(function: Any) -> list[int]:
        rows = px.stats(function)["specialisations"]
        return [sum(row[kind] for row in rows) for kind in ("baseline_calls", "moves", "native_calls")]

    def difference(self, program: Program, *, every: bool, numba: bool) -> str | None:
        """Where tiers disagree about the program, or None. Not `every`: at one of the intervals only."""
        source, arguments = program.source(), program.arguments()
        loaded = load(source, px.jit)
        reference = self.run(loaded, "interp", arguments)
        self.programs += 1
        self.exceptions += sum(o.exception is not None for o in reference)
        errors = {o.exception[0] for o in reference if o.exception}
        wrong = errors & REFUSALS
        if program.numba:
            expected = numba_outcomes(source, arguments)
            if expected is None:
                self.refused += 1
            elif wrong:
                return f"refused ({', '.join(sorted(wrong))}): {show(reference)}"
            elif any(
                coarse(o) != coarse(e) and not drops_error(source, a, o) for a, o, e in zip(arguments, reference, expected, strict=True)
            ):
                return f"interpreter: {show(reference)}\nNumba: {show(expected)}\n{where_different(reference, expected)}"
            else:
                self.numba_calls += len(expected)
            if wrong:
                return None
            numba = numba and expected is not None
        elif wrong:
            return f"not a program of px's language ({', '.join(sorted(wrong))}): {show(reference)}"
        if program.python:
            expected = [outcome(load(source, lambda f: f), a) for a in arguments]
            if any(loose(o) != loose(e) for o, e in zip(reference, expected, strict=True) if not is_domain_error(e)):
                return f"interpreter: {show(reference)}\nCPython: {show(expected)}"
        intervals = [1, 2, random.Random(program.seed).randint(3, 12)]
        for n in intervals if every else [intervals[program.seed % 3]]:
            # Where a loop has code a frame moves at its first back-edge: one interval for each program that is read.
            moved = self.run(load(source, px.jit) if every else loaded, "moves", arguments, n)
            if moved != reference:
                return f"moved at every {n}: {show(moved)}\ninterpreter: {show(reference)}"
        runs = ["baseline", "native"] if numba and program.native else ["baseline"]
        for tier in runs:
            got = self.run(loaded if tier == "baseline" else load(source, px.jit), tier, arguments)
            if tier == "native" and all(never_returns(o) for o in got):
                self.refused += 1
            elif got != reference:
                return f"{tier}: {show(got)}\ninterpreter: {show(reference)}"
        return None


def is_domain_error(o: Outcome) -> bool:
    """CPython's alone: the cosine of infinity is nan in Numba and in px."""
    return o.exception == ("ValueError", "math domain error")


def drops_error(source: str, arguments: tuple[Any, ...], o: Outcome) -> bool:
    """Whether Numba may go on where px divides by zero, as CPython does: in a function with a comprehension it drops expressions whose
    values are not used."""
    if " for x in " not in source or o.exception is None or o.exception[0] != "ZeroDivisionError":
        return False
    pythons = outcome(load(source, lambda f: f), arguments)
    return pythons.exception is not None and pythons.exception[0] == "ZeroDivisionError" and pythons.frames == o.frames


def never_returns(o: Outcome) -> bool:
    """Whether native code was refused since Numba, which folds `n == n`, sees that the program always raises, and calls its result None."""
    return o.exception is not None and o.exception[0] == "CompileServiceError" and o.exception[1].endswith("/none")


def numba_outcomes(source: str, arguments: list[tuple[Any, ...]]) -> list[Outcome] | None:
    """What Numba makes of the program, or None where it refuses, and under a sanitizer. Some recursive functions it compiles without their
    callee, and says so at the call."""
    if SANITIZER:
        return None
    import numba
    import numba.cpython.numbers as integers
    import numba.np.math.numbers as powers

    # As in px, integers wrap: Numba lets LLVM take signed overflow for impossible, and what it makes of one is anything.
    integers._int_arith_flags = powers._int_arith_flags = lambda result: []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function = load(source, for_numba)
        try:
            function.compile(tuple(numba.typeof(a) for a in arguments[0]))
        except Exception:  # noqa: BLE001 - Numba's refusals are of many classes
            return None
        outcomes = [outcome(function, a) for a in arguments]
    return None if any(o.exception and "unresolved symbol" in str(o.exception[1]) for o in outcomes) else outcomes


def for_numba(function: Any) -> Any:
    """Without the wrappers that no program calls: a sixth of the time that Numba takes for one."""
    import numba

    return numba.njit(boundscheck=True, no_cfunc_wrapper=True, no_cpython_wrapper=function.__name__ != "main")(function)


def coarse(o: Outcome) -> Any:
    """What Numba and px share: everything but the texts of exceptions, and arrays half changed by a program that failed."""
    return o.result, o.exception and o.exception[0], o.arguments


def where_different(got: list[Outcome], expected: list[Outcome]) -> str:
    """The parts of results and arguments that are not the same."""
    lines = []
    for k, (a, b) in enumerate(zip(got, expected, strict=True)):
        for what, x, y in (("result", a.result, b.result), ("argument", a.arguments, b.arguments)):
            if x and y:
                lines += [f"call {k}, {what} {at}: {readable(u)} != {readable(v)}" for at, (u, v) in enumerate(zip(x[1], y[1])) if u != v]
    return "\n".join(lines)


def readable(value: Any) -> str:
    if value[0] == "array":
        return f"{value[1]}{np.frombuffer(value[3], value[1]).reshape(value[2]).tolist()}"
    return f"{value[0]} {_double(value[1])!r}" if isinstance(value[1], bytes) else f"{value[0]} {value[1]}"


def loose(o: Outcome) -> Any:
    """What CPython and px share: values of scalars whatever their types, the kind of the exception and its lines."""

    def value(v: Any) -> Any:
        if v[0] == "tuple":
            return tuple(value(x) for x in v[1])
        return ("float", float(v[1])) if v[0] == "int" else canonical(float(_double(v[1]))) if v[0] == "float" and v[1] != "nan" else v

    result = None if o.exception else value(o.result)
    zero = o.exception and o.exception[0] == "ZeroDivisionError"  # CPython words it in several ways
    return result, o.exception[0] if zero else o.exception, o.arguments, o.frames


def _double(raw: bytes) -> float:
    import struct

    return struct.unpack("<d", raw)[0]


def show(outcomes: list[Outcome]) -> str:
    return "; ".join(str(replace(o, arguments=())) for o in outcomes)


def smaller(program: Program, fails: Callable[[Program], bool], patience: float = 60) -> Program:
    """Drops statements, or puts a block in its statement's place, as long as the program fails."""
    deadline = time.monotonic() + patience
    progress = True
    while progress:
        progress = False
        for block, at in list(places(program)):
            if time.monotonic() > deadline:
                return program
            if at >= len(block) or block[at].fixed:
                continue
            node = block[at]
            for instead in [[], *(inner for _, inner in node.blocks)]:
                block[at : at + 1] = instead
                if valid(program) and fails(program):
                    progress = True
                    break
                block[at : at + len(instead)] = [node]
    return program


def places(program: Program) -> Iterator[tuple[list[Node], int]]:
    """Every statement, outermost first and last first, as its block and its index there."""

    def inside(block: list[Node]) -> Iterator[tuple[list[Node], int]]:
        for at in reversed(range(len(block))):
            yield block, at
        for node in list(block):
            for _, inner in node.blocks:
                yield from inside(inner)

    for function in program.functions:
        yield from inside(function.blocks[0][1])


def valid(program: Program) -> bool:
    try:
        compile(program.source(), "<program>", "exec")
    except SyntaxError:  # a `break` outside of its loop
        return False
    return True


def check(tiers: Tiers, seed: int, *, every: bool, numba: bool, make: Callable[[int], Program] = make_program) -> str | None:
    """The report of a program that fails, or None."""
    program = make(seed)
    why = tiers.difference(program, every=every, numba=numba)
    if why is None:
        return None
    kind = why.partition(":")[0]

    def fails(candidate: Program) -> bool:
        again = tiers.difference(candidate, every=True, numba=numba)
        return again is not None and again.partition(":")[0] == kind

    small = smaller(program, fails)
    why = tiers.difference(small, every=True, numba=numba) or f"not again: {why}"
    return f"seed {seed}\n{small.source().rstrip()}\n\n{why}\n"


def maker(kind: str, seed: int) -> Callable[[int], Program]:
    return KINDS[kind] if kind in KINDS else list(KINDS.values())[seed % len(KINDS)]


def inside(options: argparse.Namespace) -> int:
    """Programs from the first seed on; each seed is said before its program runs."""
    faulthandler.enable()
    tiers, deadline, found = Tiers(), time.monotonic() + options.seconds, Counter[str]()
    for seed in itertools.count(options.seed):
        if time.monotonic() > deadline or options.programs and seed >= options.seed + options.programs:
            break
        print("seed", seed, flush=True)
        make, native = maker(options.kind, seed), seed % options.native_every == 0
        if options.survey:
            why = tiers.difference(make(seed), every=options.every, numba=native)
            if why:
                found[why.split("\n")[0].partition(":")[0]] += 1
                print(f"differs {seed} {why}", flush=True)
        elif report := check(tiers, seed, every=options.every, numba=native, make=make):
            print(report, flush=True)
            return 1
    print(
        f"{tiers.programs} programs, {tiers.exceptions} exceptions, {tiers.moves} moves, {tiers.baseline_calls} calls of baseline code, "
        f"{tiers.native_calls} of px's native code, {tiers.numba_calls} of Numba's; Numba refused {tiers.refused}"
    )
    for kind, count in found.most_common():
        print(f"{count} × {kind}")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--programs", type=int, default=0, help="stop after so many (0: at the time alone)")
    parser.add_argument("--seed", type=int, default=1, help="of the first program")
    parser.add_argument("--kind", choices=[*KINDS, "all"], default="all")
    parser.add_argument("--native-every", type=int, default=100, help="every so many programs run in px's native code too")
    parser.add_argument("--every", action="store_true", help="frames move at all three intervals, not at one of them by the seed")
    parser.add_argument("--survey", action="store_true", help="go on after a failure, and count failures by kind")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return inside(options)
    # In a process of their own, so that a crash is reported with its program.
    command = [sys.executable, "-m", "differential.fuzz", "--inside", *sys.argv[1:]]
    seed = options.seed
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for line in child.stdout:
            if line.startswith("seed ") and line[5:].strip().isdigit():
                seed = int(line[5:])
            if not line.startswith("seed ") or child.poll():
                print(line, end="", flush=True)
    if child.returncode < 0:
        print(f"signal {-child.returncode} in the program of seed {seed}:\n{maker(options.kind, seed)(seed).source()}")
    elif child.returncode:
        print(f"failed at seed {seed}")
    return 1 if child.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
