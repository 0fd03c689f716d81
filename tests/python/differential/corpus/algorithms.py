"""Small programs on integers and arrays, as users write them; none is a benchmark's kernel. `make profile` seeks superinstructions here."""

import numpy as np

from differential.case import case

DIGITS = (np.arange(600) * 7919 % 1009).astype(np.int64)
WORDS = (DIGITS[:60] % 7, DIGITS[100:150] % 7)


@case((1071, 462), (2**40, 3**20))
def gcd_by_hand(a, b):
    steps = 0
    while b != 0:
        a, b = b, a % b
        steps += 1
    return a, steps


@case(27, 97, 3000)
def collatz_longest(n):
    best = 0
    for start in range(max(1, n - 200), n + 1):
        steps = 0
        x = start
        while x != 1:
            if x % 2 == 0:
                x //= 2
            else:
                x = 3 * x + 1
            steps += 1
        if steps > best:
            best = steps
    return best


@case(DIGITS)
def prefix_sums(a):
    out = np.empty(len(a) + 1, np.int64)
    out[0] = 0
    for i in range(len(a)):
        out[i + 1] = out[i] + a[i]
    return out


@case((DIGITS, 16), (DIGITS[::2], 7))
def histogram(a, bins):
    counts = np.zeros(bins, np.int64)
    for i in range(a.size):
        counts[a[i] % bins] += 1
    return counts


@case((np.sort(DIGITS), DIGITS[:80]))
def bisect_many(a, wanted):
    found = 0
    for k in range(wanted.size):
        low = 0
        high = a.size
        while low < high:
            middle = (low + high) // 2
            if a[middle] < wanted[k]:
                low = middle + 1
            else:
                high = middle
        if low < a.size and a[low] == wanted[k]:
            found += low
    return found


@case(WORDS, (WORDS[0], WORDS[0][::-1]))
def levenshtein(a, b):
    before = np.empty(b.size + 1, np.int64)
    now = np.empty(b.size + 1, np.int64)
    for j in range(b.size + 1):
        before[j] = j
    for i in range(1, a.size + 1):
        now[0] = i
        for j in range(1, b.size + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            now[j] = min(now[j - 1] + 1, before[j] + 1, before[j - 1] + cost)
        before, now = now, before
    return before[b.size]


@case(WORDS)
def longest_common_subsequence(a, b):
    table = np.zeros((a.size + 1, b.size + 1), np.int64)
    for i in range(a.size):
        for j in range(b.size):
            if a[i] == b[j]:
                table[i + 1, j + 1] = table[i, j] + 1
            else:
                table[i + 1, j + 1] = max(table[i, j + 1], table[i + 1, j])
    return table[a.size, b.size]


@case((np.array([12, 7, 11, 8, 9]), np.array([24, 13, 23, 15, 16]), 260))
def knapsack(weights, values, room):
    best = np.zeros(room + 1, np.int64)
    for i in range(weights.size):
        for w in range(room, weights[i] - 1, -1):
            candidate = best[w - weights[i]] + values[i]
            if candidate > best[w]:
                best[w] = candidate
    return best[room]


@case((DIGITS[:256] % 100).reshape(16, 16) + 1)
def floyd_warshall(distance):
    n = distance.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                through = distance[i, k] + distance[k, j]
                if through < distance[i, j]:
                    distance[i, j] = through
    return distance


@case((np.arange(20 * 24) * 5 % 7 % 2).astype(np.uint8).reshape(20, 24))
def life(grid):
    rows, columns = grid.shape
    new = np.zeros((rows, columns), np.uint8)
    for _ in range(3):
        for i in range(rows):
            for j in range(columns):
                around = 0
                for di in range(-1, 2):
                    for dj in range(-1, 2):
                        if di != 0 or dj != 0:
                            around += grid[(i + di) % rows, (j + dj) % columns]
                new[i, j] = 1 if around == 3 or (around == 2 and grid[i, j] == 1) else 0
        for i in range(rows):
            for j in range(columns):
                grid[i, j] = new[i, j]
    return grid


@case(DIGITS[:120], DIGITS[:120][::-1])
def insertion_sort(a):
    for i in range(1, len(a)):
        x = a[i]
        j = i - 1
        while j >= 0 and a[j] > x:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = x
    return a


@case(DIGITS[:512])
def bitonic_sort(a):
    n = a.size
    k = 2
    while k <= n:
        j = k // 2
        while j > 0:
            for i in range(n):
                other = i ^ j
                if other > i:
                    if (i & k) == 0:
                        if a[i] > a[other]:
                            a[i], a[other] = a[other], a[i]
                    elif a[i] < a[other]:
                        a[i], a[other] = a[other], a[i]
            j //= 2
        k *= 2
    return a


@case(DIGITS[:200])
def heap_sort(a):
    n = a.size
    for end in range(n - 1, -n, -1):
        if end < 1:
            break
        first = 0 if end < n - 1 else (n - 2) // 2
        for top in range(first, -1, -1):
            root = top
            while 2 * root + 1 <= end:
                child = 2 * root + 1
                if child + 1 <= end and a[child] < a[child + 1]:
                    child += 1
                if a[root] >= a[child]:
                    break
                a[root], a[child] = a[child], a[root]
                root = child
        a[0], a[end] = a[end], a[0]
    return a


@case((12345, 3000))
def random_walk(seed, n):
    x = 0
    furthest = 0
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        if seed & 65536:
            x += 1
        else:
            x -= 1
        furthest = max(furthest, abs(x))
    return x, furthest


@case(3000)
def xorshift_ones(n):
    state = 88172645463325252
    ones = 0
    for _ in range(n):
        state ^= (state << 13) & 0x7FFFFFFFFFFFFFFF
        state ^= state >> 7
        state ^= (state << 17) & 0x7FFFFFFFFFFFFFFF
        x = state & 0xFFFF
        while x:
            x &= x - 1
            ones += 1
    return ones


@case((DIGITS, 65521))
def adler_and_crc(a, base):
    low = 1
    high = 0
    crc = 0xFFFFFFFF
    for i in range(a.size):
        low = (low + a[i]) % base
        high = (high + low) % base
        crc ^= a[i] & 255
        for _ in range(8):
            if crc & 1:
                crc = (crc >> 1) ^ 0xEDB88320
            else:
                crc >>= 1
    return (high << 16) | low, crc ^ 0xFFFFFFFF


@case((3, 2000, 1_000_003))
def modular_powers(g, n, modulus):
    total = 0
    for exponent in range(n):
        base = g
        result = 1
        e = exponent
        while e > 0:
            if e & 1:
                result = result * base % modulus
            base = base * base % modulus
            e >>= 1
        total += result
    return total


@case(6)
def queens(n):
    columns = np.zeros(n, np.int64)
    found = 0
    row = 0
    columns[0] = -1
    while row >= 0:
        columns[row] += 1
        if columns[row] == n:
            row -= 1
            continue
        fits = True
        for other in range(row):
            gap = columns[row] - columns[other]
            if gap == 0 or abs(gap) == row - other:
                fits = False
                break
        if not fits:
            continue
        if row == n - 1:
            found += 1
        else:
            row += 1
            columns[row] = -1
    return found


@case((DIGITS[:300] % 64, 64))
def union_find(pairs, n):
    parent = np.empty(n, np.int64)
    for i in range(n):
        parent[i] = i
    groups = n
    for k in range(0, pairs.size - 1, 2):
        a = pairs[k]
        b = pairs[k + 1]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a != b:
            parent[a] = b
            groups -= 1
    return groups
