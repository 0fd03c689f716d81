"""Arrays: how they are typed, whose memory results lie in."""

import numpy as np
import pytest

import px


@px.jit
def identity(a):
    return a


def typed(array):
    """px's name for the type of an array."""

    @px.jit
    def f(a):
        return 0

    f(array)
    return f.signatures[0].removesuffix(" -> int64")[1:-1]


class TestTypes:
    """As Numba's typeof says."""

    @pytest.mark.parametrize(
        "array, expected",
        [
            (np.zeros(3), "array(float64, 1d, C)"),
            (np.zeros((2, 3), np.float32), "array(float32, 2d, C)"),
            (np.zeros((2, 3), order="F"), "array(float64, 2d, F)"),
            (np.zeros((4, 4))[:, ::2], "array(float64, 2d, A)"),
            (np.zeros(8)[::2], "array(float64, 1d, A)"),
            (np.zeros((1, 5), order="F"), "array(float64, 2d, C)"),
            (np.zeros((0, 3)), "array(float64, 2d, C)"),
            (np.zeros(()), "array(float64, 0d, C)"),
            (np.zeros((2, 2, 2), np.int8), "array(int8, 3d, C)"),
            (np.zeros(3, np.bool_), "array(bool, 1d, C)"),
            (np.zeros(3, np.longlong), "array(int64, 1d, C)"),
        ],
    )
    def test_layouts(self, array, expected, interpreted):
        numba = pytest.importorskip("numba")
        assert typed(array) == expected == str(numba.typeof(array))

    def test_a_read_only_array(self, interpreted):
        array = np.zeros(3)
        array.flags.writeable = False
        assert typed(array) == "readonly array(float64, 1d, C)"

    @pytest.mark.parametrize(
        "value, text",
        [
            (np.zeros(3, np.dtype(">f8")), "byte order"),
            (np.zeros(3, object), "object"),
            (np.zeros(3, "M8[s]"), "datetime64"),
            (np.zeros(25, np.uint8)[1:].view(np.float64), "aligned"),
            (np.zeros((1,) * 9), "dimensions"),
            (np.ma.zeros(3), "MaskedArray"),
            ([[1], [2]], "lists of lists"),
            ({}, "dict"),
            (b"text", "bytes"),
            (len, "builtin_function_or_method"),
            (np.float16(1), "float16"),
            (np.clongdouble(1), "complex256"),
        ],
    )
    def test_what_px_has_no_type_for(self, value, text):
        @px.jit
        def f(x, some_name):
            return x

        with pytest.raises(px.TypingError, match=text) as caught:
            f(1, value)
        assert "argument 'some_name'" in str(caught.value)
        assert isinstance(caught.value, TypeError)

    def test_an_integer_beyond_64_bits(self):
        for value in (2**64, -(2**63) - 1):
            with pytest.raises(OverflowError, match="Int value is too large"):
                identity(value)

    def test_other_classes_of_arrays_are_taken_for_plain_ones(self, tier):
        """As by Numba: whatever the class means by its operators."""

        class Residues(np.ndarray):
            def __add__(self, other):
                raise NotImplementedError

        class Units(Residues):
            __numba_array_subtype_dispatch__ = True

        @px.jit
        def double(a):
            for i in range(a.size):
                a[i] = a[i] + a[i]
            return a

        array = np.arange(4.0).view(Residues)
        assert double(array) is array and array.tolist() == [0, 2, 4, 6]
        assert typed(array.reshape(2, 2).T) == "array(float64, 2d, F)"
        with pytest.raises(px.TypingError, match="Units"):  # which asks Numba for rules of its own
            typed(array.view(Units))

    def test_memory_maps(self, tmp_path, interpreted):
        array = np.memmap(tmp_path / "data", np.float64, "w+", shape=(4,))

        @px.jit
        def fill(a):
            for i in range(a.size):
                a[i] = i

        fill(array)
        assert array.tolist() == [0, 1, 2, 3]


class TestMemory:
    def test_arguments_are_written_in_place(self, tier):
        @px.jit
        def fill(a):
            for i in range(a.shape[0]):
                for j in range(a.shape[1]):
                    a[i, j] = 10 * i + j

        for array in (np.zeros((3, 4)), np.zeros((3, 4), order="F"), np.zeros((6, 8))[::2, ::2]):
            fill(array)
            assert array.tolist() == [[10 * i + j for j in range(4)] for i in range(3)]

    def test_an_argument_comes_back_as_itself(self, tier):
        array = np.zeros(3)
        assert identity(array) is array
        inner = (1, array)
        assert identity(inner)[1] is array

    def test_a_new_array_is_the_callers_own(self, tier):
        @px.jit
        def make(n):
            a = np.zeros(n)
            for i in range(n):
                a[i] = i
            return a

        for n in (0, 1, 10, 10_000, 200_000):
            first, second = make(n), make(n)
            assert first.tolist() == list(range(n))
            first[:] = -1
            assert second.tolist() == list(range(n))
            assert first.flags.writeable

    def test_large_arrays_keep_their_pages(self, interpreted):
        @px.jit
        def make(n):
            return np.ones(n), np.zeros(2)

        kept = [make(100_000) for _ in range(5)]
        for ones, zeros in kept:
            assert ones.sum() == 100_000 and zeros.sum() == 0

    def test_results_that_share_memory_share_it_afterwards(self, interpreted):
        @px.jit
        def make():
            a = np.zeros(4)
            return a, a

        first, second = make()
        first[0] = 7
        assert second[0] == 7

    def test_dimensions_and_dtypes(self, tier):
        @px.jit
        def make():
            return np.zeros((2, 3)), np.ones(2, np.int64)

        a, b = make()
        assert a.shape == (2, 3) and a.dtype == np.float64 and a.flags.c_contiguous
        assert b.tolist() == [1, 1] and b.dtype == np.int64

    def test_an_array_grows_between_calls(self, interpreted):
        @px.jit
        def size(a):
            return a.size

        array = np.zeros(3)
        assert size(array) == 3
        array = np.zeros(30)
        assert size(array) == 30
        array.shape = (5, 6)
        assert size(array) == 30
