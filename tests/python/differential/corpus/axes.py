"""Reductions along an axis, of every element type and layout."""

import numpy as np

from differential.case import case

RNG = np.random.default_rng(11)
GRID = RNG.normal(size=(3, 4)).round(3)
CUBE = RNG.integers(-9, 9, size=(2, 3, 4))
TYPES = tuple((RNG.integers(0, 5, (3, 4)).astype(t),) for t in (np.int8, np.uint16, np.int32, np.int64, np.uint64, np.float32, np.bool_))
FLOATS = ((GRID,), (np.asfortranarray(GRID),), (RNG.normal(size=(6, 8))[::2, ::-2],), (GRID.astype(np.float32),))
ALL = (*TYPES, *FLOATS, (CUBE,), (CUBE.transpose(2, 0, 1),))
PAIRWISE = "NumPy adds pairwise, and small integers have sums of their own"
OWN = "Numba has no axis for these"


@case(*TYPES, *FLOATS, (CUBE.astype(np.float64),), python=False, why=PAIRWISE)
def sums(a):
    return a.sum(0), np.sum(a, axis=1), a.sum(axis=-1)


@case(*ALL)
def places(a):
    return np.argmin(a, 0), a.argmax(1), np.argmax(a, axis=-1)


@case(*ALL, numba=False, native=False, why=OWN)
def extremes(a):
    return a.min(0), np.max(a, 1), a.max(axis=-1)


@case(*FLOATS, (CUBE,), numba=False, native=False, python=False, why=OWN)
def means(a):
    return a.mean(0), np.mean(a, axis=1), np.prod(a, -1), a.prod(0)


@case(*ALL, numba=False, native=False, why=OWN)
def truths(a):
    return a.any(0), np.all(a, 1), np.any(a, axis=-1)


@case((CUBE,), (CUBE.astype(np.float64),))
def running_sums(a):
    return np.cumsum(a, 0), a.cumsum(1), np.cumsum(a, axis=-1)


@case(*(t for t in ALL if t[0].dtype != bool), numba=False, native=False, python=False, why=OWN)
def spreads(a):
    return np.var(a, 0), a.var(axis=1), np.std(a, -1), a.std(0)


@case((GRID, 0), (GRID, 1), (GRID, -2), numba=False, native=False, python=False, why=OWN)
def spread_of_a_known_one(a, axis):
    step = a - np.expand_dims(a.mean(axis), axis)
    return np.abs(a.var(axis) - (step * step).mean(axis)).max() < 1e-15


@case((GRID, 2), (GRID, -3), (CUBE, 3), numba=False, native=False, python=False, why="NumPy's AxisError is a ValueError, and that it is")
def an_axis_that_is_not_there(a, axis):
    return a.mean(axis)


@case((GRID[0],), (np.arange(5),), numba=False, native=False, python=False, why=OWN)
def the_only_axis(a):
    return a.var(0), np.std(a, axis=-1), a.mean(0), a.max(-1)


@case((GRID,), (GRID.astype(np.float32),), (CUBE,))
def dtypes_and_sizes(a):
    return np.zeros(3, a.dtype), np.ones_like(a, a.dtype), a.itemsize, a.nbytes, a.size, a.astype(a.dtype)
