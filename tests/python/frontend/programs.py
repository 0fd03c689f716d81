"""Small functions with arguments to call them with: the front end's specification by example. `note` and `T` log what is done."""

# ruff: noqa
# fmt: off
from __future__ import annotations

import math
import os.path
from types import FunctionType
from typing import Any, Callable

from traced import T, note

CASES: list[tuple[FunctionType, tuple[tuple[Any, ...], ...]]] = []


def case(*calls: Any) -> Callable[[FunctionType], FunctionType]:
    def register(function: FunctionType) -> FunctionType:
        CASES.append((function, tuple(c if isinstance(c, tuple) else (c,) for c in calls)))
        return function
    return register


# -- scalars and operators

@case(3, 2.5, True)
def negate(x): return -x

@case((7, 2), (7, -2), (-7.5, 2), (1, 0))
def arithmetic(x, y):
    return x + y, x - y, x * y, x / y, x // y, x % y

@case((6, 3), (-1, 2))
def bits(x, y):
    return x & y, x | y, x ^ y, x << y, x >> y, ~x, +x, not x

@case(2, 2.0, -3.0)
def literal_powers(x):
    return x ** 2, x ** -2, x ** 0.5 if x > 0 else 0, x ** -0.5 if x > 0 else 1

@case(())
def folded_constants(): return -0.0, +0.0, 2**64 - 1, 10**18, 1 << 40, ~5, -(-3), not 1, 7 // 2, 1 / 3, -7 % 3

@case(())
def distinct_constants(): return 1, True, 1.0, 0.0, -0.0, 0, False, None, "1", ""

@case((1, 2), (T(1), T(2)), (T(2), T(1)))
def comparisons(x, y): return x < y, x <= y, x > y, x >= y, x == y, x != y

@case(([1, 2],), ((),))
def membership(x): return 1 in x, 1 not in x, x is None, x is not None, x is x

@case((T(1), T(2), T(3)))
def operand_order(a, b, c): return a + b * c - (a - b) // c

@case(T(5))
def nested_parentheses(x): return ((x + 1) * (x - 1)) ** (x & 3)

# -- comparison chains

@case((1, 2, 3), (3, 2, 1), (1, 3, 2), (T(1), T(0), T(2)))
def chain(a, b, c): return a < b < c

@case((1, 2, 3), (3, 2, 1))
def chain_once(a, b, c): return note(a) < note(b) < note(c)

@case((1, 2, 3, 4), (1, 2, 2, 4), (4, 1, 2, 3))
def chain_long(a, b, c, d):
    x = a < b < c < d
    return x

@case((1, 2, 3), (1, 1, 1))
def chain_mixed(a, b, c): return a == b <= c != a

@case((1, 5), (3, 5), (9, 5))
def chain_in_if(x, n):
    if 0 <= note(x - 2) < note(n):
        return "inside"
    return "outside"

# -- boolean operators

@case((0, 5), (1, 5), (T(0), T(1)), (T(1), T(0)))
def and_value(a, b): return a and b

@case((0, 5), (1, 5), (T(0), T(1)), (T(1), T(0)))
def or_value(a, b): return a or b

@case((0, 0, 7), (1, 0, 7), (0, 2, 7), (1, 2, 7), (T(1), T(0), T(0)))
def mixed_bool(a, b, c): return a and b or c, (a or b) and c, not (a and b), not a or not b

@case((1, 2, 3), (0, 2, 3), (0, 0, 3))
def bool_into_own_name(a, b, c):
    a = b and a
    b = a or b or c
    c = not c
    return a, b, c

@case((T(1), T(0)), (T(0), T(0)), (T(1), T(1)))
def bool_in_if(a, b):
    if a and not b or b and not a:
        return 1
    elif not (a or b):
        return 2
    else:
        return 3

@case((T(1), T(0)), (T(0), T(1)))
def bool_with_chain(a, b):
    return a < b < 3 and b or a

@case((0, 1), (1, 0))
def bool_constants(a, b):
    return a and 1, b or 2, 1 and a, 0 or b, True and a, None or b

# -- conditional expressions

@case((0, 5), (1, 5), (T(0), 1), (T(2), 1))
def conditional(c, x): return x if c else -x

@case(-1, 0, 1)
def conditional_nested(x): return "neg" if x < 0 else "zero" if x == 0 else "pos"

@case((1, 0, 1), (0, 1, 1), (0, 1, 0))
def conditional_in_test(a, b, c):
    if b if a else c:
        return 1
    return 0

