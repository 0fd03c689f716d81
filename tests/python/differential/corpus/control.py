"""Loops, break, continue, else; variables whose types change."""

import numpy as np

from differential.case import case


@case(0, 1, 10)
def sum_to(n):
    s = 0
    for i in range(n):
        s += i
    return s


@case((0, 10), (3, 8), (5, 5), (8, 3))
def range_two(a, b):
    s = 0
    for i in range(a, b):
        s += i * i
    return s


@case((0, 10, 3), (10, 0, -3), (0, 10, -1), (5, 5, 1), (0, 1, 5), (0, 10, 0))
def range_three(a, b, c):
    s = 0
    n = 0
    for i in range(a, b, c):
        s = s * 10 + i
        n += 1
    return s, n


@case(10, 0)
def loop_variable_after(n):
    i = -1
    for i in range(n):
        pass
    return i


@case(10)
def changes_loop_variable(n):
    s = 0
    for i in range(n):
        i += 5
        s += i
    return s


@case(20)
def break_continue(n):
    s = 0
    for i in range(n):
        if i % 3 == 0:
            continue
        if i > 13:
            break
        s += i
    return s


@case(5, 50)
def for_else(n):
    for i in range(2, n):
        if i * i == 36:
            r = i
            break
    else:
        r = -1
    return r


@case(27, 1, 97)
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n //= 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


@case(5, 0)
def while_else(n):
    k = 0
    while k < n:
        k += 1
        if k == 10:
            break
    else:
        k = -k
    return k


@case(7)
def while_true(n):
    k = 0
    while True:
        k += 1
        if k * k > n:
            return k


@case((5, 4), (0, 4))
def nested_loops(n, m):
    t = 0
    for i in range(n):
        for j in range(m):
            if j > i:
                break
            if (i + j) % 2:
                continue
            t += i * 10 + j
    return t


@case(6)
def triangle(n):
    t = 0
    for i in range(n):
        for j in range(i, n, 2):
            t += i ^ j
    return t


@case(0, 3)
def integer_becomes_float(n):
    x = 1
    for i in range(n):
        x = x + 0.5
    return x


@case(4, 1)
def retyped(n):
    x = n
    a = x + 1
    x = x / 2
    b = x + 1
    x = n > 2
    return a, b, x


@case(True, False)
def two_types_meet(c):
    if c:
        x = 1
    else:
        x = 2.5
    return x * 2


@case(True, False)
def boolean_meets_integer(c):
    x = c
    if c:
        x = 7
    return x


@case((10, 3), (48, 36), (17, 5))
def euclid(a, b):
    while b:
        a, b = b, a % b
    return a


@case(10, 1)
def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


@case(30)
def primes_below(n):
    count = 0
    for k in range(2, n):
        for d in range(2, k):
            if k % d == 0:
                break
        else:
            count += 1
    return count


@case(100)
def early_return(n):
    for i in range(n):
        for j in range(n):
            if i * j == 42:
                return i, j
    return -1, -1


@case(8)
def nested_while(n):
    total = 0
    i = 0
    while i < n:
        j = i
        while j > 0:
            j -= 2
            if j == 3:
                break
            total += j
        i += 1
    return total


@case((3, 2.5), (2, 1))
def swap(a, b):
    a, b = b, a
    return a - b


@case((1, 2, 3))
def rotate(a, b, c):
    a, b, c = c, a, b
    (a, b), c = (b, c), a
    return a, b, c


@case(5)
def accumulators(n):
    s, p, x = 0, 1, 0.0
    for i in range(1, n + 1):
        s += i
        p *= i
        x += 1 / i
    return s, p, x


@case(1.0, 2.0, 1e-10)
def newton(x):
    y = x
    for _ in range(50):
        z = 0.5 * (y + x / y)
        if abs(z - y) < 1e-15 * z:
            break
        y = z
    return y


@case(0)
def nothing(x):
    pass


@case(3, 30)
def one_path_returns(x):
    if x > 10:
        return x
    return 0


@case(5)
def del_free_scopes(n):
    t = 0
    for k in range(n):
        if k % 2:
            v = k
        else:
            v = -k
        t += v
    return t, v


@case(np.arange(9), np.array([1, 7, 7]), np.array([7]))
def none_before_the_first_round(a):
    """In the first of two rounds places are counted, in the second they are written to."""
    found = None
    count = 0
    for second in range(2):
        k = 0
        while k < a.size and a[k] != 7:
            if second == 1:
                found[k] = a[k] + 0.5
            k += 1
        if second == 0:
            count = k
            found = np.zeros(count)
    return count, found


@case(7, 1, 0)
def best_so_far(n):
    best = None
    for i in range(n):
        value = i * 7 % 5
        if i == 0 or value > best:
            best = value
    return best


@case((np.zeros(3), False), (np.zeros(3), True))
def none_in_the_first_round(a, at_once):
    held = None
    for i in range(3):
        if i > 0 or at_once:
            held[i] = i
        held = a
    return a.sum()


@case((1, 2.5), (7, 2.5), (True, 0.75), (np.int8(1), np.float32(1.5)), (2, 1), (1.5, 2 + 1j))
def loop_at_the_start(x, step):
    """A parameter that becomes another type in a loop before anything else."""
    while abs(x) < 5:
        x += step
    return x


@case((1, 2.5), (9, 2.5))
def endless_loop_at_the_start(x, step):
    while True:
        if x > 5 and x != 7:
            return x
        x = x + step


@case((np.arange(5.0), 3), (np.arange(4.0), 0))
def arrays_at_the_start(a, n):
    while n > 0:
        a = a * 1.5 + 1
        n -= 1
    return a


@case((2, 0.5), (0, 2.0))
def loops_within_at_the_start(n, x):
    while n < 6:
        while x < n:
            x = x * 2 + 1
        n += x
    return n, x


@case(np.uint8(3), np.uint32(2), np.int8(-3), python=False, why="NumPy's numbers keep their width")
def settled_before_what_follows(x):
    """What comes after the loop is typed once the loop is: abs() of uint8 is another type than of the int64 that x becomes."""
    while x > -9 and x < 6:
        x += np.int16(2)
    return ~abs(x)
