"""Operators on integers, floats and booleans."""

from differential.case import case

INTEGERS = (7, -7, 0, 1, 2**62, -(2**62))
FLOATS = (2.5, -2.5, 0.0, -0.0, 1e300, float("inf"), float("nan"))
PAIRS = ((7, 2), (-7, 2), (7, -2), (-7, -2), (7.5, 2.0), (-7.5, 2.0), (7, 2.5), (2.5, 7), (True, 3), (False, 2.5))
LARGE = ((2**62, 2**62), (-(2**63), 2**62))
WRAPS = "px wraps at 64 bits, as Numba does"


@case(*PAIRS)
def add(a, b):
    return a + b


@case(*LARGE, python=False, why=WRAPS)
def add_wraps(a, b):
    return a + b


@case(*PAIRS)
def subtract(a, b):
    return a - b


@case(*PAIRS)
def multiply(a, b):
    return a * b


@case((2**40, 2**40), (3**30, 3**30), python=False, why=WRAPS)
def multiply_wraps(a, b):
    return a * b


@case(*PAIRS, (1, 0), (1.0, 0.0), (0, 0))
def divide(a, b):
    return a / b


@case(*PAIRS, (1, 0), (1.5, 0.0), (float("inf"), 2.0), (5.0, float("inf")), (-5.0, float("inf")), (-0.0, 3.0))
def floor_divide(a, b):
    return a // b


@case((-(2**63), -1), python=False, why="the one quotient that does not fit is 0, as in Numba")
def floor_divide_overflows(a, b):
    return a // b


@case(*PAIRS, (1, 0), (1.5, 0.0), (5.0, float("inf")), (-5.0, float("inf")), (-6.0, 3.0))
def modulo(a, b):
    return a % b


@case(*INTEGERS, *FLOATS, True)
def negate(a):
    return -a


@case(*INTEGERS, *FLOATS, True)
def plus(a):
    return +a


@case(*INTEGERS)
def invert(a):
    return ~a


@case((6, 3), (-6, 3), (True, False), (True, 6))
def bits(a, b):
    return a & b, a | b, a ^ b


@case((1, 0), (1, 5), (-9, 2), (3, 61))
def shifts(a, b):
    return a << b, a >> b


@case((1, -1), (1, 64), python=False, numba=False, why="a shift count outside 0 … 63 is a ValueError in px and undefined in Numba")
def shift_out_of_range(a, b):
    return a << b


@case((2, 10), (-3, 3), (5, 0), (0, 0))
def integer_power(a, b):
    return a**b


@case((2, -1), (1, -5), (-1, -3), python=False, why="an integer to a negative power is an integer here, as in Numba")
def integer_negative_power(a, b):
    return a**b


@case(
    (2.5, 3),
    (2.5, -3),
    (0.0, 5),
    (-1.5, 7),
    (1.1, 100000),
    (1.1, 70),
    python=False,
    why="integer powers are products here, as in Numba; the last bits differ",
)
def float_integer_power(a, b):
    r = 1.0
    r = a**b
    return r


@case((2.0, 0.5), (2.0, 1.5), (9.0, -0.5), (0.0, 0.5), (2, 0.5))
def float_power(a, b):
    return a**b


@case(3, -3, 2.5, -1.25)
def constant_powers(a):
    return a**0, a**1, a**2, a**3, a**4, a**7


@case(4.0, 2.0, 10.0)
def constant_real_powers(a):
    return a**0.5, a**2.0, a**-0.5, a**-1, a**-2


@case(3, 2.5)
def augmented(a):
    x = a
    x += 2
    x *= 3
    x -= 1
    x //= 2
    x %= 5
    return x


@case(3, 2.5)
def augmented_changes_type(a):
    x = a
    x /= 2
    x **= 2
    return x


@case(12)
def augmented_bits(a):
    a <<= 3
    a |= 5
    a &= 109
    a ^= 3
    a >>= 1
    return a


@case((3, 4.5), (-1, 0.0))
def polynomial(x, y):
    return 3 * x * x - 2 * x * y + y / 4 + 1


@case((1, 2, 3), (1.5, 2, 3), (True, 2, 3))
def mixed(a, b, c):
    return a * b + c / b - a % c + b // c


@case(5, -5, 0, 2.5, -2.5, True)
def absolute(x):
    return abs(x) + 0


@case((1, 2), (2, 1), (1.5, 2), (2, 1.5), (float("nan"), 1.0), (1.0, float("nan")), (0.0, -0.0))
def extremes(a, b):
    return min(a, b) + 0.0, max(a, b) + 0.0


@case((1, 2.5, 3), (3, 2.5, 1))
def extremes_of_three(a, b, c):
    return min(a, b, c), max(a, b, c)


@case(0.5, 1.5, 2.5, -0.5, 2.4, -2.6, 1e15)
def rounding(x):
    return round(x)


@case(
    (2.675, 2),
    (1234.5678, -2),
    (0.5, 0),
    (1e22, 2),
    (float("inf"), 2),
    python=False,
    why="round(x, n) scales, rounds and scales back, as in Numba",
)
def rounding_digits(x, n):
    return round(x, n)


@case((7, 2), (-7, 2), (7.5, 2.0), (-7.5, 2.0), (7, 0))
def quotient_and_rest(a, b):
    return divmod(a, b)


@case(2.9, -2.9, 3, True)
def conversions(x):
    return int(x) + 0, bool(x)


@case(2.5, 3)
def to_float(x):
    return float(x)


@case((2, 3), (2.0, 3))
def power_function(x, y):
    return pow(x, y)


@case(2**63 - 1, -(2**63), 5, python=False, numba=False, why="integers wrap; Numba lets LLVM assume that they do not overflow")
def overflow_is_seen(x):
    return x + 1 < x, x - 1 > x, x * 2 // 2 == x, abs(x) < 0


@case(1, 2**62, python=False, numba=False, why="integers wrap; Numba lets LLVM assume that they do not overflow")
def hash_wraps(x):
    h = x
    for i in range(20):
        h = h * 6364136223846793005 + i
        if h < 0:
            h = -h
    return h
