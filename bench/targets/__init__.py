"""The project's targets: what ``px bench --targets`` measures. One file each, with ``measure(session) -> list[Row]`` and, where part of
it runs in a measured process, ``inside(worker, …)``. All figures are ratios or differences within one run."""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .row import Row, all_missing

GROUPS = {
    "spine": ("interpreter", "steady", "first_call", "link", "direct_call", "scaling", "cached", "quiet"),
    "baseline": ("baseline_start", "tiers", "long_call", "whole_process", "native_calls", "quiet_all"),
    "contexts": ("contexts", "programs", "main_thread"),
    "arrays": ("array_style",),
}
NAMES = tuple(name for group in GROUPS.values() for name in group)


def chosen(group: str) -> tuple[str, ...]:
    """The targets of a group; "all": of all of them. KeyError, with the groups there are, for another."""
    if group == "all":
        return NAMES
    if group not in GROUPS:
        raise KeyError(f"no group of targets named {group!r}; there are all, {', '.join(GROUPS)}")
    return GROUPS[group]


def run(names: Sequence[str], *, kernels: Sequence[str], quick: bool, console: Any) -> list[Row]:
    """Measures the named targets on the named kernels, prints the table and returns its rows."""
    from ..launch import PeerUnavailable, WorkerFailed, short
    from .session import Session
    from .table import show

    rows: list[Row] = []
    with Session(kernels, quick, console) as session:
        for name in names:
            target = importlib.import_module(f"{__name__}.{name}")
            session.step(name)
            try:
                rows += target.measure(session)
            except PeerUnavailable as reason:
                rows += all_missing(name, target.ROWS, [f"not available: {reason}"])
            except WorkerFailed as error:
                rows += all_missing(name, target.ROWS, [short(error)])
    show(rows, console)
    return rows


def write(rows: list[Row], path: Path) -> None:
    """The rows and the machine as JSON."""
    from .. import machine

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine.describe(), "targets": [dataclasses.asdict(row) for row in rows]}, indent=1) + "\n")
