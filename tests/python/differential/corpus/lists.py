"""Lists: made, changed, gone through, passed in and returned."""

import heapq

import numpy as np

from differential.case import case


@case(0, 1, 7)
def grows(n):
    found = []
    for i in range(n):
        if i % 3 != 1:
            found.append(i * i)
    total = 0
    for x in found:
        total = total * 3 + x
    return total, len(found)


@case(3, 0)
def widens(n):
    found = [1]
    for i in range(n):
        found.append(i + 0.5)
    return found[0] / 2, found[-1]


@case((1, 2), (2.5, 1))
def literals(a, b):
    x = [a, b, 1]
    y = [(a, 1), (b, 2)]
    return x[0], x[-1], x[1] + x[2], y[1][0], len(y), y[-2]


@case(0, 2, -1, -3, 3, -4)
def index(k):
    x = [10, 20, 30]
    return x[k]


@case(0, 2, -1, -3, 3, -4)
def item_assigned(k):
    x = [10, 20, 30]
    x[k] = 5
    x[k] += 2
    return x[0] * 100 + x[1] * 10 + x[2]


@case((4, 1), (4, -1), (1, 0), (0, 0), (2, 5))
def popped(n, k):
    x = list(range(n))
    y = x.pop()
    z = x.pop(k)
    return y, z, len(x)


@case(2, 0, -1, 9, -9)
def inserted(k):
    x = [1, 2, 3]
    x.insert(k, 7)
    total = 0
    for v in x:
        total = total * 10 + v
    return total


@case()
def methods():
    x = [3, 1, 2, 1]
    y = x.copy()
    x.extend(y)
    x.extend((9, 8))
    x.remove(1)
    where, many = x.index(1), x.count(1)
    y.reverse()
    z = [5.5]
    z.clear()
    z.append(1.5)
    return x, y, z, where, many


@case(1, 9)
def search_fails(v):
    x = [1, 2, 3]
    return x.index(v)


@case(1, 9)
def remove_fails(v):
    x = [1, 2, 3]
    x.remove(v)
    return len(x)


@case((1, 4, 1), (None, None, None), (None, None, -1), (-2, None, None), (5, 0, -2), (None, None, 0))
def sliced(a, b, c):
    x = [0, 1, 2, 3, 4, 5]
    return x[a:b:c], x[:]


@case(0, 2, 3)
def slices_assigned(k):
    x = [0, 1, 2, 3, 4, 5]
    x[k : k + 1] = [7, 8, 9]
    x[:0] = [k]
    y = x[1:]
    y[::2] = [0] * len(y[::2])
    return x, y


@case(0, -1, 1, 7, numba=False, native=False, why="Numba deletes slices alone")
def deleted(k):
    x = [0, 1, 2, 3, 4, 5]
    del x[k]
    y = x[:]
    del y[1:3]
    return x, y


@case((2, 5), (0, 1.5), (-1, 2))
def repeated_and_joined(n, v):
    x = [v] * n
    return x, x + [v, v], 2 * [0.0]


@case(np.array([3.0, 1.0, 2.0]))
def of_arrays(a):
    rows = [a, a[1:], a * 1.0 if False else a.copy()]
    rows.append(np.zeros(2))
    rows[0][0] = 9.0
    total = 0.0
    for r in rows:
        total += r.sum()
    return rows, total


@case()
def sorts():
    x = [3, -1, 2]
    x.sort()
    y = [2.5, -1.0, 7.0]
    y.sort(reverse=True)
    return x, y, sorted([3, 1, 2]), sorted((2.5, 1.5))


@case(np.array([4, 2, 9]))
def sorts_what_loops(a):
    return sorted(a), sorted(a, reverse=True), list(a)


@case()
def sorts_tuples():
    return sorted([(2, 1.5), (1, 2.5), (2, 0.5)])


@case(3, 5, 0)
def comprehensions(n):
    squares = [i * i for i in range(n)]
    pairs = [(i, j) for i in range(n) if i % 2 == 0 for j in range(i)]
    total = 0
    for x in squares:
        total += x
    for i, j in pairs:
        total += i * j
    return total, len(pairs), sum(squares)


@case(4)
def nested_comprehensions(n):
    return [[i * j for j in range(i)] for i in range(1, n)]


@case(2, 5)
def contains(v):
    x = [1, 2, 3]
    return v in x, v not in x, v + 0.0 in x


@case(0, 3)
def truth(n):
    x = [i for i in range(n)]
    if x:
        return len(x)
    return -1 if not x else -2


@case(4, numba=False, native=False, why="Numba has no reversed")
def turned_round(n):
    total = 0
    for x in reversed([i * 2 for i in range(n)]):
        total = total * 3 + x
    for x in reversed((1, n, 3)):
        total = total * 3 + x
    for x in reversed(np.arange(n)):
        total = total * 3 + x
    return total


@case(4)
def other_loops(n):
    total = n * 1.0
    for i, x in enumerate([1.5, 2.5]):
        total += i * x
    for x, y in zip([1, 2, 3], [4, 5]):
        total += x * y
    return total


@case(5)
def grows_while_gone_through(n):
    x = [n]
    for v in x:
        if v > 0:
            x.append(v - 1)
    return len(x)


@case([1, 2, 3], [5])
def passed_in(x):
    x.append(len(x))
    x[0] = -x[0]
    total = 0
    for v in x:
        total += v
    return total


@case([1.5, 2.5])
def returned_as_it_came(x):
    x.append(1.0)
    return x


@case([(1, 2.0), (3, 4.0)])
def passed_tuples(x):
    x.append((7, 8.0))
    return x[0][0] + x[-1][1]


def filled(x, n):
    for i in range(n):
        x.append(i)


@case(3)
def handed_on(n):
    x = [n]
    filled(x, n)
    y = x
    y.append(100)
    return len(x), x[-1], x[0]


@case(0, 5, 12)
def heaps(n):
    x = [(i * 7) % 11 for i in range(n)]
    heapq.heapify(x)
    heapq.heappush(x, 4)
    total = heapq.heappushpop(x, 3) + heapq.heapreplace(x, 20)
    where = x[-1]
    while x:
        total = total * 2 + heapq.heappop(x)
    return total, where


@case(4)
def heaps_of_tuples(n):
    x = [(2.5, n)]
    for i in range(n):
        heapq.heappush(x, (i * 1.5 % 2.0, i))
    a, b = heapq.heappop(x)
    return a, b, x[0][1]


@case(1)
def empty_heap(n):
    x = [n]
    heapq.heappop(x)
    return heapq.heappop(x)


@case(3, 6)
def looked_through_before_it_is_filled(n):
    stack = [n]
    seen = []
    total = 0
    while stack:
        v = stack.pop()
        for x in seen:
            total += x
        if v in seen:
            continue
        seen.append(v)
        if v > 0:
            stack.append(v - 1)
            stack.append(v // 2)
    return total, len(seen)
