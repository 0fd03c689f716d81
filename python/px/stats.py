"""What px has done: `stats` for programs, `explain` for people."""

from __future__ import annotations

from px import _px
from px.work import _function

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from typing import Any

__all__ = ["explain", "stats"]


def stats(f: Any = None) -> dict[str, Any]:
    """What px has done with the px function `f`, or in this process.

    For `f`: `{"name", "calls", "specialisations": [{"signature", "tier" of its next call: "interpreter", "baseline" or "numba"; "calls", of
    which "interpreter_calls", "baseline_calls" and "native_calls" (Numba's code); "moves", the frames that went on in baseline code in the
    middle of a loop; "interpreter_s" and "native_s", the time spent in calls from outside (calls of native code are timed by samples);
    "first_run_ns"; of Numba's code "state", "compile_s", "link_s", "swapped_after_s" (seconds), "from_cache", "reason" why there is none;
    "baseline": {"state", "generate_s", "link_s", "decided_to_first_s", from the decision to the first instruction, "reason"}}]}`.
    Calls from one px function to another are counted at the callee's specialisation, but for those within baseline or Numba's code.
    "first_run_ns" is when a call from outside was first interpreted, on the clock of `time.perf_counter_ns`; 0 if none was.

    Without `f`: the workers ("workers", "port", "queued", "contexts", "chunks", "wakeups", "sleeps", "steals"), the memory of all arenas
    ("pages", "bytes"; "huge_pages": those of 2 MiB, by what the system made them of: {"pool", "transparent", "refused": 4 KiB}), the
    compile client ("requests", "compiled", "refusals", "swaps", "pending", "cache_hits", …), native code
    ("code_bytes" linked now, "retired" pieces of code that wait until no thread is inside them, "freed" so far, "evicted": specialisations
    that lost their code to the bound PX_CODE_LIMIT, "tiers": how many specialisations run code of the "baseline" and of "numba") and the
    baseline compiler ("baseline": {"requests", "units", "functions", "moves", "refused", "dropped", "pending", "generate_s", "link_s",
    "load_s", "object_bytes"}).
    """
    if f is not None:
        return _px.function_stats(_function(f))
    return {**_px.stats(), **_px.compiler_stats(), "baseline": _px.baseline_stats()}


def _history(row: dict[str, Any]) -> list[str]:
    """What ran where and why, a line each."""
    calls = (
        f"  calls: {row['interpreter_calls']} interpreted ({row['interpreter_s'] * 1e3:.3g} ms), {row['baseline_calls']} in baseline code"
    )
    baseline = row["baseline"]
    lines = [f"{calls}, {row['native_calls']} in Numba's; {row['moves']} moved into baseline code in a loop"]
    for name, told, reason in (("baseline", baseline["state"], baseline["reason"]), ("Numba's", row["state"], row["reason"])):
        lines.append(f"  {name} code: {told}" + (f", {reason}" if reason else ""))
    return lines


def explain(f: Any) -> str:
    """The source of a px function, its px code, and of each of its specialisations what ran where, the types and the typed code: text."""
    import inspect

    from px.frontend import compile_function

    function = _function(f)
    lines, first = inspect.getsourcelines(function.py_func)
    parts = [f"{function.__qualname__}, {inspect.getsourcefile(function.py_func)}:{first}", ""]
    parts += [f"{first + i:5}  {line.rstrip()}" for i, line in enumerate(lines)]
    parts += ["", "px code", _px.disassemble(compile_function(function.py_func)).rstrip()]
    told = {row["signature"]: row for row in _px.function_stats(function)["specialisations"]}
    for signature, definitions, code in function._typings:
        row = told[signature]
        parts += ["", f"{signature}: {row['tier']}", *_history(row)]
        parts += [f"  line {line}: {variable}: {kind}" for line, variable, kind in dict.fromkeys(definitions)]
        parts += [code.rstrip()]
    return "\n".join(parts) + "\n"
