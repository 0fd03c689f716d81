"""hash(x): of numbers and of tuples of them, as CPython and Numba have it."""

import math

import numpy as np

from differential.case import case

PRIME = 2**61 - 1


@case(
    *[sign * (2**k + d) for k in (0, 1, 29, 30, 31, 32, 53, 60, 61, 62) for d in (-1, 0, 1) for sign in (1, -1)], 2**63 - 1, -(2**63), True
)
def hash_integer(n):
    return hash(n), hash(n) == n


@case(np.uint64(2**64 - 1), np.uint64(2**63), np.uint64(PRIME), np.uint64(PRIME - 1), np.uint8(255), np.uint16(65535), np.uint32(2**32 - 1))
def hash_unsigned(n):
    return hash(n)


@case(np.int8(-1), np.int8(-128), np.int16(-32768), np.int32(-(2**31)), np.int32(-1), np.int64(-(2**63)), np.bool_(True), np.bool_(False))
def hash_narrow(n):
    return hash(n)


@case(0.0, -0.0, 1.0, -1.0, 0.5, -0.75, math.pi, 1e300, -1e300, 5e-324, 2.0**61, 2.0**61 - 1, math.inf, -math.inf, 1.7976931348623157e308)
def hash_float(x):
    return hash(x), hash(x * 3), hash(x + 1e-300)


@case(np.float32(0.1), np.float32(-1.0), np.float32(math.inf), np.float32(1e-45))
def hash_float32(x):
    return hash(x)


@case(
    1 + 2j, -1j, 1j, complex(-2, 0), complex(-1000004, 1), complex(1e300, -1e-300), complex(math.inf, -math.inf), np.complex64(0.1 + 0.2j)
)
def hash_complex(z):
    return hash(z), hash((z, z.imag))


@case((1, 0.5), (-1, -1.0), (0, 0.0))
def hash_tuples(n, x):
    return hash((n,)), hash((n, n)), hash((n, x)), hash(((n, x), n, (x, (x,)), True)), hash((x, complex(n, x)))


@case(7)
def hashes_in_a_loop(n):
    total = 0
    for i in range(n):
        for x in (i * 0.5, i - 3.0):
            total ^= hash((i, x)) + hash(i) * hash(x)
    return total


@case(math.nan, np.float32(math.nan), python=False, why="CPython hashes the object")
def hash_of_no_number(x):
    """Any number: but not always the same one."""
    found = 0
    for _ in range(20):
        found += hash(x) == hash(x)
    return found
