"""Array-style code in the interpreter against NumPy in CPython: the same functions, marked and not, in one process; time and memory.

Memory is the most that lies in new arrays at a time, the result among them: what tracemalloc sees of NumPy, and the least limit of its heap
with which px's function runs. A page is added to both, so that functions that make no arrays have a ratio too.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..launch import WorkerFailed, short
from ..results import geometric_mean, median
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (
    ("array-style code in the interpreter against NumPy: geometric mean", "≤ 1.1×"),
    ("array-style code: most memory, against NumPy", "≤ 1.0×"),
)
SIZE = 200_000
PAGE = 4096


def saxpy(x, y):  # type: ignore[no-untyped-def]
    """One product and one sum."""
    return 2.5 * x + y


def distances(x, y):  # type: ignore[no-untyped-def]
    """Distances from a point."""
    return np.sqrt((x - 0.5) ** 2 + (y - 0.5) ** 2)


def laplace(x, y):  # type: ignore[no-untyped-def]
    """One step of relaxation, in place."""
    u = x.reshape(400, 500)
    u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
    return u


def centred(x, y):  # type: ignore[no-untyped-def]
    """Centred differences."""
    return (x[2:] - x[:-2]) / (y[0] + 2.0)


def rectified(x, y):  # type: ignore[no-untyped-def]
    """What is above zero of a difference."""
    return np.maximum(x - y, 0.0)


def normalised(x, y):  # type: ignore[no-untyped-def]
    """To the range from 0 to 1."""
    return (x - x.min()) / (x.max() - x.min())


def selected(x, y):  # type: ignore[no-untyped-def]
    """By a mask."""
    return x[x > y]


def chosen(x, y):  # type: ignore[no-untyped-def]
    """The greater of two, element by element."""
    return np.where(x > y, x, y)


def logistic(x, y):  # type: ignore[no-untyped-def]
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-x))


def accumulated(x, y):  # type: ignore[no-untyped-def]
    """In place."""
    x += y
    x *= 0.5
    return x


FUNCTIONS: tuple[Callable[..., Any], ...] = (
    saxpy,
    distances,
    laplace,
    centred,
    rectified,
    normalised,
    selected,
    chosen,
    logistic,
    accumulated,
)


def most_of_px(entry: Callable[..., Any], x: Any, y: Any) -> int:
    """Bytes: the least limit of the heap with which the call has memory enough."""
    import px

    too_little, enough = 0, 16 * x.nbytes
    while enough - too_little > 64:  # what blocks are rounded to
        limit = (too_little + enough) // 2
        given = x.copy()
        try:
            with px.heap(limit=limit):
                entry(given, y)
        except MemoryError:
            too_little = limit
        else:
            enough = limit
    return enough


def most_of_numpy(function: Callable[..., Any], x: Any, y: Any) -> int:
    """Bytes: the most that NumPy has asked for at a time."""
    given = x.copy()
    tracemalloc.start()
    try:
        function(given, y)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def inside(worker: Worker, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """For each function: px's median seconds by NumPy's, the calls interleaved; the most memory of both."""
    import px

    random = np.random.default_rng(11)
    ratios, memory = {}, {}
    for function in FUNCTIONS:
        marked = px.jit(function)
        x, y = random.random(SIZE), random.random(SIZE)
        assert np.allclose(marked(x.copy(), y), function(x.copy(), y)), function.__name__
        memory[function.__name__] = (most_of_px(marked, x, y) + PAGE) / (most_of_numpy(function, x, y) + PAGE)
        samples: dict[str, list[float]] = {"px": [], "numpy": []}
        for _ in range(rounds):
            for name, entry in (("px", marked), ("numpy", function)):
                start = time.perf_counter()
                entry(x, y)
                samples[name].append(time.perf_counter() - start)
        ratios[function.__name__] = median(samples["px"]) / median(samples["numpy"])
    return ratios, memory


def measure(session: Session) -> list[Row]:
    """In one process, the interpreter forced."""
    session.step("array style")
    try:
        with session.process("array_style", peers=("px",), PX_TIER="interp") as process:
            ratios, memory = process.ask("target", name="array_style", rounds=31 if session.quick else 101)
    except WorkerFailed as error:
        return all_missing("array_style", ROWS, [short(error)])
    mean, most = geometric_mean(ratios.values()), max(memory.values())
    return [
        Row.at_most("array_style", ROWS[0], mean, 1.1, f"{mean:.2f}×", detail=parts_text(ratios), parts=ratios),
        Row.at_most("array_style", ROWS[1], most, 1.0, f"{most:.3f}×", detail=parts_text(memory), parts=memory),
    ]
