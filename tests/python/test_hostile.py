"""No input from Python may crash the process: every hostile call, in child processes, a batch at a time."""

import os
import subprocess
import sys
from pathlib import Path

import hostile
import pytest

import px

BATCH = 150


def run(begin: int, end: int, tier: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(px.__file__).parents[1]),
        "PX_TIER": tier,
        "PX_SERVICE": "0",
        "PYTHONFAULTHANDLER": "1",
    }
    done = subprocess.run(
        [sys.executable, hostile.__file__, str(begin), str(end)], env=environment, capture_output=True, text=True, timeout=300
    )
    came_back = done.stdout.splitlines()
    expected = [name for name, _ in hostile.CALLS[begin:end]]
    failed = expected[len(came_back)] if len(came_back) < len(expected) else "the process's end"
    assert done.returncode == 0, f"{failed}: {done.returncode}\n{done.stderr[-2000:]}"
    assert came_back == expected


def test_there_are_more_than_200_of_them():
    assert len(hostile.CALLS) > 200 and len({name for name, _ in hostile.CALLS}) == len(hostile.CALLS)


@pytest.mark.parametrize("begin", range(0, len(hostile.CALLS), BATCH))
@pytest.mark.parametrize("tier", ["interp", "baseline"])
def test_none_crashes(begin, tier):
    run(begin, begin + BATCH, tier)
