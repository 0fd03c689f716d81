"""Classic kernels on sequences and graphs: dynamic programming, shortest paths, hashing; from their definitions."""

import heapq

import numpy as np

from differential.case import case

KEYS = np.array([(i * 7919 + 13) % 101 for i in range(60)])
BYTES = np.array([(i * 31 + 7) % 256 for i in range(45)], np.uint8)
LETTERS = (KEYS[:18] % 4, KEYS[20:42] % 4)
ROADS = np.array(
    [[0.0, 3.0, 9.0, 0.0, 7.0], [3.0, 0.0, 2.0, 6.0, 0.0], [9.0, 2.0, 0.0, 1.0, 0.0], [0.0, 6.0, 1.0, 0.0, 2.0], [7.0, 0.0, 0.0, 2.0, 0.0]]
)


@case(LETTERS, (LETTERS[1], LETTERS[1][::-1]))
def longest_common_subsequence(a, b):
    best = np.zeros((a.size + 1, b.size + 1), np.int32)
    for i in range(a.size):
        for j in range(b.size):
            best[i + 1, j + 1] = best[i, j] + 1 if a[i] == b[j] else max(best[i, j + 1], best[i + 1, j])
    return best[-1, -1]


@case((LETTERS[0], LETTERS[1], 2, -1, -2))
def smith_waterman(a, b, same, other, gap):
    score = np.zeros((a.size + 1, b.size + 1), np.int64)
    best, at = 0, (0, 0)
    for i in range(1, a.size + 1):
        for j in range(1, b.size + 1):
            diagonal = score[i - 1, j - 1] + (same if a[i - 1] == b[j - 1] else other)
            score[i, j] = max(0, diagonal, score[i - 1, j] + gap, score[i, j - 1] + gap)
            if score[i, j] > best:
                best, at = score[i, j], (i, j)
    return best, at


@case((KEYS[:9] + 1, KEYS[9:18], 120))
def knapsack(weights, values, room):
    best = np.zeros(room + 1, np.int64)
    for item in range(weights.size):
        for left in range(room, weights[item] - 1, -1):
            best[left] = max(best[left], best[left - weights[item]] + values[item])
    return best[room]


@case(KEYS[:7] + 2)
def matrix_chain(sizes):
    n = sizes.size - 1
    cost = np.zeros((n, n), np.int64)
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j] = 2**62
            for k in range(i, j):
                cost[i, j] = min(cost[i, j], cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1])
    return cost[0, n - 1]


@case(ROADS)
def shortest_paths(roads):
    """Floyd and Warshall's."""
    n = len(roads)
    out = np.where(roads == 0.0, np.inf, roads)
    for i in range(n):
        out[i, i] = 0.0
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if out[i, k] + out[k, j] < out[i, j]:
                    out[i, j] = out[i, k] + out[k, j]
    return out


@case((ROADS, 0), (ROADS, 3))
def dijkstra(roads, start):
    n = len(roads)
    far = np.full(n, np.inf)
    far[start] = 0.0
    queue = [(0.0, start)]
    while len(queue) > 0:
        distance, node = heapq.heappop(queue)
        if distance > far[node]:
            continue
        for other in range(n):
            road = roads[node, other]
            if road > 0.0 and distance + road < far[other]:
                far[other] = distance + road
                heapq.heappush(queue, (distance + road, other))
    return far


@case((12, KEYS[:10] % 12, KEYS[10:20] % 12))
def components(n, left, right):
    """Union by rank, paths halved."""
    parent = np.arange(n)
    rank = np.zeros(n, np.int8)
    for k in range(left.size):
        a, b = left[k], right[k]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a != b:
            if rank[a] < rank[b]:
                a, b = b, a
            parent[b] = a
            if rank[a] == rank[b]:
                rank[a] += 1
    count = 0
    for i in range(n):
        if parent[i] == i:
            count += 1
    return count


@case(BYTES, python=False, why="64 bits wrap")
def fowler_noll_vo(data):
    value = np.uint64(14695981039346656037)
    for byte in data:
        value = (value ^ np.uint64(byte)) * np.uint64(1099511628211)
    return value


@case((BYTES, 7), python=False, why="32 bits wrap")
def murmur(data, seed):
    """Three steps of mixing a word, and the finish; whole words alone."""
    h = np.uint32(seed)
    for i in range(0, data.size - 3, 4):
        k = np.uint32(data[i]) | np.uint32(data[i + 1]) << np.uint32(8) | np.uint32(data[i + 2]) << np.uint32(16)
        k = np.uint32(k | np.uint32(data[i + 3]) << np.uint32(24))
        k = np.uint32(k * np.uint32(0xCC9E2D51))
        k = np.uint32(k << np.uint32(15)) | np.uint32(k >> np.uint32(17))
        h = np.uint32(h ^ np.uint32(k * np.uint32(0x1B873593)))
        h = np.uint32(np.uint32(h << np.uint32(13)) | np.uint32(h >> np.uint32(19)))
        h = np.uint32(h * np.uint32(5) + np.uint32(0xE6546B64))
    h ^= h >> np.uint32(16)
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h ^= h >> np.uint32(13)
    return h


@case(BYTES, python=False, why="NumPy 2 keeps uint8 where it meets a Python integer")
def cyclic_redundancy(data):
    """Of 32 bits, by a table."""
    table = np.zeros(256, np.int64)
    for i in range(256):
        value = i
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        table[i] = value
    value = 0xFFFFFFFF
    for byte in data:
        value = table[(value ^ byte) & 255] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


@case((88172645463325252, 10), python=False, why="64 bits wrap")
def xorshift(seed, count):
    state = np.uint64(seed)
    out = np.empty(count, np.uint64)
    for i in range(count):
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        out[i] = state
    return out


@case(6, 7)
def queens(n):
    """Solutions, by bits and a stack."""
    full = (1 << n) - 1
    stack = [(0, 0, 0)]
    found = 0
    while len(stack) > 0:
        columns, left, right = stack.pop()
        if columns == full:
            found += 1
            continue
        free = full & ~(columns | left | right)
        while free:
            bit = free & -free
            free ^= bit
            stack.append((columns | bit, (left | bit) << 1 & full, (right | bit) >> 1))
    return found


@case((KEYS // 20,))
def run_lengths(values):
    out = [(values[0], 0)]
    for value in values:
        last, count = out[-1]
        if value == last:
            out[-1] = (last, count + 1)
        else:
            out.append((value, 1))
    return out
