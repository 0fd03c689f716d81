"""Allocations that fail, in the short form of `make faults`; and functions that are gone when something about them arrives."""

import os

import pytest
from faults import PROGRAMS, cases, check

import px


@pytest.mark.parametrize(("tier", "name"), cases())
def test_an_allocation_that_fails_is_an_error_and_no_more(tier, name):
    px._px.set_tier(tier)
    try:
        tried, told = check(PROGRAMS[name], most=25)
    finally:
        px._px.set_tier("auto")
    # A small array is asked for twice, so that one failure is not seen; and a program that catches the error has none to tell.
    assert tried > 1 and (told > 0 or name in ("small_and_many", "caught"))


GONE = """
import gc
import numpy as np
import px

SOURCE = '''
def f{0}(n):
    total = 0.0
    a = np.zeros(10)
    for i in range(n):
        a[i % 10] += i * {0}.5
        total += a[i % 10]
    return total
'''

def make(k):
    names = {"np": np}
    exec(SOURCE.format(k), names)
    return px.jit(names[f"f{k}"], source=SOURCE.format(k))

@px.jit
def apply(f, n):
    return f(n) + 1.0

expected = make(0)(1000)
for round in range(3):
    for k in range(40):
        f = make(k)
        if k % 4 == 0:
            px._px.compile_ahead(f, ["int64"])
        if k % 4 == 1:
            work = px.submit_work(f, (1000,))
        if k % 4 == 2:
            apply(f, 5)
        f(300_000 if k % 10 == 3 else 10)
        del f
        gc.collect()
    px.run()
    assert work.result() is not None
    del work
    gc.collect()
assert px.wait_compiled(100)
assert make(0)(1000) == expected
assert apply(make(0), 1000) == expected + 1
print("fine")
"""


@pytest.mark.parametrize("tier", ["auto", "interp", "baseline"])
def test_answers_for_functions_that_are_gone(script, tier):
    assert script(GONE, timeout=200, PX_TIER=tier).stdout == "fine\n"


KEPT = """
import ctypes
import gc
import px

SOURCE = '''
def f(n):
    total = 0.0
    for i in range(n):
        total += i * 0.5
    return total
'''

def rounds(count):
    for _ in range(count):
        names = {}
        exec(SOURCE, names)
        px.jit(names["f"], source=SOURCE)(10)
    gc.collect()

def memory():
    counted = getattr(ctypes.CDLL(None), "__sanitizer_get_current_allocated_bytes", None)
    if counted:  # most of the process's memory is the sanitizer's own then
        counted.restype = ctypes.c_size_t
        return counted()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

rounds(1000)
before = memory()
rounds(4000)
print((memory() - before) / 4000)
"""


@pytest.mark.parametrize("tier", ["interp", "auto"])
def test_little_is_kept_of_functions_that_are_gone(script, tier):
    # The address sanitizer would keep what is freed.
    options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
    kept = float(script(KEPT, timeout=200, PX_TIER=tier, PX_SERVICE="0", ASAN_OPTIONS=options).stdout)
    assert kept < 2000, f"{kept:.0f} bytes a function"
