"""Classic kernels on tables and prices: sorts, statistics, finance, geometry; from their definitions."""

import math

import numpy as np

from differential.case import case

KEYS = np.array([(i * 7919 + 13) % 101 for i in range(60)])
REALS = np.array([((i * 37) % 23 - 11) / 4 for i in range(40)])
HOLES = np.where(np.arange(40) % 7 == 3, np.nan, REALS)
SPOT = np.array([90.0, 100.0, 110.0, 120.0])
STRIKE = np.array([100.0, 100.0, 95.0, 130.0])


def _normal(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@case((SPOT, STRIKE, 0.02, 0.3, 0.75))
def black_scholes_calls(spot, strike, rate, volatility, years):
    out = np.empty_like(spot)
    for i in range(spot.size):
        spread = volatility * math.sqrt(years)
        d = (math.log(spot[i] / strike[i]) + (rate + 0.5 * volatility**2) * years) / spread
        out[i] = spot[i] * _normal(d) - strike[i] * math.exp(-rate * years) * _normal(d - spread)
    return out


@case((SPOT, STRIKE, 0.02, 0.3, 0.75), python=False, why="NumPy's log, exp and tanh differ from libm's in their last bit")
def black_scholes_of_arrays(spot, strike, rate, volatility, years):
    """With a logistic distribution in the normal one's place."""
    spread = volatility * np.sqrt(years)
    d = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / spread
    first = 0.5 * (1.0 + np.tanh(0.8 * d))
    second = 0.5 * (1.0 + np.tanh(0.8 * (d - spread)))
    return spot * first - strike * np.exp(-rate * years) * second


@case((KEYS % 8, REALS[:30]), (KEYS[:10], REALS[:10]))
def grouped_sum(labels, values):
    sums = np.zeros(labels.max() + 1)
    counts = np.zeros(labels.max() + 1, np.int64)
    for i in range(values.size):
        sums[labels[i]] += values[i]
        counts[labels[i]] += 1
    return sums, counts


@case(HOLES, REALS)
def nan_mean(values):
    total = 0.0
    count = 0
    for value in values:
        if not math.isnan(value):
            total += value
            count += 1
    return total / count


@case(HOLES, REALS)
def nan_mean_of_arrays(values):
    kept = values[~np.isnan(values)]
    return kept.sum() / kept.size, np.nanmean(values)


@case(KEYS, REALS)
def insertion_sort(values):
    out = values.copy()
    for i in range(1, out.size):
        value = out[i]
        j = i - 1
        while j >= 0 and out[j] > value:
            out[j + 1] = out[j]
            j -= 1
        out[j + 1] = value
    return out


@case(KEYS, REALS)
def shell_sort(values):
    out = values.copy()
    gap = out.size // 2
    while gap > 0:
        for i in range(gap, out.size):
            value = out[i]
            j = i
            while j >= gap and out[j - gap] > value:
                out[j] = out[j - gap]
                j -= gap
            out[j] = value
        gap //= 2
    return out


@case(KEYS, REALS)
def heap_sort(values):
    out = values.copy()
    for end in range(out.size - 1, -1, -1):
        first = out.size // 2 - 1 if end == out.size - 1 else 0
        for start in range(first, -1, -1):
            parent = start
            while 2 * parent + 1 <= end:
                child = 2 * parent + 1
                if child < end and out[child] < out[child + 1]:
                    child += 1
                if out[parent] >= out[child]:
                    break
                out[parent], out[child] = out[child], out[parent]
                parent = child
        out[0], out[end] = out[end], out[0]
    return out


def _merge(values, spare, low, high):
    if high - low < 2:
        return
    middle = (low + high) // 2
    _merge(values, spare, low, middle)
    _merge(values, spare, middle, high)
    i, j = low, middle
    for k in range(low, high):
        if j >= high or (i < middle and values[i] <= values[j]):
            spare[k] = values[i]
            i += 1
        else:
            spare[k] = values[j]
            j += 1
    values[low:high] = spare[low:high]


@case(KEYS, REALS)
def merged(values):
    out = values.copy()
    _merge(out, np.empty_like(out), 0, out.size)
    return out


@case(KEYS.astype(np.uint32) * np.uint32(40503) % np.uint32(65521))
def radix_sort(values):
    """Bytes, the lowest first."""
    now = values.copy()
    after = np.empty_like(values)
    for digit in range(4):
        counts = np.zeros(257, np.int64)
        for value in now:
            counts[((value >> (8 * digit)) & 255) + 1] += 1
        places = np.cumsum(counts)
        for value in now:
            key = (value >> (8 * digit)) & 255
            after[places[key]] = value
            places[key] += 1
        now, after = after, now
    return now


@case(6, 7)
def fannkuch(n):
    """The most flips of a prefix over all permutations, and a checksum."""
    order = np.arange(n)
    count = np.zeros(n, np.int64)
    most = checksum = permutations = 0
    r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        flipped = order.copy()
        flips = 0
        while flipped[0] != 0:
            k = flipped[0] + 1
            flipped[:k] = flipped[:k][::-1].copy()
            flips += 1
        most = max(most, flips)
        checksum += flips if permutations % 2 == 0 else -flips
        while True:
            if r == n:
                return checksum, most
            first = order[0]
            for i in range(r):
                order[i] = order[i + 1]
            order[r] = first
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1
        permutations += 1


@case((20000, 12345))
def monte_carlo_pi(draws, seed):
    """With a generator of 32 bits written out."""
    state = seed
    inside = 0
    for _ in range(draws // 20):
        state = (state * 1664525 + 1013904223) % 4294967296
        x = state / 4294967296
        state = (state * 1664525 + 1013904223) % 4294967296
        y = state / 4294967296
        if x * x + y * y < 1.0:
            inside += 1
    return 4.0 * inside / (draws // 20)


@case((100.0, 105.0, 0.01, 0.2, 8))
def binomial_tree(spot, strike, rate, volatility, steps):
    """An American put."""
    up = math.exp(volatility * math.sqrt(1.0 / steps))
    grow = math.exp(rate / steps)
    chance = (grow - 1.0 / up) / (up - 1.0 / up)
    values = np.empty(steps + 1)
    for i in range(steps + 1):
        values[i] = max(0.0, strike - spot * up ** (2.0 * i - steps))
    for step in range(steps - 1, -1, -1):
        for i in range(step + 1):
            held = (chance * values[i + 1] + (1.0 - chance) * values[i]) / grow
            values[i] = max(held, strike - spot * up ** (2.0 * i - step))
    return values[0]


@case((REALS, 5))
def moving_average(values, width):
    out = np.empty(values.size - width + 1)
    total = 0.0
    for i in range(values.size):
        total += values[i]
        if i >= width:
            total -= values[i - width]
        if i >= width - 1:
            out[i - width + 1] = total / width
    return out


@case((REALS.astype(np.float32), 0.25), python=False, why="CPython keeps np.float32 where it meets a Python float")
def smoothed(values, weight):
    """Exponential smoothing: float32 kept, sums in float64."""
    out = np.empty_like(values)
    state = float(values[0])
    for i in range(len(values)):
        state += weight * (values[i] - state)
        out[i] = state
    return out


@case((np.array([0.0, 4.0, 4.0, 2.0, 0.0]), np.array([0.0, 0.0, 3.0, 1.0, 3.0]), REALS[:12], REALS[12:24]))
def inside_polygon(x, y, px, py):
    out = np.zeros(px.size, np.bool_)
    for k in range(px.size):
        inside = False
        j = x.size - 1
        for i in range(x.size):
            if (y[i] > py[k]) != (y[j] > py[k]) and px[k] < (x[j] - x[i]) * (py[k] - y[i]) / (y[j] - y[i]) + x[i]:
                inside = not inside
            j = i
        out[k] = inside
    return out


@case((SPOT - 95, STRIKE - 90, SPOT - 80, STRIKE - 110), python=False, why="NumPy's sin and cos differ from libm's in their last bit")
def great_circles(lat1, lon1, lat2, lon2):
    """Haversines in array style."""
    a = np.sin(np.radians(lat2 - lat1) / 2) ** 2
    b = np.cos(np.radians(lat1)) * np.cos(np.radians(lat2)) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(a + b))


def _parabola(x):
    return x * x - 2.0


@case((0.0, 2.0, 1e-9))
def bisection(low, high, tolerance):
    """A function given to another one."""

    def root(f, low, high):
        steps = 0
        while high - low > tolerance:
            middle = 0.5 * (low + high)
            if (f(middle) < 0.0) == (f(low) < 0.0):
                low = middle
            else:
                high = middle
            steps += 1
        return low, steps

    return root(_parabola, low, high)


@case((0.0, 3.0, 10))
def simpson(low, high, steps):
    total = math.sin(low) + math.sin(high)
    h = (high - low) / steps
    for i in range(1, steps):
        total += math.sin(low + i * h) * (4.0 if i % 2 else 2.0)
    return total * h / 3.0


@case((KEYS, 5), (KEYS, 40))
def quick_select(values, k):
    a = values.copy()
    low, high = 0, a.size - 1
    while low < high:
        pivot = a[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while a[i] < pivot:
                i += 1
            while a[j] > pivot:
                j -= 1
            if i <= j:
                a[i], a[j] = a[j], a[i]
                i += 1
                j -= 1
        if k <= j:
            high = j
        elif k >= i:
            low = i
        else:
            break
    return a[k]


@case(100, 229)
def sieved(n):
    """Primes in array style: strided views set to false."""
    prime = np.ones(n + 1, np.bool_)
    prime[:2] = False
    for i in range(2, int(n**0.5) + 1):
        if prime[i]:
            prime[i * i :: i] = False
    return np.nonzero(prime)[0]
