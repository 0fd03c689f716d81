"""Fields of packed records lie anywhere: what functions make of them is what they make of a copy in order."""

import numpy as np
import pytest

import px

SIZE = 300  # longer than a strip of element-wise code


def spread(values):
    """The values as a field of packed records that begin at an odd address."""
    return in_records(values, np.dtype([("tag", np.uint8), ("x", values.dtype), ("end", np.uint16)]))


def adjacent(values):
    """The values side by side, one byte beside where they would be aligned."""
    return in_records(values, np.dtype([("x", values.dtype)]))


def in_records(values, dtype):
    memory = np.zeros(values.size * dtype.itemsize + 65, np.uint8)
    first = -memory.ctypes.data % 64 + 1
    records = memory[first : first + values.size * dtype.itemsize].view(dtype).reshape(values.shape)
    records["x"] = values
    assert not records["x"].flags.aligned
    return records


def whole(x, y):
    return x.sum(), x.prod(), x.mean(), x.min(), x.max(), x.argmin(), x.argmax(), np.any(x), np.all(x)


def running(x, y):
    return np.cumsum(x), np.cumprod(x), np.var(x), np.std(x), np.median(x), np.count_nonzero(x)


def without_nan(x, y):
    return np.nansum(x), np.nanprod(x), np.nanmean(x), np.nanmin(x), np.nanmax(x), np.nanvar(x), np.nanstd(x)


def in_order(x, y):
    return np.sort(x), np.argsort(x), np.argsort(x, kind="mergesort"), np.unique(x), np.searchsorted(np.sort(x), y)


def sorted_in_place(x, y):
    x.sort()
    return x.copy()


def searched(x, y):
    x.sort()
    return np.searchsorted(x, y), np.searchsorted(x, y, side="right"), np.searchsorted(x, y[3])


def of_vectors(x, y):
    return np.clip(x, 2, 9), np.interp(y, np.arange(SIZE), x), np.outer(x[:7], y[:5]), np.diff(x, 2), np.roll(x, 3), np.repeat(x, 2)


def selected(x, y):
    at = np.array((5, 3, 250, -1))
    return x[at], x[x > y], np.take(x, at), np.where(x > y, x, y), np.where(x > y, x, 1), np.where(x > 3)[0], np.flatnonzero(x)


def by_a_condition(x, y):
    return np.where(x, x, y), np.where(x, 1, y), np.nonzero(x)[0], np.argwhere(y)


def joined(x, y):
    return np.concatenate((x, y)), np.vstack((x, y)), np.hstack((x, x)), np.column_stack((x, y)), x.astype(np.float32), x.copy()


def written(x, y):
    x[:] = y
    x[10:20] = 7
    x[np.array((1, 2, 3))] = y[:3]
    x[y > 5] = 2
    x += y
    x[::2] *= 3
    return x.copy()


def filled(x, y):
    x.fill(3)
    y[...] = 4
    return x + y


def computed(x, y):
    return x + y * 2, x - 1, x * x, x < y, np.maximum(x, y), -x, np.abs(x), x // 3, (x + 0.5) / (y + 0.25)


def a_line_at_a_time(x, y):
    total = 0.0
    for v in x:
        total += v
    for k, v in enumerate(y):
        total += k * v
    for v, w in zip(x, y):
        total -= v * w
    for v in np.nditer(x):
        total += v.item()
    return total, sum(x), max(x), list(x)[5], sorted(y)[7]


def near(x, y):
    return np.isclose(x, y), np.allclose(x, x), np.percentile(x, 30), np.quantile(y, np.array((0.1, 0.5))), np.histogram(x, 5)[0]


def by_chance(x, y):
    np.random.seed(3)
    a = np.random.permutation(x)
    b = np.random.choice(y, 5)
    c = np.random.choice(x)
    np.random.shuffle(y)
    return a, b, c, y.copy()


def diagonals(x, y):
    return np.diag(x[:5]), np.flip(x).copy(), x[::-1].copy(), x[::-3].sum(), np.ravel(y)


def counted(x, y):
    return np.bincount(x), np.bincount(x, y)


def multiplied(x, y):
    return np.dot(x, y), x @ y, np.linalg.norm(x), np.kron(x[:4].copy(), y[:3].copy()), np.cross(x[:3], y[:3]), np.nan_to_num(x), np.ptp(x)


FUNCTIONS = (
    whole,
    running,
    without_nan,
    in_order,
    sorted_in_place,
    searched,
    of_vectors,
    selected,
    by_a_condition,
    joined,
    written,
    filled,
    computed,
    a_line_at_a_time,
    near,
    by_chance,
    diagonals,
)


def numbers(dtype):
    values = np.random.default_rng(7).integers(0, 40, SIZE)
    other = np.random.default_rng(8).integers(0, 40, SIZE)
    return values.astype(dtype), other.astype(dtype)


def flat(value):
    return [part for item in value for part in flat(item)] if isinstance(value, tuple) else [np.asarray(value)]


def check(function, place, x, y):
    inner = px.jit(function)

    @px.jit
    def outer(records, others):
        return inner(records["x"], others["x"])

    expected = flat(inner(x.copy(), y.copy()))
    result = flat(outer(place(x), place(y)))
    assert len(result) == len(expected)
    for a, b in zip(result, expected, strict=True):
        assert a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)


@pytest.mark.parametrize("place", (spread, adjacent))
class TestFields:
    @pytest.mark.parametrize("dtype", (np.float64, np.int64, np.float32, np.int16))
    @pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
    def test_of_each_type(self, function, dtype, place, interpreted):
        check(function, place, *numbers(dtype))

    def test_of_integers(self, place, interpreted):
        check(counted, place, *numbers(np.int32))

    @pytest.mark.parametrize("dtype", (np.float64, np.float32))
    def test_of_floats(self, dtype, place, interpreted):
        check(multiplied, place, *numbers(dtype))

    @pytest.mark.parametrize("dtype", (np.float64, np.int32))
    def test_along_axes(self, dtype, place, interpreted):
        def along(x, y):
            return (
                x.sum(axis=0),
                x.sum(axis=1),
                x.min(axis=1),
                np.cumsum(y, axis=1),
                np.trace(x),
                np.sort(y),
                np.diag(x),
                np.argmax(y, axis=0),
            )

        x, y = numbers(dtype)
        check(along, place, x.reshape(15, 20), y.reshape(15, 20))

    def test_complex_numbers(self, place, interpreted):
        def parts(x, y):
            x[3:5] = 2j
            return x + y, x * 2, x.real.copy(), x.imag.copy(), np.abs(y), x[::2].copy(), np.where(y.real > 3, x, y), x.sum()

        x, y = numbers(np.float64)
        check(parts, place, x + 1j * y, y - 2j * x)
