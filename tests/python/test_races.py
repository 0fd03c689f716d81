"""PX_CHECK=races: contexts of one run that touch one element, one of them writing."""

import pytest

PROGRAM = """
import numpy as np
import px

@px.jit
def clash(i, out):
    out[i % 10] = i

@px.jit
def ahead(i, out):
    if i + 1 < out.shape[0]:
        out[i] = out[i + 1]

@px.jit
def row(i, out):
    out[i % 3, :] = 1.0

@px.jit
def apart(i, out, source):
    scratch = np.zeros(3)
    scratch[0] = source[0] + source[i]
    out[i] = scratch[0]

@px.jit
def counted(i, out):
    px.interlocked.add(out, 0, 1.0)

def told(f, *args):
    try:
        px.parallel_for(f, *args)
    except px.RaceError as error:
        text = str(error)
        print(f.__name__, text.count(__file__), "written at" in text, "read at" in text)
    else:
        print(f.__name__, "passes")

out = np.zeros(100)
told(clash, 100, out)
told(ahead, 100, out)
told(row, 10, np.zeros((3, 4)))
told(apart, 100, out, np.ones(100))
told(counted, 100, out)
print([clash(3, out), clash(13, out)])
works = [px.submit_work(clash, (i, out)) for i in (3, 13)]
px.run()
print([type(work.exception()).__name__ for work in works])
for _ in range(2):
    works = [px.submit_work(clash, (3, out))]
    px.run()
    print(works[0].exception())
"""
EXPECTED = """\
clash 2 True False
ahead 2 True True
row 2 True False
apart passes
counted passes
[None, None]
"""


@pytest.mark.parametrize("tier", ["interp", "baseline", "auto"])
def test_both_lines_are_named(script, tier):
    out = script(PROGRAM, PX_CHECK="races", PX_TIER=tier, PX_WORKERS="2").stdout
    assert out.startswith(EXPECTED)
    rest = out[len(EXPECTED) :].splitlines()
    assert sorted(eval(rest[0])) == ["NoneType", "RaceError"] and rest[1:] == ["None", "None"]


def test_without_the_setting_nothing_is_watched(script):
    assert "RaceError" not in script(PROGRAM, PX_TIER="interp").stdout


def test_it_does_not_go_with_native_code(script):
    done = script("import px", check=False, PX_CHECK="races", PX_TIER="native")
    assert done.returncode != 0 and "PX_CHECK" in done.stderr
