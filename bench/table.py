"""The results as tables for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from .results import BenchResult, KernelResult, geometric_mean

BUSY = 1.15  # clock over processor time from which on figures are not to be trusted
UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


def duration(seconds: float | None) -> str:
    """Three digits and a unit: ``1.23 ms``. A dash for None."""
    if seconds is None:
        return "–"
    unit, scale = next(((unit, scale) for unit, scale in UNITS if seconds >= scale), UNITS[-1])
    value = seconds / scale
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}" if value >= 10 else f"{value:.2f} {unit}"


def factor(value: float | None) -> str:
    """Three digits and a ×. A dash for None."""
    return "–" if value is None else f"{value:.0f}×" if value >= 100 else f"{value:.1f}×" if value >= 10 else f"{value:.2f}×"


def inverse(value: float | None) -> float | None:
    """How many times faster instead of slower."""
    return None if value is None else 1.0 / value


def until_swap(kernel: KernelResult) -> str:
    """Calls done before native code ran, and for how long."""
    timeline = kernel.timelines.get("px")
    if timeline is None:
        return "–"
    seconds, calls = timeline.until_native()
    if timeline.native_at is None:
        return f"never ({calls} calls)"
    return f"{calls} calls in {duration(seconds)}" if calls else "at once"


def times_table(result: BenchResult, size: str) -> Table:
    """Seconds of a call, in the steady state and in new processes."""
    table = Table(title=f"time of a call, {size} size", title_justify="left")
    table.add_column("kernel")
    headings = (
        ["CPython", "Numba first", "Numba", "px interpreter", "px native"]
        if size == "reduced"
        else ["Numba", "px interpreter", "px native"]
    )
    if size == "reduced":
        headings += ["px first", "px until swap", "px cached first"]
    for heading in headings:
        table.add_column(heading, justify="right")
    for kernel in result.kernels:
        steady = {column: duration(times.get(size)) for column, times in kernel.times.items()}
        row = [kernel.name, *(steady.get(column, "–") for column in ("numba", "px_interpreter", "px_native"))]
        if size == "reduced":
            row[1:1] = [steady.get("cpython", "–"), duration(kernel.first_call.get("numba"))]
            row += [duration(kernel.first_call.get("px")), until_swap(kernel), duration(kernel.first_call.get("px_cached"))]
        table.add_row(*row)
    return table


RATIOS = (  # heading, column, reference, size, shown upside down (times faster)
    ("interpreter, times CPython", "px_interpreter", "cpython", "reduced", True),
    ("interpreter, slower than Numba", "px_interpreter", "numba", "full", False),
    ("native over Numba, bounds checked", "px_native", "numba", "full", False),
    ("native over Numba's defaults", "px_native", "numba_default", "full", False),
)


def ratios_table(result: BenchResult) -> Table:
    """Speeds against each other, at the same size, with geometric means."""
    table = Table(title="ratios", title_justify="left")
    table.add_column("kernel")
    rows = [[kernel.name] for kernel in result.kernels]
    last = ["geometric mean"]
    for heading, column, reference, size, upside_down in RATIOS:
        size = "reduced" if result.quick else size
        table.add_column(heading, justify="right")
        values = [kernel.ratio(column, reference, size) for kernel in result.kernels]
        values = [inverse(value) for value in values] if upside_down else values
        for row, value in zip(rows, values):
            row.append(factor(value))
        last.append(factor(geometric_mean(values)))
    for row in rows:
        table.add_row(*row)
    table.add_section()
    table.add_row(*last)
    return table


def show(result: BenchResult, console: Console) -> None:
    """Everything: tables, sizes, what was not there, what went wrong."""
    console.print(times_table(result, "reduced"))
    if not result.quick:
        console.print(times_table(result, "full"))
    console.print(ratios_table(result))
    console.print(
        f"Sizes ({', '.join(result.kernels[0].sizes)}): "
        + "; ".join(f"{k.name} {', '.join(f'{n:,}' for n in k.sizes.values())}" for k in result.kernels)
        + ". CPython runs the reduced size only.",
        style="dim",
    )
    console.print(
        "Every result was compared with CPython's or Numba's, and with a known answer, before it was timed. Numba checks bounds, "
        "as px does, unless it says defaults.",
        style="dim",
    )
    where = result.machine
    console.print(
        f"{where['processor']}, {where['cores']} cores, Python {where['python']}, Numba {where['numba']}; {result.seconds:.0f} s.",
        style="dim",
    )
    if result.waited() > BUSY:
        console.print(
            f"[yellow]The machine was busy[/]: calls took up to {result.waited():.1f} times the time that the processor worked on them. "
            "Take these figures again when nothing else runs."
        )
    for peer, reason in result.unavailable.items():
        console.print(f"[yellow]{peer}: not available[/]: {reason}")
    for kernel in result.kernels:
        for column, problem in kernel.problems.items():
            console.print(f"[red]{kernel.name}, {column}[/]: {problem}", highlight=False)
