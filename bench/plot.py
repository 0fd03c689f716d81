"""One picture a kernel: calls a second from the process's start on. px's line shows each swap: interpreter, baseline, Numba's code."""

from __future__ import annotations

from pathlib import Path

from .results import KernelResult, Timeline

TIERS = {"baseline": "baseline", "numba": "Numba's code"}  # what a swap's mark says
LINES = (("px", "px", "C0"), ("px_cached", "px, from its cache", "C2"), ("numba", "Numba", "C1"))


def throughput(timeline: Timeline, window: float = 0.02) -> tuple[list[float], list[float]]:
    """Moments and calls a second between them, as a staircase: calls are gathered until `window` seconds have passed, but never across
    a swap. Nothing runs (0) before the first call's end."""
    moments_of_swaps = {moment for moment, _ in timeline.swaps}
    moments, rates = [0.0, timeline.calls[0][0] - timeline.calls[0][1]], [0.0, 0.0]
    since, gathered = moments[-1], 0
    for number, (end, _) in enumerate(timeline.calls):
        gathered += 1
        last = number + 1 == len(timeline.calls)
        swaps = not last and timeline.calls[number + 1][0] in moments_of_swaps
        if end - since >= window or swaps or last:
            rate = gathered / max(end - since, 1e-9)
            moments += [since, end]
            rates += [rate, rate]
            since, gathered = end, 0
    return moments, rates


def draw(kernel: KernelResult, path: Path) -> None:
    """Writes a PNG. Needs matplotlib; draws what was measured."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    end = 0.0
    for name, label, colour in LINES:
        timeline = kernel.timelines.get(name)
        if timeline is None:
            continue
        moments, rates = throughput(timeline)
        axes.plot(moments, rates, label=label, color=colour, linewidth=1.8)
        end = max(end, moments[-1])
        if name == "px":
            for number, (moment, tier) in enumerate(timeline.swaps):
                axes.axvline(moment, color=colour, linestyle=":", linewidth=1)
                place, text = (moment, 1), (-4, -14 - 12 * (number % 2))
                axes.annotate(
                    f"→ {TIERS.get(tier, tier)}", place, text, ("data", "axes fraction"), "offset points", ha="right", color=colour
                )
    cpython = kernel.times.get("cpython", {}).get("reduced")
    if cpython is not None:
        axes.axhline(1 / cpython, color="grey", linestyle="--", linewidth=1, label="CPython")
    axes.set_yscale("symlog", linthresh=1.0)
    axes.set_ylim(bottom=0)
    if end:
        axes.set_xlim(0, end)
    axes.set_xlabel("seconds since the process started")
    axes.set_ylabel("calls a second")
    axes.set_title(f"{kernel.name}: {kernel.about} (size {kernel.sizes['reduced']:,})")
    axes.legend(loc="lower right")
    axes.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def draw_all(kernels: list[KernelResult], folder: Path) -> list[Path]:
    """A PNG for each kernel that has a timeline."""
    paths = []
    for kernel in kernels:
        if kernel.timelines:
            draw(kernel, folder / f"{kernel.name}.png")
            paths.append(folder / f"{kernel.name}.png")
    return paths
