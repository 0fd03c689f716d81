"""Runs recorded cases through px in one tier and prints one line of JSON for each: `python -m conformance.worker TIER MODULE [FIRST]`.

A process of its own, so that the parent survives whatever a case does to it; it prints the case's name before it runs it.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

from conformance.arguments import values
from conformance.outcomes import outcome
from conformance.recorded import Case, cases


def run(case: Case, function: Any, tier: str, px: Any) -> str:
    """ "" where every round agrees, else why not."""
    try:
        marked = px.jit(function)
    except Exception as e:  # noqa: BLE001
        return f"{type(e).__name__}: {e}"
    for k, expected in enumerate(case.outcomes):
        arguments = values(case.kinds, k)
        try:
            got = outcome(marked, arguments)
        except BaseException as e:  # noqa: BLE001 - also what is no Exception
            return f"{type(e).__name__}: {e}"
        # px raises the class that NumPy's AxisError derives from.
        if got in (expected, expected.replace("AxisError", "ValueError")):
            continue
        if got.startswith("raises ") and not expected.startswith(got):
            return _reason(marked, values(case.kinds, k))
        return f"differs: {got} for Numba's {expected}"
    return _ran_elsewhere(px.stats(marked)["specialisations"], tier)


_COUNTS = {"interp": "interpreter_calls", "baseline": "baseline_calls", "native": "native_calls"}


def _ran_elsewhere(specialisations: list[dict[str, Any]], tier: str) -> str:
    """ "" where every call was run by the tier, else what ran them."""
    counts = {name: sum(s[key] for s in specialisations) for name, key in _COUNTS.items()}
    if counts[tier] > 0 and not any(n for name, n in counts.items() if name != tier):
        return ""
    return "ran as " + (", ".join(name for name, n in counts.items() if n) or "nothing")


def _reason(marked: Any, arguments: tuple[Any, ...]) -> str:
    try:
        marked(*arguments)
    except Exception as e:  # noqa: BLE001
        return f"{type(e).__name__}: {e}"
    return "raises once, and then not"


def main() -> None:
    tier, module = sys.argv[1:3]
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    warnings.simplefilter("ignore")
    from conformance.functions import functions

    found = functions(module)
    import px

    px._px.set_tier(tier)
    report = sys.stdout
    sys.stdout = sys.stderr  # functions that print
    for number, case in enumerate(cases(module)):
        if number < first:
            continue
        print(json.dumps({"begins": number}), file=report, flush=True)
        why = run(case, found[case.function], tier, px)
        print(json.dumps({"number": number, "why": why}), file=report, flush=True)


if __name__ == "__main__":
    main()
