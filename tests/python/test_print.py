"""`print` in a px function: the main thread writes the lines after the call, in the order in which they were printed."""

import pytest

PROGRAM = """
import px

@px.jit
def f(n):
    for i in range(n):
        print("line", i, 0.5 * i, i > 0)
    print((1, 2.5), None)
    return n

assert f(2) == 2
print("after")
"""


@pytest.mark.parametrize("tier", ["interp", "baseline", "auto"])
def test_lines_come_in_order(script, tier):
    assert script(PROGRAM, PX_TIER=tier).stdout == "line 0 0.0 False\nline 1 0.5 True\n(1, 2.5) None\nafter\n"
