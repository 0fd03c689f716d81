"""An Asian option's price by Monte Carlo: the mean of a path's prices against the strike. Each block of paths has a random stream of its
own, which depends on the seed and the block alone, so that the estimate has the same bits for any number of workers.

The geometric mean's price is known: it checks the program, and as a control variate it takes most of the variance out of the arithmetic
mean's."""

from __future__ import annotations

import math

import numpy as np

import px

from .program import Program

SPOT, STRIKE, RATE, VOLATILITY, YEARS, STEPS = 100.0, 100.0, 0.05, 0.3, 1.0, 50
BLOCK = 1 << 10  # paths


@px.jit
def paths(block, count, estimates):
    """Means over the block's paths, discounted: of the arithmetic and the geometric payoff, their product and the latter's square."""
    step = YEARS / STEPS
    drift, spread = (RATE - 0.5 * VOLATILITY * VOLATILITY) * step, VOLATILITY * math.sqrt(step)
    discount = math.exp(-RATE * YEARS)
    many = min(BLOCK, count - block * BLOCK)
    for _ in range(many):
        log_price, total, logs = math.log(SPOT), 0.0, 0.0
        for _ in range(STEPS):
            log_price += drift + spread * np.random.standard_normal()
            total += math.exp(log_price)
            logs += log_price
        arithmetic = discount * max(total / STEPS - STRIKE, 0.0)
        geometric = discount * max(math.exp(logs / STEPS) - STRIKE, 0.0)
        estimates[block, 0] += arithmetic
        estimates[block, 1] += geometric
        estimates[block, 2] += arithmetic * geometric
        estimates[block, 3] += geometric * geometric


@px.jit
def seed(number):
    """Begins np.random's stream anew."""
    np.random.seed(number)


def geometric_price():
    """Kemna and Vorst, 1990, for a mean over STEPS points."""
    mean = (RATE - VOLATILITY**2 / 2) * YEARS * (STEPS + 1) / (2 * STEPS)
    variance = VOLATILITY**2 * YEARS * (STEPS + 1) * (2 * STEPS + 1) / (6 * STEPS**2)
    d = (math.log(SPOT / STRIKE) + mean + variance) / math.sqrt(variance)

    def normal(x):
        return 0.5 * math.erfc(-x / math.sqrt(2))

    growth = math.exp(mean + variance / 2)
    return math.exp(-RATE * YEARS) * (SPOT * growth * normal(d) - STRIKE * normal(d - math.sqrt(variance)))


def inputs(size):
    return size


def run(count):
    """(price of the arithmetic mean's option, the geometric mean's as simulated, its standard error)."""
    seed(1987)
    estimates = np.zeros((-(-count // BLOCK), 4))
    px.parallel_for(paths, len(estimates), count, estimates)
    arithmetic, geometric, product, square = estimates.sum(axis=0) / count
    variance = square - geometric * geometric
    beta = (product - arithmetic * geometric) / variance
    return arithmetic + beta * (geometric_price() - geometric), geometric, math.sqrt(variance / count)


def verify(count, result):
    price, geometric, error = result
    assert abs(geometric - geometric_price()) < 4 * error, "the geometric mean's price is not the known one"
    assert abs(price - PRICE) < 4 * (PRICE_ERROR + PATH_ERROR / math.sqrt(count)), f"the price should be {PRICE}, and is {price}"


# The arithmetic mean's price: NumPy's, of a million paths of another generator, with the same control variate.
PRICE, PRICE_ERROR, PATH_ERROR = 8.0734, 0.0005, 0.52
PROGRAM = Program(
    "monte_carlo",
    "an Asian option, 50 dates, a random stream a block of paths",
    {"full": 1_000_000, "reduced": 100_000, "tiny": 1_100},
    inputs,
    run,
    verify,
)
