"""k-means: each context assigns a block of the points to the nearest centre and sums them up by centre; the main thread moves the centres.
Sums belong to blocks, which are combined in their order: the result does not depend on the workers."""

from __future__ import annotations

import numpy as np

import px

from .program import Program

CENTRES, AXES = 16, 8
BLOCK = 1 << 13  # points
ROUNDS = 10


@px.jit(boundscheck=False)
def assign_block(block, points, centres, labels, sums, counts):
    """Points of a block: labels; sums[block, centre, axis] and counts[block, centre]."""
    sums[block] = 0.0
    counts[block] = 0
    for i in range(block * BLOCK, min((block + 1) * BLOCK, len(points))):
        nearest, least = 0, np.inf
        for c in range(len(centres)):
            square = 0.0
            for axis in range(AXES):
                d = points[i, axis] - centres[c, axis]
                square += d * d
            if square < least:
                nearest, least = c, square
        labels[i] = nearest
        counts[block, nearest] += 1
        for axis in range(AXES):
            sums[block, nearest, axis] += points[i, axis]


def inputs(size):
    """Clouds around known centres."""
    random = np.random.default_rng(1957)
    known = random.uniform(-10, 10, (CENTRES, AXES))
    label = np.arange(size) % CENTRES
    return known[label] + random.standard_normal((size, AXES)) * 0.5, known


def run(given):
    """(centres, labels, how far the centres moved in the last round)."""
    points, known = given
    centres = known + np.random.default_rng(1967).uniform(-0.5, 0.5, known.shape)  # a start near each cloud
    blocks = -(-len(points) // BLOCK)
    labels = np.zeros(len(points), np.int64)
    sums, counts = np.zeros((blocks, CENTRES, AXES)), np.zeros((blocks, CENTRES), np.int64)
    moved = np.inf
    for _ in range(ROUNDS):
        px.parallel_for(assign_block, blocks, points, centres, labels, sums, counts)
        many = counts.sum(axis=0)[:, None]
        fresh = np.where(many > 0, sums.sum(axis=0) / np.maximum(many, 1), centres)
        moved = np.abs(fresh - centres).max()
        centres = fresh
    return centres, labels, moved


def verify(given, result):
    points, known = given
    centres, labels, moved = result
    assert moved < 1e-6, "centres still move"
    assert np.array_equal(labels, np.arange(len(points)) % CENTRES), "points in wrong clouds"
    means = np.array([points[labels == c].mean(axis=0) for c in range(CENTRES)])
    assert np.allclose(centres, means, rtol=0, atol=1e-9), "centres are not the means of their points"
    assert np.abs(centres - known).max() < 4 * 0.5 / np.sqrt(len(points) / CENTRES), "centres are not where the clouds are"


PROGRAM = Program(
    "k_means",
    "16 centres, 8 axes, 10 rounds",
    {"full": 1_000_000, "reduced": 200_000, "tiny": 1_600},
    inputs,
    run,
    verify,
)
