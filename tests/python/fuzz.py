"""Random input, for as long as it is given: `make fuzz ARGS="--kind code --seconds 1800"`.

programs: random Python programs, compared in every tier (differential/fuzz.py). code: px code, damaged, which the verifier refuses or the
interpreter survives. formats: the service's stream and the cache's files, damaged, as the client reads them. service: requests, damaged, as
the compile service reads them. The short forms are in the test suite.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
GTESTS = {
    "code": ["InferRandomTest.WhatIsVerifiedIsSafe"],
    "formats": ["FormatRandomTest.StreamsOfTheService", "FormatRandomTest.FilesOfTheCache"],
}
KINDS = ("programs", *GTESTS, "service")
LONGEST = 120.0  # seconds of one process


def programs(seed: int, seconds: float) -> int:
    command = [sys.executable, "-m", "differential.fuzz", "--seconds", str(seconds), "--seed", str(seed)]
    return subprocess.run(command, cwd=Path(__file__).parent).returncode


def gtests(kind: str, seed: int, seconds: float, build: Path) -> int:
    """A process for some time, one after another: functions that were typed stay in memory for good."""
    for test in GTESTS[kind]:
        deadline, rounds = time.monotonic() + seconds / len(GTESTS[kind]), 0
        while (left := deadline - time.monotonic()) > 0:
            passed = gtest(test, seed + rounds, min(left, LONGEST), build)
            if not passed:
                return 1
            rounds += passed
        print(f"{test}: {rounds} rounds")
    return 0


def gtest(test: str, seed: int, seconds: float, build: Path) -> int:
    """How many rounds passed, one a seed; none where one failed: at the last seed that the test has said."""
    environment = {**os.environ, "PX_FUZZ_SECONDS": str(seconds), "PX_FUZZ_SEED": str(seed)}
    command = [str(build / "tests/cpp/test_jit"), f"--gtest_filter={test}", "--gtest_brief=1"]
    rounds, last, rest = 0, "", []
    with subprocess.Popen(command, cwd=build, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stderr and child.stdout
        for line in child.stderr:
            if line.startswith("seed "):
                rounds, last = rounds + 1, line.strip()
            else:
                rest.append(line)
        rest.append(child.stdout.read())
    if not child.returncode and rounds:
        return rounds
    print("".join(rest), f"{test}: status {child.returncode} at {last}", sep="\n")
    return 0


def _source(x: int, y: float) -> float:
    total = 0.0
    for i in range(x):
        total += y * i
    return total


class Requests:
    """Damaged requests, each told by its seed."""

    def __init__(self) -> None:
        sys.path.insert(0, str(Path(__file__).parent / "service"))
        from service_request import make

        self._good = json.dumps(make(_source, ["int64", "float64"], timeout=5.0))

    def make(self, seed: int) -> bytes:
        r = random.Random(seed)
        text = bytearray(self._good.encode())
        tokens = [
            b"null",
            b"-1",
            b"[]",
            b"{}",
            b'"int64"',
            b'"array(float64, 9d, Q)"',
            b"1e400",
            b"[[[[[[",
            b"99999999999999999999",
            b"true",
            b'""',
        ]
        for _ in range(r.randrange(4)):
            at = r.randrange(len(text))
            match r.randrange(5):
                case 0:
                    text[at] = r.randrange(256)
                case 1:
                    del text[at : at + r.randrange(12)]
                case 2:
                    start = r.randrange(len(text))
                    text[at:at] = text[start : start + r.randrange(30)]
                case 3:
                    # A whole JSON value for another.
                    colon = text.find(b": ", at)
                    if colon >= 0:
                        end = min((e for e in (text.find(b", ", colon), text.find(b"}", colon)) if e >= 0), default=len(text))
                        text[colon + 2 : end] = r.choice(tokens)
                case 4:
                    text[at : at + 1] = r.choice(tokens)
        lengths = (len(text), 0) if r.randrange(20) else r.choice([(len(text) + r.randrange(-10, 10), 0), (1 << 31, 0), (2, 1 << 30)])
        return struct.pack("<II", *lengths) + bytes(text)


def service(seed: int, seconds: float, most: int | None = None) -> int:
    """Each damaged request is answered, or ends the service with status 1 for garbage; a good one after it is compiled. How many there
    were; raises AssertionError with the seed."""
    requests = Requests()
    from service_client import Client
    from service_request import make

    deadline, first, ended = time.monotonic() + seconds, seed, 0
    client: Any = None
    while time.monotonic() < deadline and (most is None or seed - first < most):
        client = client or Client()
        try:
            client.write(requests.make(seed))
            # What follows belongs to the damaged frame where its lengths are too large: the service then waits, and ends with its input.
            client.send(make(_source, ["int64", "int64"], 10**9))
            good = False
            for _ in range(2):
                answer, blob = client.receive() if _readable(client, 60) else ({}, b"")
                if not answer:
                    break
                good = good or (answer["id"] == 10**9 and answer["ok"] and len(blob) > 0)
                if good:
                    break
            if not good:
                assert client.close() in (0, 1), f"seed {seed}"
                client, ended = None, ended + 1
        except (EOFError, BrokenPipeError):
            assert client.process.wait(timeout=60) == 1, f"seed {seed}: status {client.process.returncode}"
            client.process.stdout.close()
            client, ended = None, ended + 1
        seed += 1
    if client:
        assert client.close() == 0
    print(f"service: {seed - first} requests, {ended} of which ended it")
    return seed - first


def _readable(client: Any, seconds: float) -> bool:
    import select

    return bool(select.select([client.process.stdout], [], [], seconds)[0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=KINDS, action="append", help="may be given several times; all by default")
    parser.add_argument("--seconds", type=float, default=60, help="for each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    options = parser.parse_args()
    for kind in options.kind or KINDS:
        print(f"== {kind}, {options.seconds:g} s from seed {options.seed}", flush=True)
        if kind == "programs":
            status = programs(options.seed, options.seconds)
        elif kind == "service":
            status = not service(options.seed, options.seconds)
        else:
            status = gtests(kind, options.seed, options.seconds, options.build.resolve())
        if status:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
