"""``px bench``: the benchmarks, and the project's targets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .output import console, fail


def command(
    group: Annotated[
        str | None, typer.Argument(metavar="[GROUP]", help="With --targets: spine, baseline, contexts, arrays or all.", show_default=False)
    ] = None,
    kernel: Annotated[list[str] | None, typer.Option("--kernel", "-k", metavar="NAME", help="Only this kernel; may be repeated.")] = None,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all figures as JSON.")] = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="DIR", help="Write a picture a kernel: throughput over time.")] = None,
    markdown: Annotated[Path | None, typer.Option("--markdown", metavar="FILE", help="Write the tables as Markdown.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small inputs, fewer rounds.")] = False,
    tiers: Annotated[
        bool, typer.Option("--tiers", help="Compare instead: interpreter, baseline and Numba's code in px, and Numba's own dispatcher.")
    ] = False,
    targets: Annotated[
        bool, typer.Option("--targets", help="Measure the project's targets instead: figure, target, pass or miss.")
    ] = False,
    target: Annotated[list[str] | None, typer.Option("--target", metavar="NAME", help="Only this target; may be repeated.")] = None,
) -> None:
    """Time px against CPython and Numba, each result checked first."""
    from ..bench import kernels

    names = list(dict.fromkeys(kernel or kernels.NAMES))
    for name in names:
        if name not in kernels.NAMES:
            fail(f"no kernel named {name!r}; there are {', '.join(kernels.NAMES)}", 2)
    wants_targets = targets or bool(target)
    if wants_targets and tiers:
        fail("--tiers and --targets are different measurements: ask for one", 2)
    if plot is not None and (wants_targets or tiers):
        fail("--plot goes with kernels, not with --tiers or --targets", 2)
    if group is not None and (not targets or target):
        fail(f"a group of targets ({group}) goes with --targets alone", 2)
    if wants_targets:
        measure_targets(names, chosen_targets(group, target), quick, json, markdown)
    elif tiers:
        measure_tiers(names, quick, json, markdown)
    else:
        measure_kernels(names, quick, json, markdown, plot)


def measure_kernels(names: list[str], quick: bool, json: Path | None, markdown: Path | None, plot: Path | None) -> None:
    """Exit status 1 when a result is wrong or a measurement failed."""
    from ..bench import markdown as pages
    from ..bench import plot as pictures
    from ..bench import runner, table

    out = console()
    result = runner.run(names, quick=quick, console=out)
    table.show(result, out)
    if json is not None:
        result.write(json)
    if markdown is not None:
        write(markdown, pages.kernels_page(result))
    if plot is not None:
        for path in pictures.draw_all(result.kernels, plot):
            out.print(f"wrote {path}")
    if not result.passed():
        raise typer.Exit(1)


def measure_tiers(names: list[str], quick: bool, json: Path | None, markdown: Path | None) -> None:
    """Exit status 1 when a tier did not run or a result is wrong."""
    from ..bench import machine, tiers, tiers_table
    from ..bench.launch import PeerUnavailable

    out = console()
    try:
        with out.status("starting processes") as status:
            results = tiers.run(names, quick=quick, step=status.update)
    except PeerUnavailable as reason:
        fail(f"the tiers cannot be compared: {reason}")
    tiers_table.show(results, out)
    if json is not None:
        tiers_table.write(results, machine.describe(), json)
    if markdown is not None:
        write(markdown, tiers_table.page(results, machine.describe()))
    if any(result.problems for result in results):
        raise typer.Exit(1)


def chosen_targets(group: str | None, wanted: list[str] | None) -> list[str]:
    """The targets' names, by name or by group; all of them where neither is given."""
    from ..bench import targets

    for name in wanted or ():
        if name not in targets.NAMES:
            fail(f"no target named {name!r}; there are {', '.join(targets.NAMES)}", 2)
    try:
        return list(dict.fromkeys(wanted or targets.chosen(group or "all")))
    except KeyError as error:
        fail(error.args[0], 2)


def measure_targets(names: list[str], wanted: list[str], quick: bool, json: Path | None, markdown: Path | None) -> None:
    """Exit status 1 when a target is missed or cannot be measured."""
    from ..bench import machine, targets
    from ..bench import markdown as pages

    rows = targets.run(wanted, kernels=names, quick=quick, console=console())
    if json is not None:
        targets.write(rows, json)
    if markdown is not None:
        write(markdown, pages.targets_page(rows, machine.describe()))
    if not all(row.passed for row in rows):
        raise typer.Exit(1)


def write(path: Path, text: str) -> None:
    """Writes a file, its folder made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
