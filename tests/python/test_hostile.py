"""No input from Python may crash the process: every hostile call, in child processes, a batch at a time."""

import os
import subprocess
import sys
from pathlib import Path

import hostile
import pytest

import px

BATCH = 150


def run(begin: int, end: int, tier: str, **settings: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(px.__file__).parents[1]),
        "PX_TIER": tier,
        "PX_SERVICE": "0",
        "PYTHONFAULTHANDLER": "1",
        **settings,
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


@pytest.mark.parametrize("tier", ["interp", "baseline"])
def test_none_crashes_where_races_are_looked_for(tier):
    run(len(hostile.CALLS) - len(hostile.MORE), len(hostile.CALLS), tier, PX_CHECK="races")


UNSET = """
import px

COUNT = px.interlocked.Int64(5)

@px.jit
def unset_list(n):
    if n > 0:
        items = [1]
    items.append(2)
    return len(items)

@px.jit
def unset_in_a_loop(n):
    for i in range(n):
        if i == 3:
            items = [i]
        if i > 1:
            items.append(i)
    return len(items)

@px.jit
def unset_tuple(n):
    if n > 0:
        pair = ([1.5], 2)
    return pair[0][0]

@px.jit
def unset_counter(n):
    if n > 0:
        count = COUNT
    count.add(1)
    return count.value

@px.jit
def unset_child(n):
    if n > 0:
        child = px.submit_work(unset_list, (1,))
    return child.result()

for f, good, bad in ((unset_list, 1, 0), (unset_tuple, 1, 0), (unset_counter, 1, 0), (unset_child, 1, 0), (unset_in_a_loop, 0, 5)):
    for n in (good, bad):
        try:
            print(f.__name__, n, f(n))
        except UnboundLocalError as error:
            print(f.__name__, n, error)
"""


@pytest.mark.parametrize("tier", ["interp", "baseline", "auto"])
def test_variables_that_are_not_set(script, tier):
    lines = script(UNSET, PX_TIER=tier).stdout.splitlines()
    told = "cannot access local variable {!r} where it is not associated with a value"
    assert lines[:8] == [
        "unset_list 1 2",
        "unset_list 0 " + told.format("items"),
        "unset_tuple 1 1.5",
        "unset_tuple 0 " + told.format("pair"),
        "unset_counter 1 6",
        "unset_counter 0 " + told.format("count"),
        "unset_child 1 2",
        "unset_child 0 " + told.format("child"),
    ]
    assert lines[8:] == ["unset_in_a_loop 0 " + told.format("items"), "unset_in_a_loop 5 " + told.format("items")]
