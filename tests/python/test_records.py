"""Structured arrays as arguments and results: how they are typed, whose memory comes back, what is refused."""

import numpy as np
import pytest

import px

POINT = np.dtype([("x", np.float64), ("y", np.float64), ("n", np.int32)])


def points(n=4):
    a = np.zeros(n, POINT)
    a["x"] = np.arange(n) + 0.5
    a["n"] = np.arange(n)
    return a


@px.jit
def identity(a):
    return a


@px.jit
def element(a, i):
    return a[i]


@px.jit
def from_two_on(a):
    return a[2:]


@px.jit
def x_of(a):
    return a["x"]


@px.jit
def move(p, by):
    p.x += by
    return p.x


class TestTypes:
    """px's spelling of a layout."""

    @pytest.mark.parametrize(
        "array, expected",
        [
            (points(), "records(Record(x[float64 @ 0], y[float64 @ 8], n[int32 @ 16]; 20, packed), 1d, C)"),
            (
                np.zeros((2, 2), np.dtype([("a", "u1"), ("b", "c8")], align=True)),
                "records(Record(a[uint8 @ 0], b[complex64 @ 4]; 12, aligned), 2d, C)",
            ),
            (points(6)[::2], "records(Record(x[float64 @ 0], y[float64 @ 8], n[int32 @ 16]; 20, packed), 1d, A)"),
        ],
    )
    def test_layouts(self, array, expected, interpreted):
        @px.jit
        def f(a):
            return 0

        f(array)
        assert f.signatures == [f"({expected}) -> int64"]

    @pytest.mark.parametrize(
        "dtype, text",
        [
            ([("a", "f8"), ("name", "S4")], "'name'"),
            ([("a", "f8"), ("inner", [("b", "f8")])], "'inner'"),
            ([("v", "f8", 3)], "'v'"),
            ([("a b", "f8")], "'a b'"),
            ([("a", ">f8")], "'a'"),
        ],
    )
    def test_fields_that_are_no_numbers(self, dtype, text):
        with pytest.raises(px.TypingError, match=text):
            identity(np.zeros(2, dtype))


class TestMemory:
    """Records and arrays of them are the caller's own memory."""

    def test_an_array_comes_back_as_itself(self, interpreted):
        a = points()
        assert identity(a) is a
        r = points().view(np.recarray)
        assert identity(r) is r

    def test_a_part_is_a_view(self, interpreted):
        a = points()
        part = from_two_on(a)
        assert part.base is a and part.dtype == POINT
        part["x"] = 7.0
        assert a["x"].tolist() == [0.5, 1.5, 7.0, 7.0]

    def test_a_field_is_a_view(self, interpreted):
        a = points()
        x = x_of(a)
        assert x.base is a and x.tolist() == [0.5, 1.5, 2.5, 3.5]
        x[0] = 9.0
        assert a[0]["x"] == 9.0

    def test_a_record_is_numpys_view_of_the_element(self, interpreted):
        a = points()
        r = element(a, 2)
        assert isinstance(r, np.void) and r.dtype == POINT and r["x"] == 2.5 and r["n"] == 2
        r["n"] = 70
        assert a[2]["n"] == 70

    def test_records_are_arguments(self, interpreted):
        a = points()
        r = a[1]
        assert move(r, 0.25) == 1.75
        assert a[1]["x"] == 1.75 and r["x"] == 1.75
        assert identity(r) is r

    def test_records_in_tuples(self, interpreted):
        @px.jit
        def f(pair):
            return pair[0].x + pair[1][1].n, pair[1]

        a = points()
        total, same = f((a[3], a))
        assert total == 4.5 and same is a

    def test_contexts_take_them(self, interpreted):
        a = points(64)

        @px.jit
        def f(i, a):
            a[i].y = a[i].x * 2

        px.parallel_for(f, 64, a)
        assert np.array_equal(a["y"], a["x"] * 2)


class TestErrors:
    def test_read_only_arrays(self, interpreted):
        a = points()
        a.flags.writeable = False

        @px.jit
        def f(a):
            a[0].x = 1.0

        with pytest.raises(px.ProtectionError):
            f(a)

    def test_globals_are_read_only(self, interpreted, monkeypatch):
        monkeypatch.setitem(globals(), "TABLE", points())

        @px.jit
        def read(i):
            return TABLE[i].x  # noqa: F821

        @px.jit
        def write(i):
            TABLE[i].x = 0.0  # noqa: F821

        assert read(3) == 3.5
        with pytest.raises(px.ProtectionError):
            write(1)

    def test_a_record_that_is_not_set(self, interpreted):
        @px.jit
        def f(a, some):
            if some:
                p = a[1]
            return p.x

        assert f(points(), True) == 1.5
        with pytest.raises(UnboundLocalError):
            f(points(), False)

    def test_no_such_field(self, interpreted):
        @px.jit
        def f(a):
            return a[0].z

        with pytest.raises(px.TypingError, match="no field 'z': its fields are x, y, n"):
            f(points())

    def test_other_attributes_are_not_assigned(self, interpreted):
        @px.jit
        def f(a):
            a.shape = 3

        with pytest.raises(px.UnsupportedError, match=r"assignment to the attribute \.shape"):
            f(np.zeros(3))

    def test_a_number_for_a_field_alone(self, interpreted):
        @px.jit
        def f(a):
            a[0].x = "text"

        with pytest.raises(px.TypingError, match="the field 'x'"):
            f(points())


class TestNative:
    """Numba's code has the same records."""

    def test_fields(self, monkeypatch):
        @px.jit
        def f(a):
            total = 0.0
            for p in a:
                p.y = p.x + p.n
                total += p.y
            return total

        px._px.set_tier("native")
        try:
            a = points()
            assert f(a) == 14.0 and a["y"].tolist() == [0.5, 2.5, 4.5, 6.5]
            assert {s["tier"] for s in px.stats(f)["specialisations"]} == {"numba"}
            assert element(a, 1)["y"] == 2.5 and from_two_on(a).base is a and x_of(a).base is a
        finally:
            px._px.set_tier("auto")
