"""Array-style code in the interpreter against NumPy in CPython: the same functions, marked and not, in one process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..launch import WorkerFailed, short
from ..results import geometric_mean, median
from .row import Row, all_missing, parts_text

if TYPE_CHECKING:
    from ..worker import Worker
    from .session import Session

ROWS = (("array-style code in the interpreter against NumPy: geometric mean", "≤ 1.1×"),)
SIZE = 200_000


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


def inside(worker: Worker, rounds: int) -> dict[str, float]:
    """For each function: px's median seconds by NumPy's, the calls interleaved."""
    import px

    random = np.random.default_rng(11)
    ratios = {}
    for function in FUNCTIONS:
        marked = px.jit(function)
        x, y = random.random(SIZE), random.random(SIZE)
        assert np.allclose(marked(x.copy(), y), function(x.copy(), y)), function.__name__
        samples: dict[str, list[float]] = {"px": [], "numpy": []}
        for _ in range(rounds):
            for name, entry in (("px", marked), ("numpy", function)):
                start = time.perf_counter()
                entry(x, y)
                samples[name].append(time.perf_counter() - start)
        ratios[function.__name__] = median(samples["px"]) / median(samples["numpy"])
    return ratios


def measure(session: Session) -> list[Row]:
    """In one process, the interpreter forced."""
    session.step("array style")
    try:
        with session.process("array_style", peers=("px",), PX_TIER="interp") as process:
            ratios = process.ask("target", name="array_style", rounds=31 if session.quick else 101)
    except WorkerFailed as error:
        return all_missing("array_style", ROWS, [short(error)])
    mean = geometric_mean(ratios.values())
    return [Row.at_most("array_style", ROWS[0], mean, 1.1, f"{mean:.2f}×", detail=parts_text(ratios), parts=ratios)]
