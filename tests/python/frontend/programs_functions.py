"""Functions inside functions, comprehensions, starred calls and targets, `del`."""

# ruff: noqa
# fmt: off
from __future__ import annotations

from cases import case
from traced import T, note


def three(x, y, z): return (x, y, z)

@case((1, (2, 3)), (T(1), (T(2), T(3))))
def starred_call(a, t): return three(a, *t), three(*t, a), three(*(a, a), a)

@case((1, (2, 3)))
def starred_order(a, t): return three(note(a), *(note(t[0]),), note(t[1]))

@case((1, (2, 3)), (1, ()))
def starred_display(a, t): return (a, *t), (*t, a), (*t, *t), (*t,)

@case(((1, 2, 3),), ((1, 2),), ((1,),), ((),))
def starred_target(t):
    a, *b, c = t
    return a, b, c

@case(((1, 2, (3, 4)),))
def starred_nested(t):
    (a, *b), *(c, d) = t[1:], *t[:2]
    return a, b, c, d

@case([1, 2, 3], [])
def comprehension(x): return [note(i) * 2 for i in x]

@case([1, 2, 3])
def comprehension_with_conditions(x):
    i = 7
    y = [i * j for i in x if i != 2 for j in (i, note(10)) if i < 3 if j]
    return y, i

@case([(1, 2), (3, 4)])
def comprehension_unpacks(x): return [b - a for a, b in x]

@case([[1, 2], [3]])
def comprehension_nested(x): return [[i + 1 for i in row] for row in x]

@case(3, 0)
def deletes(x):
    y = x
    if x:
        del y
    return y

@case([1, 2, 3])
def deletes_elements(x):
    del x[0], x[-1]
    return x

@case(5, 2.5)
def inner_function(x):
    def add(y, z=2):
        """Adds."""
        return x + y + z
    return add(1), add(1, 3), add(z=1, y=2)

@case(5)
def lambdas(x):
    f, g = (lambda y: x + y), lambda y: x - y
    return f(1), g(1), (lambda: x)()

@case(5)
def inner_of_inner(x):
    def outer(y):
        return (lambda z: (x, y, z))(3)
    return outer(2)

@case(3)
def passes_a_function(x):
    def twice(f, y): return f(f(y))
    return twice(lambda y: y * x, 2)

@case(1, 2.5)
def raises_text(x):
    raise ValueError(f"{{bad}} {x} is {x + 1!r} or {x:6.2f}", "%s" % x, "%d %s" % (x, "y"))

@case(1, -1)
def asserts_text(x):
    assert x > 0, f"{x} is not positive"
    return x
