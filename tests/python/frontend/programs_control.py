"""Control flow, exceptions and the lines they come from: small functions with arguments to call them with. `note` and `T` log what is done."""

# ruff: noqa
# fmt: off
from __future__ import annotations

from cases import case
from traced import T, note


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