@case(3, -3)
def conditional_own_name(x):
    x = x + 1 if x > 0 else x - 1
    return x

@case(())
def conditional_constant(): return (1 if True else undefined), (undefined if 0 else 2)

@case((1, 2), (2, 1))
def conditional_argument(a, b): return max(a if a > b else b, note(a), key=(None if a else note))

# -- if

@case(-1, 0, 1)
def if_elif(x):
    if x < 0:
        r = "a"
    elif x == 0:
        r = "b"
    else:
        r = "c"
    return r

@case(0, 1)
def if_without_else(x):
    if x: x = 10
    return x

@case(0, 1)
def if_returns_both(x):
    if x:
        return 1
    else:
        return 2

@case(0, 1)
def if_unset(x):
    if x:
        y = 1
    return y

@case(1)
def dead_code(x):
    if 0:
        x = undefined
    if 1:
        y = x
    else:
        y = undefined
    while 0:
        undefined()
    return y
    x = undefined

@case(0, 1, 2)
def truthiness(x):
    r = 0
    if x: r += 1
    if not x: r += 2
    if x - 1: r += 4
    if x == 2: r += 8
    return r

# -- loops

@case(0, 1, 10)
def sum_range(n):
    s = 0
    for i in range(n):
        s += i
    return s

@case((3, 4), (0, 4), (4, 0))
def nested_loops(n, m):
    s = 0
    for i in range(n):
        for j in range(m):
            if j > i: break
            if (i + j) % 2: continue
            s += i * j + 1
        else:
            s += 100
    return s, s + 1

@case(0, 1, 7, 27)
def collatz(n):
    steps = 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps

@case(3, 20)
def while_true(n):
    i = 0
    while True:
        i += 1
        if i > n: break
        if i % 2: continue
        if i == 10: return "ten"
    return i

@case(3, 20)
def while_one(n):
    while 1:
        n -= 1
        if n < 0: return n

@case(2, 5, 9, 25, 13)
def for_else(n):
    for d in range(2, n):
        if n % d == 0:
            break
    else:
        return True
    return d

@case(2, 5)
def while_else(n):
    i = 0
    while i < n:
        i += 1
        if i == 4: break
    else:
        return "whole", i
    return "broken", i

@case(5)
def loop_variable_after(n):
    for i in range(n): pass
    return i

@case(0)
def loop_variable_unset(n):
    for i in range(n): pass
    return i

@case(4)
def loop_variable_changed(n):
    s = ()
    for i in range(n):
        i *= 10
        s += (i,)
    return s

@case(T(3))
def iterate_traced(t):
    for x in t:
        x + 1
    return x

@case(([(1, 2), (3, 4)],), ([(1, 2), (3,)],))
def unpack_in_for(pairs):
    s = 0
    for a, b in pairs:
        s += a * b
    return s

@case(([(0, (1, 2)), (1, (3, 4))], [0, 0]))
def unpack_in_for_nested(pairs, out):
    for i, (a, out[i]) in pairs:
        a += 1
    return a, out

@case(([5, 6, 7], [0]))
def subscript_as_loop_target(items, out):
    for out[0] in items:
        note(out[0])
    return out

@case((5,))
def break_in_else(n):
    for i in range(n):
        for j in range(n):
            pass
        else:
            break
        return "no"
    return i, j

@case(3)
def continue_in_while_else(n):
    k = 0
    while k < n:
        k += 1
        while True:
            break
        else:
            continue
        note(k)
    return k

@case((10, 3))
def while_with_and(n, m):
    i = 0
    while i < n and (i != m or note(0)):
        i += 1
    return i

@case((T(2), T(1)))
def while_traced(a, b):
    while a and not b < 1:
        a -= 1
    return a

@case(3)
def deep(n):
    c = 0
    for i in range(n):
        while c < 100:
            for k in range(i + 1):
                if k == 2: break
                c += 1
                if c % 7 == 0: break
            else:
                if c > 50: break
                continue
            c += 3
    return c

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

# -- indexing

@case(([1, 2, 3], -1), ([1, 2, 3], 3), ((4,), 0))
def index(a, i): return a[i]

@case(T(1))
def slices(t): return t[:], t[1:], t[:2], t[::3], t[1:2], t[1:2:3], t[-1:], t[::-1]

@case((T(1), T(2)))
def tuple_index(t, i): return t[i, 0], t[i, 1:, ::2], t[(i, 0)], t[i,], t[()]

@case((T(1), T(2)))
def slice_order(t, i): return t[note(1):note(2):note(3)], t[note(i), note(4):]

