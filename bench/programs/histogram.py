"""A histogram that all contexts write: each counts a block of the values on its own, then adds its counts to the common ones by
interlocked adds; a value beyond the edges is counted at once, by one interlocked add."""

from __future__ import annotations

import numpy as np

import px

from .program import Program

BINS = 256
LOW, HIGH = -4.0, 4.0
BLOCK = 1 << 16  # values


@px.jit
def count_block(block, values, counts, outside):
    """Counts values[block * BLOCK : (block + 1) * BLOCK]."""
    own = np.zeros(BINS, np.int64)
    beyond = 0
    scale = BINS / (HIGH - LOW)
    for i in range(block * BLOCK, min((block + 1) * BLOCK, len(values))):
        x = values[i]
        if LOW <= x < HIGH:
            own[min(int((x - LOW) * scale), BINS - 1)] += 1  # rounding may reach the edge
        else:
            beyond += 1
    for at in range(BINS):
        if own[at] > 0:
            px.interlocked.add(counts, at, own[at])
    if beyond > 0:
        outside.add(beyond)


def inputs(size):
    return np.random.default_rng(1895).standard_normal(size)


def run(values):
    counts, outside = np.zeros(BINS, np.int64), px.interlocked.Int64()
    px.parallel_for(count_block, -(-len(values) // BLOCK), values, counts, outside)
    return counts, outside.value


def verify(values, result):
    counts, outside = result
    inside = (values >= LOW) & (values < HIGH)
    bins = ((values[inside] - LOW) * (BINS / (HIGH - LOW))).astype(np.int64)
    known = np.bincount(np.minimum(bins, BINS - 1), minlength=BINS)
    assert np.array_equal(counts, known), "wrong counts"
    assert outside == len(values) - inside.sum(), "wrong count of values outside"


PROGRAM = Program(
    "histogram",
    "256 bins, by interlocked adds",
    {"full": 50_000_000, "reduced": 10_000_000, "tiny": 10_000},
    inputs,
    run,
    verify,
)
