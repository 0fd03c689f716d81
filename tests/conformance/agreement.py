"""Runs cases in a tier, and says what agrees: `python -m conformance.agreement [--tier T] [--pin] [MODULE…]`, or `make conformance`.

What does not agree is grouped by its reason, most frequent first. The status is 1 where it is not what is listed in `disagreements`.
"""

from __future__ import annotations

import argparse
import json
import re
import select
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.recorded import Case, cases, modules

TIERS = ("interp", "baseline", "native")
LISTS = Path(__file__).parent / "disagreements"  # one file a module
_SECONDS = {"interp": 15.0, "baseline": 30.0, "native": 60.0}  # a case


@dataclass(frozen=True)
class Verdict:
    """What one case came to in one tier."""

    case: Case
    tier: str
    why: str  # "" where it agrees


class _SilentError(Exception):
    """A worker has said nothing for too long."""


def _lines(process: subprocess.Popen[bytes], seconds: Callable[[], float]) -> Iterator[dict[str, object]]:
    """What the worker prints, until it ends. Raises `_SilentError` where it says nothing for so long."""
    assert process.stdout is not None
    buffer = b""
    while True:
        ready, _, _ = select.select([process.stdout], [], [], seconds())
        if not ready:
            raise _SilentError
        data = process.stdout.read1(65536)  # type: ignore[attr-defined]
        if not data:
            return
        buffer += data
        *whole, buffer = buffer.split(b"\n")
        for line in whole:
            yield json.loads(line)


def run(module: str, tier: str) -> Iterator[Verdict]:
    """All cases of a module in a tier; a worker that dies or hangs costs the case that it was at."""
    all_cases = list(cases(module))
    at = 0
    while at < len(all_cases):
        command = [sys.executable, "-m", "conformance.worker", tier, module, str(at)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        began, silent = False, False
        try:
            # The first line waits for Numba's tests to be imported.
            for line in _lines(process, lambda: _SECONDS[tier] if began else 300.0):  # noqa: B023 - used up in this round
                began = True
                if "number" in line:
                    yield Verdict(all_cases[at], tier, str(line["why"]))
                    at += 1
        except _SilentError:
            silent = True
        finally:
            process.kill()
            status = process.wait()
        if not began and at < len(all_cases):
            raise RuntimeError(f"{' '.join(command)} ended before its first case: {status}")
        if at < len(all_cases):
            yield Verdict(all_cases[at], tier, "hangs" if silent else f"the process died ({status})")
            at += 1


def reason(why: str) -> str:
    """What cases that disagree for the same cause have in common."""
    if why.startswith("differs"):
        return "the result differs"
    text = re.sub(r"PX_TIER=native, but there is no native code for .*?\) -> .*?: (?=\w)", "no native code: ", why)
    text = re.sub(r"(calling \w+: )?\S+\.py:\d+: (in \w+: )?", "", text)
    text = re.sub(r"'\w+' is (a|an) ", r"a name is \1 ", text)
    return text.partition("; instead")[0][:150]


def listed(tier: str, module: str) -> set[str]:
    """The names of the module's cases that are known not to agree in this tier."""
    path = LISTS / f"{module}.txt"
    rows = (re.match(r"(\w+) (.*?\)): ", line) for line in (path.read_text().splitlines() if path.exists() else []))
    return {row[2] for row in rows if row and row[1] == tier}


def unlisted(tier: str, module: str, verdicts: list[Verdict]) -> dict[str, str]:
    """Where a module's verdicts are not what the list says: cases that do not agree with why, and those listed that do agree."""
    known = listed(tier, module)
    found = {v.case.name: v.why for v in verdicts if v.why}
    wrong = {name: why for name, why in found.items() if name not in known}
    return wrong | {name: "is listed, but agrees or is no longer recorded" for name in known - found.keys()}


def report(verdicts: list[Verdict]) -> str:
    """For people: how many agree, and why the others do not."""
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for v in verdicts:
        if v.why:
            groups[reason(v.why)].append(v)
    text = []
    for tier in TIERS:
        of_tier = [v for v in verdicts if v.tier == tier]
        if of_tier:
            agree = sum(not v.why for v in of_tier)
            text.append(f"{tier}: {agree} of {len(of_tier)} cases agree ({100 * agree / len(of_tier):.1f} %)")
            names = {(v.case.module, v.case.function) for v in of_tier}
            bad = {(v.case.module, v.case.function) for v in of_tier if v.why}
            text[-1] += f"; {len(names) - len(bad)} of {len(names)} functions whole ({100 * (1 - len(bad) / len(names)):.1f} %)"
    for group, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        text.append(f"\n{len(members):5}  {group}")
        text += [f"         {v.case.name}" + (f"  {v.why}" if v.why.startswith("differs") else "") for v in members[:12]]
        if len(members) > 12:
            text.append(f"         … and {len(members) - 12} more")
    return "\n".join(text)


def main() -> None:
    parser = argparse.ArgumentParser(description="Numba's own test functions and numba_stats through px, against what Numba makes of them.")
    parser.add_argument("--tier", choices=TIERS, action="append", help="interp alone without it")
    parser.add_argument("--pin", action="store_true", help="write the list of what does not agree")
    parser.add_argument("modules", nargs="*")
    arguments = parser.parse_args()
    tiers = arguments.tier or ["interp"]
    verdicts = [v for tier in tiers for module in arguments.modules or modules() for v in run(module, tier)]
    print(report(verdicts))
    wrong: dict[str, str] = {}
    for module in arguments.modules or modules():
        own = [v for v in verdicts if v.case.module == module]
        if arguments.pin:
            pin(module, tiers, own)
        for tier in tiers:
            wrong |= {f"{tier} {name}": why for name, why in unlisted(tier, module, [v for v in own if v.tier == tier]).items()}
    if wrong:
        print("\nNot as listed in tests/conformance/disagreements (--pin writes what is):")
        print("\n".join(f"  {name}: {why}" for name, why in sorted(wrong.items())))
        sys.exit(1)


def pin(module: str, tiers: list[str], verdicts: list[Verdict]) -> None:
    """Write what does not agree in these tiers; what is listed for others stays."""
    path = LISTS / f"{module}.txt"
    old = path.read_text().splitlines() if path.exists() else []
    others = [line for line in old if line.partition(" ")[0] not in tiers]
    lines = sorted([*others, *(f"{v.tier} {v.case.name}: {reason(v.why)}" for v in verdicts if v.why)])
    if lines:
        path.write_text("".join(f"{line}\n" for line in lines))
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
