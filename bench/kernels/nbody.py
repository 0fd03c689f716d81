"""The Sun and the outer planets: small two-dimensional arrays, square roots."""

import math

import numpy as np

from .kernel import Kernel


def kick(positions, velocities, masses, dt):
    for i in range(masses.shape[0]):
        for j in range(i + 1, masses.shape[0]):
            dx = positions[i, 0] - positions[j, 0]
            dy = positions[i, 1] - positions[j, 1]
            dz = positions[i, 2] - positions[j, 2]
            square = dx * dx + dy * dy + dz * dz
            pull = dt / (square * math.sqrt(square))
            velocities[i, 0] -= dx * masses[j] * pull
            velocities[i, 1] -= dy * masses[j] * pull
            velocities[i, 2] -= dz * masses[j] * pull
            velocities[j, 0] += dx * masses[i] * pull
            velocities[j, 1] += dy * masses[i] * pull
            velocities[j, 2] += dz * masses[i] * pull


def energy(positions, velocities, masses):
    total = 0.0
    for i in range(masses.shape[0]):
        square = 0.0
        for axis in range(3):
            square += velocities[i, axis] * velocities[i, axis]
        total += 0.5 * masses[i] * square
        for j in range(i + 1, masses.shape[0]):
            dx = positions[i, 0] - positions[j, 0]
            dy = positions[i, 1] - positions[j, 1]
            dz = positions[i, 2] - positions[j, 2]
            total -= masses[i] * masses[j] / math.sqrt(dx * dx + dy * dy + dz * dz)
    return total


def nbody(start_positions, start_velocities, masses, steps, dt):
    bodies = masses.shape[0]
    positions = np.empty((bodies, 3), np.float64)
    velocities = np.empty((bodies, 3), np.float64)
    for i in range(bodies):
        for axis in range(3):
            positions[i, axis] = start_positions[i, axis]
            velocities[i, axis] = start_velocities[i, axis]
    for _ in range(steps):
        kick(positions, velocities, masses, dt)
        for i in range(bodies):
            for axis in range(3):
                positions[i, axis] += dt * velocities[i, axis]
    return energy(positions, velocities, masses)


SOLAR_MASS = 4.0 * math.pi * math.pi
DAYS = 365.24
# Sun, Jupiter, Saturn, Uranus, Neptune: astronomical units, units a day, solar masses.
BODIES = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        [
            4.84143144246472090,
            -1.16032004402742839,
            -0.103622044471123109,
            0.00166007664274403694,
            0.00769901118419740425,
            -0.0000690460016972063023,
            0.000954791938424326609,
        ],
        [
            8.34336671824457987,
            4.12479856412430479,
            -0.403523417114321381,
            -0.00276742510726411,
            0.00499852801234917238,
            0.0000230417297573763929,
            0.000285885980666130812,
        ],
        [
            12.8943695621391310,
            -15.1111514016986312,
            -0.223307578892655734,
            0.00296460137564761618,
            0.00237847173959480950,
            -0.0000296589568540237556,
            0.0000436624404335156298,
        ],
        [
            15.3796971148509165,
            -25.9193146099879641,
            0.179258772950371181,
            0.00268067772490389322,
            0.00162824170038242295,
            -0.0000951592254519715870,
            0.0000515138902046611451,
        ],
    ]
)


def inputs(size):
    positions = np.ascontiguousarray(BODIES[:, :3])
    velocities = BODIES[:, 3:6] * DAYS
    masses = BODIES[:, 6] * SOLAR_MASS
    velocities[0] = -(velocities * masses[:, None]).sum(axis=0) / SOLAR_MASS
    return positions, velocities, masses, size, 0.01


def verify(arguments, result):
    start = energy(*arguments[:3])
    assert abs(start - -0.169075163828524) < 1e-12, "not the solar system that it should be"
    assert abs(result - start) < 1e-3 * abs(start), "energy is not kept"


KERNEL = Kernel(
    "nbody",
    "the outer solar system, a step at a time",
    ("kick", "energy", "nbody"),
    {"full": 100_000, "reduced": 2_500, "tiny": 0},
    inputs,
    verify,
)
