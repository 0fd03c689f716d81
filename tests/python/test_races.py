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

@px.jit
def all_of_it(i, out):
    out[:] = i

@px.jit
def in_place(i, out):
    out += 1.0

@px.jit
def into(i, out):
    np.add(np.ones(out.shape[0]), 1.0, out)

@px.jit
def from_one(i, out, rows):
    rows[i, :] = out + 1.0
    if i == 5:
        out[3] = 1.0

@px.jit
def sums(i, out, totals):
    totals[i] = out.sum()
    if i == 5:
        out[3] = 1.0

@px.jit
def sorts(i, out):
    out.sort()

@px.jit
def fills(i, rows):
    rows[i // 2].fill(1.0)

@px.jit
def own_rows(i, rows, source):
    rows[i] = source * 2.0
    rows[i] += source
    rows[i].sort()
    rows[i, 0] = source.max() + rows[i].sum()

@px.jit
def views(i, out):
    half = out[50:]
    turned = out.reshape(10, 10).T
    out[i] = len(half) + turned.shape[0]

@px.jit
def parts(a, low, high):
    if high - low > 10:
        a[low] = 1.0
        middle = (low + high) // 2
        px.submit_work(parts, (a, low, middle))
        px.submit_work(parts, (a, middle, high))
    else:
        a[low:high] = 2.0

@px.jit
def waits(a, low, high):
    if high - low > 10:
        middle = (low + high) // 2
        left = px.submit_work(waits, (a, low, middle))
        right = px.submit_work(waits, (a, middle, high))
        left.result()
        right.result()
    total = 0.0
    for i in range(low, high):
        a[i] += 1.0
        total += a[i]
    return total

@px.jit
def does_not_wait(a, n):
    child = px.submit_work(waits, (a, 0, n))
    a[0] = 5.0
    return child.result()

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
for f in (all_of_it, in_place, into, sorts):
    told(f, 10, out)
told(from_one, 10, out, np.zeros((10, 100)))
told(sums, 10, out, np.zeros(10))
told(fills, 10, np.zeros((10, 4)))
told(own_rows, 10, np.zeros((10, 4)), np.ones(4))
told(views, 100, out)
for f, a in ((parts, (out, 0, 100)), (waits, (out, 0, 100)), (does_not_wait, (out, 100))):
    work = px.submit_work(f, a)
    px.run()
    print(f.__name__, type(work.exception()).__name__)
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
all_of_it 2 True False
in_place 2 True True
into 2 True False
sorts 2 True False
from_one 2 True True
sums 2 True True
fills 2 True False
own_rows passes
views passes
parts NoneType
waits NoneType
does_not_wait RaceError
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