@case(([[1, 2], [3, 4]], 1, 0))
def index_chain(a, i, j):
    a[i][j] += a[j][i]
    a[j][i] = a[i][j] + 1
    return a

@case(([0, 1, 2, 3],))
def slice_assignment(a):
    a[1:3] = [9]
    return a

# -- attributes

@case(T(1))
def attributes(t): return t.a, t.bb.ccc, t.method(1).d

@case(2.5)
def module_attributes(x): return math.pi, math.sqrt(x), os.path.sep, math.floor(x).real

@case(T(3))
def attribute_of_call(t): return t.f(t.g)(t.h).i[t.j].k

# -- calls

@case((T(1), T(2)))
def call_order(f, x): return note(f)(note(x), note(2), k=note(3), l=note(4))

@case(T(1))
def call_nothing(f): return f(), f()()

@case((3, 5))
def call_keywords(x, y): return max(x, y, key=abs), round(number=x, ndigits=None), int("11", base=2)

@case(())
def call_builtin(): return len((1, 2)), abs(-3), min(1, 2), float(3), bool(0), int(2.5), round(2.675, 2)

@case((1,))
def call_error(x):
    y = x
    return len(
        x)

@case((), (5,), (5, 6))
def defaults(a=1, b=-2.5): return a, b

@case((), (0,))
def defaults_all(a=None, b="text", c=(1, (2.0, False)), d=True): return a, b, c, d

@case((1, 2))
def positional_only(a, b, /, c=3): return a, b, c

@case(6)
def recursive(n): return 1 if n < 2 else n * recursive(n - 1)

# -- tuples and lists

@case((1, 2))
def displays(a, b): return (a, b), [a, b], (a,), [(a, [b])], (), []

@case(())
def display_order(): return note(1), [note(2), (note(3), note(4))], note(5)

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

# -- raise and assert

@case(0, 1, 2, 3, 4)
def raises(x):
    if x == 0:
        raise ValueError
    if x == 1:
        raise ValueError()
    if x == 2:
        raise IndexError("text", x, 2.5)
    if x == 3:
        raise KeyError(x) from None
    return x

@case((T(1),))
def raise_order(t):
    raise ValueError(note(1), note(t), t + 1)

@case(0, 1)
def asserts(x):
    assert x
    return x

@case(0, 1)
def asserts_message(x):
    assert x > 0, note(x)
    assert not (x and x < 0) and x != 5, "never"
    return x

@case((1,))
def assert_false(x):
    assert False, "stop"

@case((1, 0))
def division_line(x, y):
    a = 1
    b = (a +
         x / y)
    return b

@case((T(1),))
def many_lines(t):
    return t.a(
        1,
        note(2),
    ).b[
        "x"
    ](
        [0][1])

@case((1,))
def method_line(x):
    y = (note
         (x)
         .real
         .missing)
    return y

@case(([1],))
def subscript_line(a):
    b = (
        a[0] +
        a[1]
    )
    return b

@case(([1],))
def store_line(a):
    a[
        5
    ] = (
        7)

@case(([1],))
def augmented_line(a):
    a[0] += (
        a
        [3])

@case(((1, 2, 3),))
def unpack_line(a):
    x = 1
    (x,
     y) = a

# -- returns

@case(())
def implicit_none(): pass

@case(1)
def bare_return(x):
    if x: return
    return 1

@case(())
def docstring_only():
    """Says nothing."""

@case(1)
def constants_as_statements(x):
    "text"
    3
    None
    x
    return x

# -- names

@case(2)
def unicode_names(é): return é * ﬁ

ﬁ = 7

@case(())
def undefined_name(): return nowhere

@case((1,))
def undefined_local(x):
    y = z
    z = x
    return y

@case(())
def debug(): return __debug__ and 1

def _outer():
    captured = 5
    module = math
    @case(2)
    def closure(x): return x + captured, module.pi
    @case(3)
    def closure_recursive(n): return n and closure_recursive(n - 1) + 1
    return closure

_outer()

class Class:
    __private = 3

    @case(4)
    def method(self, __y=2):
        __z = self + __y
        return __z

    @staticmethod
    @case(T(4))
    def private_attribute(x):
        return x.__private

lambdas = [case(2)(lambda x: x + 1), case(3)(lambda x: x * 2), case(())(lambda: None)]
case((1, 2))(lambda x, y=-1.5: (x
    + y))
case((0,), (3,))(
    lambda x: x and
    note(x) or
    -1)
case((3,))(lambda x: [0, 1, 2][
    x])
