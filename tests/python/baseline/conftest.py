"""Frames that move: functions of a file of their own, in the interpreter and moved, side by side."""

from __future__ import annotations

import itertools
import linecache
import textwrap
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import px

_serial = itertools.count()


@pytest.fixture(autouse=True)
def automatic_tier() -> Iterator[None]:
    yield
    px._px.set_tier("auto")
    px._px.set_first_safepoint()


def module(source: str) -> types.ModuleType:
    """The functions of a program, px functions of their own each time."""
    file = f"<baseline {next(_serial)}>"
    source = "import numpy as np\nimport px\n\n" + textwrap.dedent(source)
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    made = types.ModuleType(file)
    exec(compile(source, file, "exec"), vars(made))
    for name, value in list(vars(made).items()):
        if isinstance(value, types.FunctionType):
            setattr(made, name, px.jit(value))
    return made


def moves(*functions: Any) -> int:
    """Frames of these that have gone on in baseline code."""
    return sum(row["moves"] for f in functions for row in px.stats(f)["specialisations"])


@pytest.fixture(params=[1, 2, 5])
def moving(request: pytest.FixtureRequest) -> Callable[[str], types.ModuleType]:
    """A program whose frames move at every n-th back-edge or call from here on."""

    def make(source: str) -> types.ModuleType:
        made = module(source)
        px._px.set_tier("moves")
        px._px.set_first_safepoint(request.param)
        return made

    make.interval = request.param  # type: ignore[attr-defined]
    return make


@pytest.fixture
def interpreted() -> Callable[[str], types.ModuleType]:
    def make(source: str) -> types.ModuleType:
        px._px.set_tier("interp")
        return module(source)

    return make
