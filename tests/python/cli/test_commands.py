"""The command ``px``: exit status, output, errors. Each command is a process of its own, as a user starts it."""

import json
import os
import struct
import subprocess
import sys

import pytest


def px(*arguments, env=None, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "px", *arguments],
        env={**os.environ, "COLUMNS": "200", **(env or {})},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_version():
    done = px("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("px")


def test_help_names_the_commands():
    done = px("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("bench", "run", "explain", "cache", "doctor"))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nonsense"], "nonsense"),
        (["bench", "--nonsense"], "--nonsense"),
        (["bench", "--kernel", "fibonacci"], "mandelbrot"),
        (["bench", "--target", "fibonacci"], "direct_call"),
        (["bench", "--targets", "--plot", "x"], "--plot"),
        (["bench", "--tiers", "--plot", "x"], "--plot"),
        (["bench", "--tiers", "--targets"], "--tiers"),
        (["bench", "--targets", "heap"], "spine"),
        (["bench", "spine"], "--targets"),
        (["run"], "SCRIPT"),
        (["run", "no-such-script.py"], "no such file"),
        (["explain", "kernels"], "MODULE:FUNCTION"),
        (["explain", "no_such_module:f"], "no_such_module"),
        (["explain", "no-such-file.py:f"], "no such file"),
        (["explain", "math:no_such_function"], "no_such_function"),
        (["cache", "burn"], "burn"),
    ],
)
def test_wrong_usage_is_status_2_with_a_way_out(arguments, complaint):
    done = px(*arguments)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


class TestRun:
    def test_the_script_gets_its_arguments_and_its_folder(self, tmp_path):
        (tmp_path / "neighbour.py").write_text("value = 7\n")
        script = tmp_path / "script.py"
        script.write_text("import sys, neighbour\nprint(__name__, sys.argv[1:], neighbour.value, px.__name__)\n")
        done = px("run", str(script), "--flag", "a b", "--kernel")
        assert done.returncode == 0, done.stderr
        assert done.stdout == "__main__ ['--flag', 'a b', '--kernel'] 7 px\n"

    def test_an_exception_is_status_1_with_the_scripts_own_traceback(self, tmp_path):
        script = tmp_path / "script.py"
        script.write_text("def f():\n    raise ValueError('on purpose')\n\nf()\n")
        done = px("run", str(script))
        assert done.returncode == 1
        assert "ValueError: on purpose" in done.stderr
        assert "line 2, in f" in done.stderr
        assert "runpy" not in done.stderr
        assert "cli" not in done.stderr

    def test_a_syntax_error_is_status_1(self, tmp_path):
        script = tmp_path / "script.py"
        script.write_text("def f(:\n")
        done = px("run", str(script))
        assert done.returncode == 1
        assert "SyntaxError" in done.stderr

    def test_the_scripts_own_status_is_kept(self, tmp_path):
        script = tmp_path / "script.py"
        script.write_text("import sys\nsys.exit(5)\n")
        assert px("run", str(script)).returncode == 5


class TestExplain:
    def test_a_function_of_a_file_marked_or_not(self, tmp_path):
        (tmp_path / "shapes.py").write_text("import px\n\n@px.jit\ndef area(w, h):\n    return w * h\n\ndef plain(x):\n    return x + 1\n")
        for name in ("area", "plain"):
            done = px("explain", f"shapes.py:{name}", cwd=tmp_path)
            assert done.returncode == 0, done.stderr
            assert name in done.stdout

    def test_a_file_inside_a_package_may_import_its_neighbours(self, tmp_path):
        (tmp_path / "pack").mkdir()
        (tmp_path / "pack" / "__init__.py").write_text("")
        (tmp_path / "pack" / "one.py").write_text("ONE = 1\n")
        (tmp_path / "pack" / "two.py").write_text("from .one import ONE\n\ndef more(x):\n    return x + ONE\n")
        done = px("explain", str(tmp_path / "pack" / "two.py") + ":more")
        assert done.returncode == 0, done.stderr
        assert "more" in done.stdout

    def test_what_px_cannot_compile_is_status_1_with_the_place(self, tmp_path):
        (tmp_path / "bad.py").write_text("def f(x):\n    yield x\n")
        done = px("explain", "bad.py:f", cwd=tmp_path)
        assert done.returncode == 1
        assert "bad.py" in done.stderr
        assert "Traceback" not in done.stderr


class TestCache:
    def test_path_follows_the_setting(self, tmp_path):
        done = px("cache", "path", env={"PX_CACHE_DIR": str(tmp_path / "kept")})
        assert done.returncode == 0
        assert done.stdout.strip() == str(tmp_path / "kept")

    @pytest.fixture
    def kept(self, tmp_path):
        """A folder with one entry of the cache, as jit/client/cache.cpp writes it, and a file of somebody else."""
        header = json.dumps({"specialisations": [{"function": 0, "arguments": ["array(float64, 1d, C)"], "result": "float64"}]}).encode()
        head = struct.pack("<8sIIQ16s16s", b"px cache", 2, len(header), 100, b"", b"")
        (tmp_path / f"{'0123456789abcdef' * 2}.pxo").write_bytes(head + header + b"x" * 100)
        (tmp_path / "letter.txt").write_text("dear reader")
        return tmp_path

    def test_list_shows_signatures(self, kept):
        done = px("cache", "list", env={"PX_CACHE_DIR": str(kept)})
        assert done.returncode == 0
        assert "0123456789abcdef" in done.stdout
        assert "(array(float64, 1d, C)) -> float64" in done.stdout
        assert "1 files" in done.stdout

    def test_list_survives_a_damaged_file(self, kept):
        (kept / f"{'f' * 32}.pxo").write_bytes(b"px cache")
        done = px("cache", "list", env={"PX_CACHE_DIR": str(kept)})
        assert done.returncode == 0
        assert "unreadable" in done.stdout

    def test_clear_removes_what_is_pxs_and_nothing_else(self, kept):
        done = px("cache", "clear", env={"PX_CACHE_DIR": str(kept)})
        assert done.returncode == 0
        assert "removed 1 files" in done.stdout
        assert [path.name for path in kept.iterdir()] == ["letter.txt"]

    def test_an_empty_cache_is_no_failure(self, tmp_path):
        env = {"PX_CACHE_DIR": str(tmp_path / "none")}
        assert "0 files" in px("cache", "list", env=env).stdout
        assert px("cache", "clear", env=env).returncode == 0


def test_doctor_tells_what_there_is():
    done = px("doctor")
    assert done.returncode in (0, 1)
    for what in ("Python", "cores", "io_uring", "huge pages", "Numba", "LLVM", "cache", "settings"):
        assert what in done.stdout


def test_doctor_shows_settings():
    assert "PX_WORKERS=1" in px("doctor", env={"PX_WORKERS": "1"}).stdout


@pytest.mark.slow
def test_a_quick_benchmark_writes_json_and_pictures(tmp_path):
    done = px("bench", "--quick", "--kernel", "sieve", "--json", str(tmp_path / "r.json"), "--plot", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sieve" in done.stdout
    (kernel,) = json.loads((tmp_path / "r.json").read_text())["kernels"]
    assert kernel["problems"] == {}
    assert kernel["times"]["cpython"]["reduced"] > kernel["times"]["numba"]["reduced"] > 0
    assert (tmp_path / "sieve.png").read_bytes().startswith(b"\x89PNG")
