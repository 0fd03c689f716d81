"""`px compile`: what explicit signatures ask for, on disk before a program needs it."""

from test_commands import px

MODULE = """
import px

@px.jit(["f8(f8)", "i8(i8)"])
def double(x):
    return x + x

@px.jit
def plain(x):
    return x
"""


def test_the_program_that_follows_finds_native_code(tmp_path):
    (tmp_path / "kernels.py").write_text(MODULE)
    settings = {"PX_CACHE_DIR": str(tmp_path / "cache")}
    done = px("compile", "kernels.py", cwd=tmp_path, env=settings)
    assert done.returncode == 0, done.stderr
    assert "double(float64) -> float64: compiled in" in done.stdout and "double(int64) -> int64: compiled in" in done.stdout
    assert "plain: no signature" in done.stdout and str(tmp_path / "cache") in done.stdout
    assert len(list((tmp_path / "cache").glob("*.pxo"))) == 2

    done = px("compile", "kernels", cwd=tmp_path, env={**settings})
    assert done.returncode == 0 and done.stdout.count("was in the cache") == 2, done.stdout


def test_nothing_to_do_is_status_1(tmp_path):
    (tmp_path / "kernels.py").write_text("import px\n\n@px.jit\ndef f(x):\n    return x\n")
    done = px("compile", "kernels.py", cwd=tmp_path)
    assert done.returncode == 1
    assert "no px function with an explicit signature" in done.stderr


def test_a_bad_signature_is_status_1_with_its_text(tmp_path):
    (tmp_path / "kernels.py").write_text("import px\n\n@px.jit('c17(c17)')\ndef f(x):\n    return x\n")
    done = px("compile", "kernels.py", cwd=tmp_path)
    assert done.returncode == 1
    assert "c17" in done.stderr and "Traceback" not in done.stderr


def test_settings_that_leave_nothing_to_compile_are_status_2(tmp_path):
    for settings in ({"PX_TIER": "interp"}, {"PX_SERVICE": "0"}, {"PX_CACHE": "0"}):
        done = px("compile", "kernels.py", cwd=tmp_path, env=settings)
        assert done.returncode == 2 and next(iter(settings)) in done.stderr
