"""Finds, by asking Numba, which arguments each function takes, and records what Numba makes of them: `python -m conformance.record`.

`--prune` drops recorded cases that Numba does not compile at all: an exception of its compiler's own is no result of the function.

A child process a function: what hangs or crashes costs that function alone. One file a module in `recorded/`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from conformance.arguments import ROUNDS, candidates, statistical, values
from conformance.functions import MODULES, STATISTICS, functions, parameter_count
from conformance.outcomes import outcome

FOLDER = Path(__file__).parent / "recorded"
_CASES, _SECONDS, _ATTEMPTS_SECONDS = 3, 40.0, 12.0


def _unwanted(text: str) -> bool:
    """Not a result of Numba's own: types that it does not take."""
    return text.startswith("raises ") and any(
        word in text
        for word in ("TypingError", "LoweringError", "UnsupportedError", "UnsupportedBytecodeError", "NumbaError", "InternalError")
    )


def _compiled(dispatcher: Any) -> bool:
    """Whether Numba has made code for any of the calls."""
    return bool(getattr(dispatcher, "overloads", True))


def _explore(function: Any, tries: list[tuple[str, ...]], into: Any) -> None:
    from numba import njit

    warnings.simplefilter("ignore")
    started = time.monotonic()
    taken, seen = 0, set[str]()
    for kinds in tries:
        signature = " ".join("i" if kind in "nz" else "f" if kind == "p" else kind for kind in kinds)
        if signature in seen:
            continue
        if taken == _CASES or time.monotonic() - started > _ATTEMPTS_SECONDS:
            break
        dispatcher = function if hasattr(function, "py_func") else njit(boundscheck=True)(function)
        results = [outcome(dispatcher, values(kinds, k)) for k in range(ROUNDS)]
        again = [outcome(dispatcher, values(kinds, k)) for k in range(ROUNDS)]
        if results != again or any(map(_unwanted, results)) or all(r.startswith("raises TypeError") for r in results):
            continue  # random numbers, memory that is not set, or types that it does not take
        if all(r.startswith("raises ") for r in results) and not _knows(function, kinds):
            continue
        if all(r.startswith("raises ") for r in results) and taken:
            continue
        taken += 1
        seen.add(signature)
        into.put((" ".join(kinds), results))
    into.put(None)


def _knows(function: Any, kinds: tuple[str, ...]) -> bool:
    """Whether Numba compiles the function for these arguments: asked of a dispatcher of its own."""
    from numba import njit

    fresh = njit(boundscheck=True)(getattr(function, "py_func", function))
    outcome(fresh, values(kinds, 0))
    return _compiled(fresh)


def _check(function: Any, kinds: tuple[str, ...], into: Any) -> None:
    warnings.simplefilter("ignore")
    into.put(_knows(function, kinds))


def prune(module: str) -> int:
    """Drops what Numba does not compile from what is recorded of a module; how many cases that were."""
    path = FOLDER / f"{module}.json"
    recorded = json.loads(path.read_text())
    context = multiprocessing.get_context("fork")
    found = functions(module)
    dropped = 0
    for label, cases in list(recorded.items()):
        for kinds, outcomes in list(cases.items()):
            if not all(text.startswith("raises ") for text in outcomes):
                continue
            into = context.SimpleQueue()
            child = context.Process(target=_check, args=(found[label], tuple(kinds.split()), into), daemon=True)
            child.start()
            child.join(_SECONDS)
            if child.is_alive():
                child.kill()
                continue
            if not into.empty() and not into.get():
                del cases[kinds]
                dropped += 1
        if not cases:
            del recorded[label]
    if dropped:
        path.write_text(json.dumps(recorded, indent=0, sort_keys=True) + "\n")
    return dropped


# Where Numba checks nothing, what it makes of a value out of bounds is whatever the processor does or lies in memory, no result to compare
# with: shifts by negative numbers of bits, places of `a.flat`, a buffer's offset.
_IN_BOUNDS = {
    "bitshift": [("i", "n"), ("u8", "n"), ("i4", "n")],
    "array_flat_getitem": [("a1f", "z"), ("a1i", "z"), ("a2f", "n")],
    "array_flat_setitem": [("a1f", "z", "i"), ("a1i", "z", "i"), ("a2f", "n", "f")],
    "np_frombuffer_dtype": [("a1f", "n", "z"), ("a1i", "n", "z"), ("a1f4", "n", "z")],
}


def _tries(module: str, label: str, count: int) -> list[tuple[str, ...]]:
    """The kinds to try."""
    for word, kinds in _IN_BOUNDS.items():
        if word in label:
            return kinds
    return list(statistical(count) if module in STATISTICS else candidates(count))


def record(module: str, only: str = "") -> dict[str, dict[str, list[str]]]:
    """Function → kinds → the outcome of each round."""
    context = multiprocessing.get_context("fork")
    found: dict[str, dict[str, list[str]]] = {}
    for label, function in functions(module).items():
        count = parameter_count(function)
        if count is None or only not in ("", label):
            continue
        into = context.SimpleQueue()
        child = context.Process(target=_explore, args=(function, _tries(module, label, count), into), daemon=True)
        child.start()
        end = time.monotonic() + _SECONDS
        cases: dict[str, list[str]] = {}
        while time.monotonic() < end:
            if into._reader.poll(0.2):
                item = into.get()
                if item is None:
                    break
                cases[item[0]] = item[1]
            elif not child.is_alive():
                break
        if child.is_alive():
            child.kill()
        child.join()
        if cases:
            found[label] = cases
    return found


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    os.environ["NUMBA_BOUNDSCHECK"] = "1"  # of functions that Numba's tests have marked too; before Numba is imported
    if sys.argv[1:2] == ["--prune"]:
        for module in sys.argv[2:] or [path.stem for path in sorted(FOLDER.glob("*.json"))]:
            print(f"{module}: {prune(module)} cases dropped", flush=True)
        return
    for name in sys.argv[1:] or [*MODULES, *STATISTICS]:
        module, _, only = name.partition(":")  # MODULE, or MODULE:FUNCTION for that function alone
        started = time.monotonic()
        found = record(module, only)
        path = FOLDER / f"{module}.json"
        if only:
            found = {**json.loads(path.read_text()), **found}
        path.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")
        cases = sum(map(len, found.values()))
        print(f"{module}: {len(found)} functions, {cases} cases, {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
