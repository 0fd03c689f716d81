"""No baseline code to be had: everything runs in the interpreter, with the reason in px.stats; the user is told once."""

import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

import px

ROOT = Path(__file__).parents[3]
PREFIX = """
import threading, time, warnings
import numpy as np
caught = warnings.catch_warnings(record=True)
seen = caught.__enter__()
warnings.simplefilter("always")
import px

@px.jit
def spin(n):
    s = 0
    for i in range(n):
        s += i % 3
    return s

@px.jit
def other(n):
    s = 0.5
    for i in range(n):
        s += i
    return s

def told():
    time.sleep(0.01)  # warnings from other threads arrive between two instructions
    return [str(w.message) for w in seen if "baseline" in str(w.message)]
"""


@pytest.fixture
def package(tmp_path):
    """A copy of the package to break; PYTHONPATH for it."""
    source = Path(px.__file__).parent
    shutil.copytree(source, tmp_path / "site" / "px", ignore=shutil.ignore_patterns("bench", "__pycache__", "cli"))
    return tmp_path / "site"


def program(text):
    return PREFIX + textwrap.dedent(text)


def test_the_generator_is_missing(script, package):
    (package / "px" / "px_codegen.so").unlink()
    script(
        program("""
        for f in (spin, other):
            for _ in range(3):
                assert f(3_000_000) == f.py_func(3_000_000)
        assert px._px.wait_idle(20)
        for f in (spin, other):
            row, = px.stats(f)["specialisations"]
            assert row["tier"] == "interpreter" and row["moves"] == 0, row
            assert row["baseline"]["state"] == "refused" and "px_codegen.so" in row["baseline"]["reason"], row
        assert px.stats()["baseline"]["units"] == 0 and px.stats()["baseline"]["refused"] >= 2
        assert len(told()) == 1 and "px_codegen.so" in told()[0], told()
        """),
        PYTHONPATH=str(package),
        PX_SERVICE="0",
        PX_CACHE="0",
    )


def test_the_generator_is_no_library(script, package):
    (package / "px" / "px_codegen.so").unlink()
    (package / "px" / "px_codegen.so").write_text("nothing")
    script(
        program("""
        for _ in range(5):
            assert spin(3_000_000) == 3_000_000
        px._px.set_tier("baseline")
        try:
            spin(10)
        except px.CompileServiceError as error:
            assert "px_codegen.so" in str(error) and "PX_TIER=baseline" in str(error), error
        else:
            raise SystemExit("no error")
        px._px.set_tier("moves")
        px._px.set_first_safepoint(1)
        assert spin(100) == spin.py_func(100)
        assert len(told()) == 1, told()
        """),
        PYTHONPATH=str(package),
        PX_SERVICE="0",
        PX_CACHE="0",
    )


def test_llvm_refuses_every_unit(script, package):
    library = package / "px" / "px_codegen.so"
    library.unlink()
    here = Path(__file__).with_name("refusing_codegen.cpp")
    subprocess.run(["clang++-22", "-std=c++20", "-shared", "-fPIC", f"-I{ROOT}", str(here), "-o", str(library)], check=True)
    script(
        program("""
        for f in (spin, other):
            for _ in range(3):
                assert f(3_000_000) == f.py_func(3_000_000)
        assert px._px.wait_idle(20)
        for f in (spin, other):
            row, = px.stats(f)["specialisations"]
            assert row["tier"] == "interpreter" and row["moves"] == 0, row
            assert row["baseline"]["state"] == "refused" and row["baseline"]["reason"] == "LLVM said no", row
        refused = px.stats()["baseline"]["refused"]
        assert refused >= 2
        # Nobody asks again.
        for _ in range(3):
            spin(3_000_000)
        assert px.stats()["baseline"]["refused"] == refused
        px._px.set_tier("baseline")
        try:
            spin(10)
        except px.CompileServiceError as error:
            assert "LLVM said no" in str(error), error
        else:
            raise SystemExit("no error")
        """),
        PYTHONPATH=str(package),
        PX_SERVICE="0",
        PX_CACHE="0",
    )


def test_out_of_code_memory(script):
    """A bound that two functions exceed: they take turns, evicted again and again, with the same results."""
    script(
        program("""
        functions = []
        for k in range(12):
            def f(n, k=k):
                s = 0
                for i in range(n):
                    for j in range(3):
                        s += i * j + k
                return s
            functions.append(px.jit(f))
        for tier in ("baseline", "moves", "auto"):
            px._px.set_tier(tier)
            px._px.set_first_safepoint(2 if tier == "moves" else 4096)
            for round in range(3):
                for k, f in enumerate(functions):
                    assert f(100) == 3 * 4950 + 300 * k, (tier, k)
        stats = px.stats()
        assert stats["evicted"] > 0, stats
        assert px.wait_compiled(20)
        assert px.stats()["code_bytes"] < 1 << 20, px.stats()
        """),
        PX_CODE_LIMIT="4096",
        PX_SERVICE="0",
        PX_CACHE="0",
    )


def test_evicted_while_a_frame_is_in_the_code(script):
    """A long loop has moved; other functions take its code's place meanwhile."""
    script(
        program("""
        works = [px.submit_work(spin, (1_200_000_000,)) for _ in range(2)]
        stop = False
        kept = []  # their code would go with them

        def churn():
            while not stop:
                kept.append(px.jit(other.py_func if len(kept) % 2 else spin.py_func))
                kept[-1](3_000_000)
                time.sleep(0.005)

        thread = threading.Thread(target=churn)
        thread.start()
        px.run()
        stop = True
        thread.join()
        assert [w.result() for w in works] == [1_200_000_000] * 2
        assert px.stats()["evicted"] > 0
        """),
        PX_CODE_LIMIT="1024",  # room for one unit
        PX_SERVICE="0",
        PX_CACHE="0",
    )
