"""docs/language.md is what the table of built-ins says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "language_page.py"
spec = importlib.util.spec_from_file_location("language_page", TOOL)
assert spec and spec.loader
language_page = importlib.util.module_from_spec(spec)
spec.loader.exec_module(language_page)


def test_the_page_is_up_to_date() -> None:
    page = language_page.PAGE.read_text(encoding="utf-8")
    assert page == language_page.render(language_page.known()), "make docs"


def test_every_name_has_its_place() -> None:
    table = [
        ("operator.add", "a + b | c", "x + y; y + x"),
        ("abs", "absolute", ""),
        ("numpy.random.normal", "one", ""),
        ("other.name", "two", ""),
    ]
    page = language_page.render(table)
    assert "| `add` | a + b \\| c | `x + y` |" in page
    order = ["## Operators", "## Python", "## numpy.random", "## other"]
    assert [line for line in page.splitlines() if line.startswith("## ")] == order
    assert "| `name` | two |  |" in page
