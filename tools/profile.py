"""What the interpreter runs: `make profile`, or python tools/profile.py [FILE…] with px from a build that has PX_INTERP_PROFILE on.

Runs the differential corpus interpreted (or reads files that such a build wrote earlier, see jit/interp/README.md) and ranks single
instructions, and neighbours in one block that are not one instruction yet, by their share of what their function executes, so that a
function that runs long does not drown the others. What stands on top is what a new line in jit/interp/fused_*.cpp would make faster.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SLOT = re.compile(r"\bs\d+(:\w+)?")
INSTRUCTION = re.compile(r"^\s*(\d+) +\d+  (.*?)  ; line \d+$")

RUN = """
import copy, sys
import px
sys.path.insert(0, sys.argv[1])
from differential.corpora import load
for case, function in load(px.jit).values():
    for arguments in case.arguments:
        try:
            function(*copy.deepcopy(arguments))
        except Exception:
            pass  # some cases are there to raise
"""


def measure(path: Path) -> None:
    """Runs the corpus; this build's exit handler appends to `path`."""
    environment = {**os.environ, "PX_TIER": "interp", "PX_INTERP_PROFILE": str(path)}
    subprocess.run([sys.executable, "-c", RUN, str(ROOT / "tests" / "python")], env=environment, check=True)
    if not path.exists():
        sys.exit("px was not built with -DPX_INTERP_PROFILE=ON: make profile does it")


def shape(text: str) -> str:
    """An instruction without its slots: `r = add.int64(r, r)`."""
    text = SLOT.sub("r", text)
    text = re.sub(r" -> b\d+", "", text)
    return re.sub(r"^(runtime\.\S+|range_init\.\S+|move\.\S+|ret\.\S+|call\S*).*", r"\1 …", text)


def functions(path: Path) -> Iterator[tuple[str, list[list[tuple[int, str]]]]]:
    """(name, blocks of (count, shape)) for each function in a profile."""
    name, blocks = "", []
    for line in path.read_text().splitlines():
        if not line.startswith(" "):
            if blocks:
                yield name, blocks
            name, blocks = line, []
        elif found := INSTRUCTION.match(line):
            blocks[-1].append((int(found[1]), shape(found[2])))
        elif line.rstrip().endswith(":"):
            blocks.append([])
    if blocks:
        yield name, blocks


def rank(paths: list[Path], rows: int, least: int) -> None:
    """Prints both tables; functions that execute fewer than `least` instructions are left out."""
    single: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    where: dict[str, Counter[str]] = {}
    counted = total = 0
    for path in paths:
        for name, blocks in functions(path):
            executed = sum(count for block in blocks for count, _ in block)
            if executed < least:
                continue
            counted += 1
            total += executed
            for block in blocks:
                for count, what in block:
                    single[what] += count / executed
                    where.setdefault(what, Counter())[name] += count / executed
                for (first, a), (second, b) in zip(block, block[1:]):
                    share = min(first, second) / executed
                    pairs[f"{a} ;; {b}"] += share
                    where.setdefault(f"{a} ;; {b}", Counter())[name] += share
    print(f"{counted} functions, {total:,} instructions; the share is the mean over functions\n")
    for title, counter in (("instructions", single), ("neighbours", pairs)):
        print(title)
        for what, share in counter.most_common(rows):
            names = ", ".join(name for name, _ in where[what].most_common(3))
            print(f"{share / counted:7.2%}  {what}    [{len(where[what])}: {names}]")
        print()


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--least", type=int, default=500, help="instructions that a function must have executed")
    arguments = parser.parse_args()
    if arguments.files:
        rank(arguments.files, arguments.rows, arguments.least)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.txt"
        measure(path)
        rank([path], arguments.rows, arguments.least)


if __name__ == "__main__":
    main()
