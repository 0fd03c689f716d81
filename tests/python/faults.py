"""Programs whose allocations are made to fail, one after another: `python -m faults` tries every one of them, in every tier.

A program is run to its end while the i-th allocation of memory for contexts fails, for each i. It must come to what it comes to otherwise
or
to a MemoryError; afterwards nothing is queued, and the same program gives the right result again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import px

PROGRAMS: dict[str, Callable[[], Any]] = {}
TIERS = ("interp", "baseline", "native")
NOT_NATIVE = ("caught", "children", "snapshots", "loops_over_workers")  # what Numba's code does not serve


def program(run: Callable[[], Any]) -> Callable[[], Any]:
    PROGRAMS[run.__name__] = run
    return run


def cases() -> list[tuple[str, str]]:
    """Each tier with the names of its programs."""
    return [(tier, name) for tier in TIERS for name in PROGRAMS if tier != "native" or name not in NOT_NATIVE]


@px.jit
def makes(i):
    t = np.full(3000, float(i))
    u = np.zeros(20_000)
    u[i] = t[i]
    return u, t[i]


@px.jit
def carries(n, size):
    a, b = np.zeros(size), np.ones(size)
    for _ in range(n):
        a, b = b, a + b / 2.0
    return a, b[0]


@px.jit
def temporaries(n, size):
    total = 0.0
    for i in range(n):
        t = np.full(size, float(i))
        total += t[i % size]
    return total


@px.jit
def lists(n):
    found = [0]
    for i in range(n):
        found.append(i)
        if i % 100 == 0:
            found.extend(found[:50])
    found.sort()
    pairs = [(i, i * 0.5) for i in range(n)]
    both = found + found
    both.reverse()
    return found, pairs[n - 1], len(both), both[0]


@px.jit
def list_argument(items):
    for i in range(2000):
        items.append(float(i))
    return sum(items)


@px.jit
def arrays(n):
    a = np.arange(n) * 1.0
    b = a[::2].copy()
    mask = a > n / 2
    c = np.concatenate((a, b))
    m = a.reshape(n // 10, 10)
    s = np.sort(c)[::-1]
    total = (a * 2.0 + np.sqrt(a)).sum() + a[mask].sum() + m.sum(axis=0)[3] + s[0] + np.dot(a, a) + m.T.copy()[1, 1]
    a += total
    a[mask] = 0.0
    return a, total, np.argsort(b)[0], np.cumsum(b)


@px.jit
def rolls_back(n):
    a, b = np.zeros(n), np.zeros(n)
    total = 0.0
    for i in range(n // 100):
        with px.snapshot(arrays=(b,)):
            a[i] = i
            b[:] = i
            t = np.full(n, float(i))
            total += a[i] + b[i] + t[i]
            with px.snapshot():
                a[:] = 1.0
                total += a[0]
    return a, total


@px.jit
def child(a, i):
    t = np.full(2000, float(i))
    a[i] = t[i]
    return t[i]


@px.jit
def parent(a, n):
    works = [px.submit_work(child, (a, i)) for i in range(n)]
    px.submit_work(child, (a, 0))
    total = 0.0
    for work in works:
        total += work.result()
    return total


@px.jit(parallel=True)
def over_workers(n):
    a = np.zeros(n)
    total = 0.0
    for i in px.prange(n):
        t = np.full(1000, float(i))
        a[i] = t[i % 1000]
        total += a[i]
    return a, total


@px.jit
def is_caught(n):
    failed = 0
    for i in range(n):
        try:
            t = np.zeros(5000 + i)
            t[0] = 1.0
        except Exception:
            failed += 1
    return failed >= 0


@program
def direct_calls() -> Any:
    return makes(5), carries(20, 5000), temporaries(20, 3000), arrays(1000)


@program
def caught() -> Any:
    return is_caught(5)


@program
def small_and_many() -> Any:
    return [temporaries(50, size) for size in (1, 16, 500)], carries(3000, 40)


@program
def lists_and_back() -> Any:
    items = [0.0]
    total = list_argument(items)
    return lists(1500), total, len(items)


@program
def batches() -> Any:
    out = np.zeros(40)
    px.parallel_for(child_of_index, len(out), out)
    with px.heap(pages="2M", reuse=True):
        mapped = px.map(makes, range(6), chunksize=1)
    return out, mapped, px.reduce(max, square_of_temporary, 40)


@px.jit
def child_of_index(i, out):
    child(out, i)


@px.jit
def square_of_temporary(i):
    t = np.full(700, float(i))
    return t[0] * t[699]


@program
def works() -> Any:
    seen: list[Any] = []
    errors: list[BaseException] = []
    for i in range(6):
        px.submit_work(makes, (i,), callback=lambda r: seen.append(r[1]), errback=errors.append)
    px.submit_timer(0.0, carries, (30, 400), callback=lambda r: seen.append(r[1]), errback=errors.append)
    reading, writing = os.pipe()
    try:
        os.write(writing, b"x")
        px.submit_wait(reading, arrays, (100,), callback=lambda r: seen.append(r[1]), errback=errors.append)
        px.run()
    finally:
        os.close(reading)
        os.close(writing)
    if errors:
        raise errors[0]
    return sorted(seen)


@px.jit
def carries_on(state, n):
    rounds, a = state
    t = np.full(n, 1.0)
    return rounds + 1, np.concatenate((a, t[:30]))[::-1]


@program
def timers() -> Any:
    """That fire again and again: one that failed goes on with the state that it had."""
    errors: list[BaseException] = []

    def done(state: Any) -> None:
        if state[0] == 3:
            timer.cancel()

    def failed(error: BaseException) -> None:
        errors.append(error)
        timer.cancel()

    timer = px.submit_timer(0.0, carries_on, (700,), callback=done, errback=failed, every=0.0, state=(0, np.arange(50.0)))
    px.run()
    if errors:
        raise errors[0]
    return timer.state


@program
def children() -> Any:
    a = np.zeros(30)
    total = px.submit_work(parent, (a, 30)).result()
    b = np.zeros(10)
    return total, a, parent(b, 10), b


@program
def snapshots() -> Any:
    return rolls_back(2000), px.map(rolls_back, [500, 600])


@program
def loops_over_workers() -> Any:
    return over_workers(200)


def same(a: Any, b: Any) -> bool:
    """Whether two results are equal, arrays by their elements."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and np.array_equal(a, b, equal_nan=True)
    if isinstance(a, tuple | list):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def memory_error(error: BaseException) -> bool:
    """Whether it is one, or a group of them; no limit was set."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(memory_error, error.exceptions))
    return isinstance(error, MemoryError) and not isinstance(error, px.HeapLimitError)


def points(made: int, most: int | None) -> Iterator[int]:
    """Which allocations fail: all, or so many of them, evenly."""
    step = 1 if most is None else max(1, -(-made // most))
    yield from range(0, made, step)
    yield made


def check(run: Callable[[], Any], most: int | None = None) -> tuple[int, int]:
    """Raises AssertionError where a program does not get over a failed allocation; how many failed, and how many were told."""
    run()
    px._px.fail_after(1 << 40)
    expected = run()
    made = px._px.fail_after(-1)
    tried = told = 0
    try:
        for i in points(made, most):
            px._px.fail_after(i)
            tried += 1
            try:
                assert same(run(), expected), f"{run.__name__}: another result where allocation {i} failed"
            except (MemoryError, BaseExceptionGroup) as error:
                assert memory_error(error), f"{run.__name__}: {error!r} where allocation {i} failed"
                told += 1
            px._px.fail_after(-1)
            assert px.stats()["queued"] == 0
            assert same(run(), expected), f"{run.__name__}: another result after allocation {i} failed"
    finally:
        px._px.fail_after(-1)
    return tried, told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", choices=TIERS, action="append", help="may be given several times; all by default")
    parser.add_argument("--program", choices=[*PROGRAMS], action="append", help="may be given several times; all by default")
    options = parser.parse_args()
    for tier, name in cases():
        if tier not in (options.tier or TIERS) or name not in (options.program or PROGRAMS):
            continue
        px._px.set_tier(tier)
        start = time.monotonic()
        tried, told = check(PROGRAMS[name])
        print(f"{tier:9} {name:20} {tried:6} allocations, {told:6} errors, {time.monotonic() - start:6.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
