"""Arguments at the ends of their types: an error or what wraps, never a crash or a wait without end.

In the interpreter and in baseline code's functions, which are the same; Numba's own code has no such checks.
"""

import random

import numpy as np
import pytest

import px

LARGEST = 2**63 - 1
LEAST = -(2**63)

pytestmark = pytest.mark.usefixtures("interpreted")


class TestSizes:
    """More elements than there can be."""

    @pytest.mark.parametrize("size, times", [(4, 2**62), (2, 2**62), (3, LARGEST)])
    def test_repeated_arrays(self, size, times):
        @px.jit
        def f(a, n):
            return np.repeat(a, n)

        with pytest.raises(ValueError, match="too big"):
            f(np.ones(size), times)
        assert f(np.ones(0), times).size == 0

    def test_diagonals(self):
        @px.jit
        def f(a, k):
            return np.diag(a, k)

        for k in (LARGEST, LEAST):
            with pytest.raises(ValueError, match="too big"):
                f(np.ones(3), k)
            assert f(np.ones((2, 3)), k).size == 0

    def test_traces(self):
        @px.jit
        def f(a, k):
            return np.trace(a, k)

        assert f(np.ones((2, 3)), LARGEST) == f(np.ones((2, 3)), LEAST) == 0

    def test_counts(self):
        @px.jit
        def f(a):
            return np.bincount(a)

        with pytest.raises(ValueError, match="too big"):
            f(np.array([1, LARGEST]))

    def test_shapes_without_elements(self):
        @px.jit
        def f(a, n):
            return a.reshape((0, n, n)).size

        assert f(np.ones(0), 2**62) == 0

    def test_lists_of_nothing(self):
        @px.jit
        def f(n):
            a = [1]
            a.pop()
            return len(a * n)

        assert f(LARGEST) == 0


class TestRandomNumbers:
    def test_ranges_that_wrap(self):
        @px.jit
        def f(start, stop, step):
            return random.randrange(start, stop, step)

        for start, stop, step in [(2**62, -(2**62), -1), (0, LARGEST, LARGEST), (0, LEAST, LEAST), (LEAST, LARGEST, 2)]:
            try:
                f(start, stop, step)
            except ValueError as e:
                assert "empty range" in str(e)

    def test_counts_beyond_integers(self):
        @px.jit
        def f(n, mean):
            return np.random.binomial(n, 0.5), np.random.poisson(mean)

        f(2**62, 1e18)
        f(2**62, 1e19)
        with pytest.raises(ValueError):
            f(LEAST, 1.0)
