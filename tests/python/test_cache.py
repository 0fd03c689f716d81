"""The folder of native code when the machine does not play along: px compiles, says once that nothing is kept, never runs other code."""

import os
import subprocess
import textwrap

import pytest

PROGRAM = textwrap.dedent("""
    import resource, sys
    import px

    if LIMIT >= 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))  # Python ignores the signal: a longer write is EFBIG

    @px.jit
    def triangle(n):
        s = 0
        for i in range(n):
            s += i
        return s

    @px.jit
    def half(x):
        return x / 2

    assert triangle(10) == 45 and half(3) == 1.5
    assert px.wait_compiled(60)
    for f in (triangle, half):
        row, = px.stats(f)["specialisations"]
        assert row["tier"] == "numba" and row["from_cache"] == CACHED, row
    assert triangle(100_000) == 100_000 * 99_999 // 2 and half(-7) == -3.5
    """)


@pytest.fixture
def full_disk(tmp_path):
    """A folder on a disk of its own that has room for names and for nothing else."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k,mode=700", "px-test", str(folder)]).returncode != 0:
        pytest.skip("needs a machine where tests may mount a disk")
    try:
        (folder / "filler").write_bytes(b"x" * 4096)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def run(script, cache, limit=-1, cached=False):
    return script(f"LIMIT = {limit}\nCACHED = {cached}\n" + PROGRAM, PX_TIER="native", PX_CACHE_DIR=str(cache))


def test_a_full_disk(script, full_disk):
    cache = full_disk / "px"
    cache.mkdir()
    for _ in range(2):  # the second process finds nothing of the first one's
        done = run(script, cache)
        assert done.stderr.count("RuntimeWarning") == 1 and "No space left on device" in done.stderr, done.stderr
        assert list(cache.iterdir()) == []


def test_a_disk_that_fills_while_an_object_is_written(script, tmp_path):
    cache = tmp_path / "px"
    for _ in range(2):
        done = run(script, cache, limit=1000)
        assert done.stderr.count("RuntimeWarning") == 1 and "cannot be written: File too large" in done.stderr, done.stderr
        assert list(cache.iterdir()) == []


def test_files_that_were_cut_or_altered_are_compiled_afresh(script, tmp_path):
    cache = tmp_path / "px"
    assert run(script, cache).stderr == ""
    run(script, cache, cached=True)
    first, second = sorted(cache.iterdir())
    first.write_bytes(first.read_bytes()[:-100])
    second.write_bytes(bytes([*second.read_bytes()[:-100], *reversed(second.read_bytes()[-100:])]))
    assert run(script, cache).stderr == ""
    run(script, cache, cached=True)


def test_a_folder_that_nobody_can_make(script, tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run(script, tmp_path / "file" / "px")
    assert done.stderr.count("RuntimeWarning") == 1 and "cannot be made" in done.stderr, done.stderr
