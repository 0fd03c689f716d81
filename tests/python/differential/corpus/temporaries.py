"""Arrays made in loops: what a round has made goes with it, what is needed later stays."""

import numpy as np

from differential.case import case


@case(0, 1, 50)
def dropped(n):
    total = 0.0
    for i in range(n):
        t = np.full(16, i + 0.5)
        total += t[i % 16]
    return total


@case(0, 1, 40)
def the_last_one_is_used_after_the_loop(n):
    t = np.zeros(3)
    for i in range(n):
        t = np.full(3, float(i))
    return t


@case(0, 1, 2, 41)
def two_change_places(n):
    a, b = np.zeros(4), np.ones(4)
    for i in range(n):
        c = np.full(4, float(i))
        c[0] = a[0] + b[1]
        a, b = b, c
    return a, b


@case((10, 3), (10, 20), (0, 0))
def left_by_break(n, k):
    t = np.zeros(2)
    found = -1.0
    for i in range(n):
        t = np.full(2, float(i))
        if i == k:
            found = t[1]
            break
    return t, found


@case(5, 0)
def returned_out_of_the_loop(n):
    for i in range(10):
        t = np.full(3, i)
        if i == n:
            return t
    return np.zeros(3, np.int64)


@case(7)
def loops_in_loops(n):
    out = np.zeros(n)
    for i in range(n):
        row = np.full(n, float(i))
        for j in range(n):
            t = np.full(2, row[j] + j)
            if j == 3:
                continue
            row[j] = t[0] + t[1]
        k = 0
        while k < n:
            u = np.zeros(k + 1)
            u[k] = row[k]
            out[i] += u[k]
            k += 1
    return out


def temporaries(x):
    t = np.full(5, x)
    u = np.full(5, x + 1)
    return t[0] * u[4]


def made(x):
    return np.full(3, x)


@case(30)
def made_in_callees(n):
    total = 0.0
    for i in range(n):
        total += temporaries(i * 1.0) + made(i * 2.0)[1]
    return total


@case(np.arange(6.0))
def handed_through_a_callee(a):
    kept = a
    for i in range(20):
        t = np.full(3, 1.0)
        kept = passed_on(a, t)
    return kept, kept[2]


def passed_on(a, t):
    a[2] += t[1]
    return a


@case(np.arange(12.0))
def views_of_temporaries(a):
    total = 0.0
    for i in range(10):
        t = np.full(12, float(i))
        v = t[2:8]
        w = v[::2]
        w[1] = a[i]
        total += v[2] + w[0]
    return total


@case(9)
def in_a_tuple(n):
    pair = (np.zeros(2), 1)
    for i in range(n):
        t = np.full(2, float(i))
        pair = (t, i)
    return pair[0], pair[1]


@case(20)
def walked_over(n):
    total = 0.0
    for i in range(n):
        for x in np.full(4, i * 0.5):
            total += x
    return total


@case(6)
def made_before_and_changed_inside(n):
    kept = np.zeros(n)
    for i in range(n):
        t = np.full(n, float(i))
        for j in range(n):
            kept[j] += t[j]
    return kept


@case((8, True), (8, False))
def made_on_one_way(n, often):
    t = np.full(2, -1.0)
    for i in range(n):
        scratch = np.full(2, float(i))
        if often and i % 3 == 0:
            t = scratch
    return t


@case(12)
def grows(n):
    a = np.zeros(1)
    for i in range(n):
        b = np.zeros(a.size + 1)
        for j in range(a.size):
            b[j] = a[j]
        b[a.size] = i
        a = b
    return a
