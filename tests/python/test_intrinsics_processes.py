"""Numba's intrinsics: settings, the cache on disk, and the service's ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import px

MODULE = """
import os, sys, time
import px
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

@intrinsic
def bits_set(typing_context, x):
    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])
    return types.int64(types.int64), generate

@px.jit
def call(x):
    return bits_set(x)
"""

PROGRAM = MODULE + "print(call(7), px.stats()['service_starts'])\n"


@pytest.mark.parametrize("tier", ["auto", "interp", "baseline", "native"])
def test_in_each_tier(script, tier):
    assert script(PROGRAM, PX_TIER=tier, PX_CACHE="0").stdout == "3 1\n"


def test_where_races_are_looked_for(script):
    assert script(PROGRAM, PX_CHECK="races", PX_CACHE="0").stdout == "3 1\n"


def test_its_code_is_kept_on_disk(script, tmp_path):
    folder = str(tmp_path / "cache")
    starts = [script(PROGRAM, PX_TIER="interp", PX_CACHE_DIR=folder).stdout.split()[1] for _ in range(3)]
    assert starts[0] == "1"
    assert starts[-1] == "0"
    done = script(PROGRAM, PX_TIER="interp", PX_CACHE_DIR=folder, PX_SERVICE="0")
    assert done.stdout == "3 0\n"


def test_another_definition_is_another_entry(script, tmp_path):
    folder = str(tmp_path / "cache")
    for _ in range(2):
        assert script(PROGRAM, PX_TIER="native", PX_CACHE_DIR=folder).stdout.startswith("3 ")
    changed = PROGRAM.replace("builder.ctpop(arguments[0])", "builder.neg(arguments[0])")
    assert script(changed, PX_TIER="native", PX_CACHE_DIR=folder).stdout.startswith("-7 ")


def test_without_a_service(script):
    text = MODULE + "try:\n    call(7)\nexcept px.UnsupportedError as error:\n    print(error)\n"
    for tier in ("auto", "interp"):
        told = script(text, PX_SERVICE="0", PX_CACHE="0", PX_TIER=tier).stdout
        assert "program.py:16: in call: the intrinsic bits_set(int64)" in told
        assert "it is off (PX_SERVICE=0); instead: write in Python what it does" in told


def test_a_service_that_dies_each_time(script):
    text = MODULE.replace("def generate(context", "os.kill(os.getppid(), 9)\n    def generate(context")
    text += "try:\n    call(7)\nexcept px.UnsupportedError as error:\n    print(error)\n"
    told = script(text, PX_CACHE="0", PX_TIER="interp").stdout
    assert "program.py:17: in call: the intrinsic bits_set(int64)" in told
    assert "the compile service ended unexpectedly" in told


def test_a_service_that_is_killed_once(script):
    text = MODULE.replace("def generate(context", "time.sleep(0.5)\n    def generate(context")
    text += """
import signal, threading
def kill():
    while px._px.compiler_stats()["service_pid"] < 0:
        time.sleep(0.01)
    time.sleep(0.1)
    os.kill(px._px.compiler_stats()["service_pid"], signal.SIGKILL)
threading.Thread(target=kill).start()
print(call(7), px.stats()["service_starts"])
"""
    assert script(text, PX_CACHE="0", PX_TIER="interp").stdout == "3 2\n"


def test_code_that_ends_the_compiler(script):
    text = MODULE.replace("return builder.ctpop", "os._exit(3)\n        return builder.ctpop")
    text += "try:\n    call(7)\nexcept px.UnsupportedError as error:\n    print(error)\n"
    assert "the compiler ended with status 3" in script(text, PX_CACHE="0", PX_TIER="interp").stdout


def test_control_c_while_it_is_waited_for(script, tmp_path):
    path = tmp_path / "waits.py"
    path.write_text(
        MODULE.replace("def generate(context", "time.sleep(30)\n    def generate(context") + "print('now', flush=True)\ncall(7)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(px.__file__).parents[1]), "PX_CACHE": "0"}
    with subprocess.Popen([sys.executable, path], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        program.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(1.5)
        program.send_signal(signal.SIGINT)
        told = program.communicate(timeout=20)[1]
    assert "KeyboardInterrupt" in told


def test_helpers_of_a_module_of_the_programs(script, tmp_path):
    (tmp_path / "helping.py").write_text("print('imported')\ndef count(builder, x):\n    return builder.ctpop(x)\n")
    by_name = PROGRAM.replace("import px\n", "import px\nfrom helping import count\n").replace(
        "builder.ctpop(arguments[0])", "count(builder, arguments[0])"
    )
    assert script(by_name, PX_TIER="native", PX_CACHE="0").stdout == "imported\n3 1\n"
    by_module = PROGRAM.replace("import px\n", "import px\nimport helping\n").replace(
        "builder.ctpop", "helping.count(builder, arguments[0]) #"
    )
    for _ in range(2):  # what a module says may change: nothing of it is kept
        assert script(by_module, PX_TIER="native", PX_CACHE_DIR=str(tmp_path / "cache")).stdout == "imported\n3 1\n"


def test_what_cannot_be_sent(script):
    text = MODULE.replace("@px.jit", "import threading\nLOCK = threading.Lock()\n@px.jit", 1).replace(
        "return builder.ctpop", "LOCK.locked()\n        return builder.ctpop"
    )
    text += "try:\n    call(7)\nexcept px.UnsupportedError as error:\n    print(error)\n"
    told = script(text, PX_CACHE="0").stdout
    assert "it cannot be sent to the compile service: TypeError: cannot pickle '_thread.lock' object" in told
