"""Every code block of README.md runs: Python as one program, from top to bottom; commands one by one."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match.group(1), match.group(2)) for match in BLOCK.finditer((ROOT / "README.md").read_text())]
COMMANDS = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines() if line.strip()]


def test_every_block_has_a_language_that_runs():
    assert {language for language, _ in BLOCKS} == {"python", "sh"}


def test_the_python_blocks_run(tmp_path):
    script = tmp_path / "readme.py"
    script.write_text("\n\n".join(text for language, text in BLOCKS if language == "python"))
    env = {**os.environ, "PX_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("200 ")


@pytest.mark.slow
@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_runs(line):
    """`make` only tells what it would do: these tests are a part of what it does."""
    words = shlex.split(line)
    if words[0] == "make":
        words = ["make", "-n", *words[1:]]
    else:
        assert words[0] == "px"
        words = [sys.executable, "-m", *words]
    done = subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


def test_links_and_pictures_are_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / target).exists(), target
