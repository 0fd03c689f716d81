"""Black-Scholes prices of calls and puts: logarithm, exponential and error function; a tuple of arrays comes back."""

import math

import numpy as np

from .kernel import Kernel


def normal(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def black_scholes(price, strike, years, rate, volatility):
    calls = np.empty(price.shape[0], np.float64)
    puts = np.empty(price.shape[0], np.float64)
    for i in range(price.shape[0]):
        spread = volatility * math.sqrt(years[i])
        d1 = (math.log(price[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / spread
        d2 = d1 - spread
        discounted = strike[i] * math.exp(-rate * years[i])
        calls[i] = price[i] * normal(d1) - discounted * normal(d2)
        puts[i] = discounted * normal(-d2) - price[i] * normal(-d1)
    return calls, puts


def inputs(size):
    random = np.random.default_rng(1973)
    return random.uniform(5.0, 30.0, size), random.uniform(1.0, 100.0, size), random.uniform(0.25, 10.0, size), 0.02, 0.30


def verify(arguments, result):
    price, strike, years, rate, _ = arguments
    calls, puts = result
    assert np.all(calls >= -1e-12) and np.all(calls <= price), "a call costs less than nothing or more than its share"
    assert np.allclose(calls - puts, price - strike * np.exp(-rate * years), rtol=1e-12, atol=1e-11), "put-call parity fails"


KERNEL = Kernel(
    "black_scholes",
    "prices of European options",
    ("normal", "black_scholes"),
    {"full": 250_000, "reduced": 40_000, "tiny": 1},
    inputs,
    verify,
    tolerance=1e-12,
)
