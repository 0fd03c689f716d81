"""Golden files: Python above, its px code below. `python tests/python/frontend/test_golden.py` writes the lower halves afresh."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "golden"
LINE = "-" * 60 + "\n"


def px_code(text: str) -> str:
    """The listing of a function `f`."""
    import machine

    from px.frontend import compile_function

    names: dict[str, Any] = {"math": math}
    exec(compile(text, "<golden>", "exec", dont_inherit=True), names)
    code = compile_function(names["f"], source=text)
    machine.check(code)
    return machine.listing(code)


def read(path: Path) -> tuple[str, str]:
    python, _, code = path.read_text().partition(LINE)
    return python, code


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    python, expected = read(path)
    assert px_code(python) == expected


def test_there_are_golden_files() -> None:
    assert len(list(FOLDER.glob("*.txt"))) >= 20


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    import conftest  # noqa: F401

    for file in sorted(FOLDER.glob("*.txt")):
        source, _ = read(file)
        file.write_text(source + LINE + px_code(source))
