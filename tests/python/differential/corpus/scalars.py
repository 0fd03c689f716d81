"""Complex numbers, values that may be None, random numbers."""

import cmath
import random

import numpy as np

from differential.case import case

COMPLEX = ((1.5 - 2j, 0.5 + 0.25j), (-3j, 2.0), (0.25, 1j), (complex("inf"), 1 + 1j), (1 + 2j, complex("nan")), (4, -1 - 1j))


@case(*COMPLEX, python=False, why="NumPy's and CPython's newest complex products differ in infinities")
def complex_arithmetic(z, w):
    return z + w, z - w, z * w, -z, +z, z == w, z != w, abs(w * 1j)


@case((1.5 - 2j, 0.5 + 0.25j), (2j, 3.0), (1 + 1j, 0j), (0j, 0j))
def complex_division(z, w):
    return z / w


@case((1.5 - 2j, 0.5 + 0.25j), (2j, 3.0), (1 + 1j, 2.0), (1 + 1j, 0j), python=False, why="CPython multiplies for small whole exponents")
def complex_power(z, w):
    return z**w, z**2, pow(z, w)


@case(1.5 - 2j, 2.5, 3, np.complex64(0.5 - 1j), python=False, why="CPython's ** and Numba's differ in the type of complex64")
def complex_parts(z):
    c = complex(z)
    return z.real, z.imag, c.conjugate(), z.conjugate(), bool(z), c.real * 2, not z


@case(0.5 - 1.25j, -2 + 0.5j, 0.25j, 1e300 + 1j, python=False, why="the last bit of libm's functions")
def complex_functions(z):
    return (
        (cmath.exp(z / 1e299), cmath.log(z), cmath.sqrt(z), cmath.phase(z), cmath.polar(z)),
        (
            cmath.sin(z / 1e299),
            cmath.cos(z / 1e299),
            cmath.tan(z / 1e299),
            cmath.sinh(z / 1e299),
            cmath.cosh(z / 1e299),
            cmath.tanh(z / 1e299),
        ),
        (cmath.asin(z), cmath.acos(z), cmath.atan(z), cmath.asinh(z), cmath.acosh(z), cmath.atanh(z), cmath.log10(z), cmath.log(z, 2j)),
        (cmath.isnan(z), cmath.isinf(z), cmath.isfinite(z)),
    )


@case(
    np.arange(4) * (1 + 2j), np.array([1j, 2.0], np.complex64), (np.arange(12) * 1j)[::3], python=False, why="NumPy's scalars stay NumPy's"
)
def complex_array(a):
    total = 0j
    for i in range(a.shape[0]):
        total += a[i]
        a[i] = a[i] * 2j + i
    for z in a:
        total += z
    return total


@case(8)
def fourier(n):
    out = np.zeros(n, np.complex128)
    for k in range(n):
        for i in range(n):
            out[k] += cmath.exp(complex(0.0, -2 * np.pi * k * i / n)) * (i % 3)
    return out


@case(0, 1, 9)
def best_or_none(n):
    best = None
    for i in range(n):
        value = i * i % 7
        if best is None or value > best:
            best = value
    return best


@case((1.5, None), (1.5, 2), (3, None))
def default_none(x, y):
    if y is None:
        y = 2.5
    return x + y


@case(1, -1, python=False, why="Numba raises a TypeError that says what was expected")
def maybe_none(n):
    x = None
    if n > 0:
        x = n
    return x + 1


@case(1, 42, python=False, why="Numba's streams are its own")
def numpy_random(seed):
    np.random.seed(seed)
    a = np.random.random(), np.random.uniform(1, 3), np.random.normal(0.5, 2.0), np.random.standard_normal(), np.random.randint(3, 90)
    b = np.random.exponential(2.0), np.random.gamma(2.5, 1.5), np.random.beta(0.5, 2.0), np.random.poisson(4.0), np.random.poisson(40.0)
    c = (
        np.random.rand(3),
        np.random.randint(0, 9, 4),
        np.random.normal(0.0, 1.0, (2, 2)),
        np.random.lognormal(0.0, 0.5),
        np.random.laplace(),
    )
    d = np.arange(6)
    np.random.shuffle(d)
    return a, b, c, d, np.random.chisquare(3.0), np.random.weibull(1.5), np.random.standard_t(4.0)


@case(1, 42, python=False, why="Numba's streams are its own")
def python_random(seed):
    random.seed(seed)
    a = (
        random.random(),
        random.uniform(1, 3),
        random.gauss(0.5, 2.0),
        random.randint(3, 90),
        random.randrange(2, 50, 3),
        random.getrandbits(40),
    )
    b = (
        random.expovariate(2.0),
        random.gammavariate(0.5, 1.5),
        random.betavariate(0.5, 2.0),
        random.triangular(1.0, 4.0),
        random.paretovariate(3.0),
    )
    return a, b, random.vonmisesvariate(0.5, 1.5), random.lognormvariate(0.0, 0.5), random.weibullvariate(1.0, 1.5)
