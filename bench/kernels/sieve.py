"""The sieve of Eratosthenes: one array of booleans, strided stores, integers."""

import numpy as np

from .kernel import Kernel


def sieve(limit):
    prime = np.ones(limit + 1, np.bool_)
    count = 0
    for i in range(2, limit + 1):
        if prime[i]:
            count += 1
            multiple = i * i
            while multiple <= limit:
                prime[multiple] = False
                multiple += i
    return count


def inputs(size):
    return (size,)


def verify(arguments, count):
    known = {2: 1, 100: 25, 10_000: 1_229, 300_000: 25_997, 3_000_000: 216_816}
    assert count == known[arguments[0]], f"{count} primes instead of {known[arguments[0]]}"


KERNEL = Kernel("sieve", "counting primes", ("sieve",), {"full": 3_000_000, "reduced": 300_000, "tiny": 2}, inputs, verify)
