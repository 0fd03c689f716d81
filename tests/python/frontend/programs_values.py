"""Values, operators, calls, indexing: small functions with arguments to call them with. `note` and `T` log what is done."""

# ruff: noqa
# fmt: off
from __future__ import annotations

import math
import os.path

from cases import case
from traced import T, note


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
