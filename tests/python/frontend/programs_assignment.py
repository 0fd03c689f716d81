"""Assignments and the order in which they happen: small functions with arguments to call them with. `note` and `T` log what is done."""

# ruff: noqa
# fmt: off
from __future__ import annotations

from cases import case
from traced import T, note


# -- assignment

@case((1, 2))
def swap(a, b):
    a, b = b, a
    return a, b

@case((1, 2, 3))
def rotate(a, b, c):
    a, b, c = b, c, a
    return a, b, c

@case(10)
def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

@case(([1, 2, 3], 0, 2))
def swap_elements(a, i, j):
    a[i], a[j] = a[j], a[i]
    return a

@case(([1, 2, 3], 0))
def index_assigned_first(a, i):
    i, a[i] = 1, "x"
    return i, a

@case(([1, 2, 3], 0))
def index_assigned_last(a, i):
    a[i], i = "x", 1
    return i, a

@case(([1, 2, 3], 0, (1, "x")))
def index_assigned_in_unpack(a, i, t):
    i, a[i] = t
    a[i], i = t
    return i, a

@case(((1, 2),), ((1, 2, 3),), ((1,),))
def unpack(t):
    a, b = t
    return a - b

@case(((1, 2),))
def unpack_own_name(x):
    x, y = x
    return x, y

@case(((1, (2, 3), [4]),))
def unpack_nested(t):
    a, (b, c), [d] = t
    return a, b, c, d

@case(((1, 2),))
def unpack_twice_same(t):
    a, a = t
    b, b = 3, 4
    return a, b

@case(((1, 2), 3))
def unpack_nested_pairwise(t, u):
    (a, b), c = t, u
    c, (b, a) = a, (c, b)
    return a, b, c

@case(5)
def chained(x):
    a = b = c = x + note(1)
    return a, b, c

@case(((1, 2),))
def chained_unpack(x):
    a, b = x = y = x
    x, b = z = x
    return a, b, x, y, z

@case(([0, 0, 0], 1))
def chained_subscripts(a, i):
    i = a[i] = 2
    a[0] = i = a[i] = 1
    return a, i

@case((T(1), T(2), T(3)))
def assignment_order(a, b, c):
    a[note(0)], b[note(1)] = note(c), note(4)
    a[note(2)] = b[note(3)] = note(5)

@case(3)
def annotated(x: int) -> Undefined:
    y: Nothing = x + 1
    z: int
    (w): int = 4
    return y + w

@case(([1, 2],))
def annotated_subscript(a):
    a[0]: int = note(7)
    return a

@case((1, 2, 3))
def swap_with_constants(a, b, c):
    a, b, c = 1, a, 2
    return a, b, c

@case((1, 2))
def list_display_targets(a, b):
    [a, b] = [b, a]
    (c, d) = [a, b]
    return a, b, c, d

@case(())
def empty_tuples():
    x = ()
    () = x
    [] = ()
    return x, []

@case((3, 4))
def pairwise_calls(a, b):
    x, y = note(a) + 1, note(b) + 1
    x, y = note(x), note(x)
    return x, y

@case((1, 2, 3))
def pairwise_conditional(a, b, c):
    a, b, c = (b if a > 1 else c), (a and b), a < b < c
    return a, b, c

# -- augmented assignment

@case((5, 3), (T(5), T(3)))
def augmented_all(x, y):
    x += y; x -= 1; x *= y; x //= 2; x %= 7; x **= 2; x <<= 1; x >>= 1; x |= 8; x &= 15; x ^= 3
    return x

@case((6.0, 4))
def augmented_div(x, y):
    x /= y
    return x

@case(([1, 2, 3], 1))
def augmented_subscript(a, i):
    a[i] += 5
    a[note(i - 1)] *= note(3)
    a[a[0] - 3 - i] -= 1
    return a

@case((T(1), T(2)))
def augmented_traced(a, b):
    a[note(b)] += note(b + 1)
    a[1:b, 2] -= b
    return a

@case(([1],))
def augmented_keeps_identity(x):
    y = x
    x += [2]
    return x, y, x is y

@case((1,))
def augmented_unset(x):
    y += x
    return y

# -- walrus

@case(5)
def walrus(x):
    return (y := x + 1) * y, y

@case((1, 2))
def walrus_operands(x, y):
    return x + (x := 10), (x := 3) + x, x * (x := 4) * x, note(x) + (x := 5)

@case((1, 2))
def walrus_call(x, y):
    return max(x, (x := 10), x, (x := 0)), x

@case((1, 2))
def walrus_chain(x, y):
    return x < (x := 5) < (x := 7), y < y < (y := 3), x, y

@case(([1, 2, 3], 0))
def walrus_subscript(a, i):
    a[i] = (i := 1)
    a[i] += (i := 2)
    a[(i := 0)] += i
    return a[i], a[i] + a[(i := 2)], a[i:(i := 3)], a, i

@case((1, 2))
def walrus_augmented(x, y):
    x += (x := 5)
    return x

@case((1, 2))
def walrus_pairwise(x, y):
    x, y = y, (y := 7)
    a, b = x, (x := 8)
    return x, y, a, b

@case((0, 3), (1, 3))
def walrus_in_tests(x, n):
    while (n := n - 1) > 0:
        if x and (x := x - 1) == 0: note(x)
    return (y := x) or y, (z := n) if x else n

@case((1,))
def walrus_displays(x):
    return [x, (x := 2), x], (x, (x := 3), x)

@case((T(1),))
def walrus_function(f):
    return f(f := note(f.a), f)

@case((1,))
def walrus_raise(x):
    raise ValueError(x, (x := 2), x)

@case(([1, 2], 0))
def walrus_assign_value(a, x):
    a[(x := 1)] = x
    b = a[x] = x
    a[(x := 0)]: int = x
    return a, b
