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
            (
                np.zeros(1, [("v", "f8", (2, 3)), ("in", [("a", "u1")]), ("all", [("b", "f4")], 2)]),
                "records(Record(v[float64(2,3) @ 0], in[Record(a[uint8 @ 0]; 1, packed) @ 48],"
                " all[Record(b[float32 @ 0]; 4, packed)(2) @ 49]; 57, packed), 1d, C)",
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
            ([("a", "f8"), ("inner", [("b", "M8[s]")])], "'inner'"),
            ([("v", "S3", 3)], "'v'"),
            ([("a b", "f8")], "'a b'"),
            ([("a", ">f8")], "'a'"),
        ],
    )
    def test_fields_that_are_neither_numbers_nor_records(self, dtype, text):
        with pytest.raises(px.TypingError, match=text):
            identity(np.zeros(2, dtype))

    def test_records_too_deep_in_each_other(self):
        dtype = np.dtype([("a", "f8")])
        for _ in range(12):
            dtype = np.dtype([("inner", dtype)])
        with pytest.raises(px.TypingError, match="'inner'"):
            identity(np.zeros(2, dtype))


class TestDtypes:
    """A structured dtype is a value: a global, of a closure or an argument."""

    def test_of_a_global_that_changes(self, interpreted, monkeypatch):
        @px.jit
        def f(n):
            return np.zeros(n, LAYOUT)  # noqa: F821

        monkeypatch.setitem(globals(), "LAYOUT", POINT)
        assert f(2).dtype == POINT
        monkeypatch.setitem(globals(), "LAYOUT", np.dtype([("a", "i2"), ("v", "f4", 3)]))
        assert f(2).dtype == LAYOUT and f(3)["v"].shape == (3, 3)  # noqa: F821

    def test_of_a_closure_and_as_an_argument(self, interpreted):
        def made(dtype):
            return px.jit(lambda n: np.zeros(n, dtype))

        @px.jit
        def f(n, dtype):
            a = np.empty(n, dtype)
            a[0]["x"] = 4.0
            return a[0]["x"]

        assert made(POINT)(2).dtype == POINT and made(np.dtype([("a", "c8")]))(1).dtype.names == ("a",)
        assert f(1, POINT) == 4.0

    def test_new_arrays_have_plain_dtypes(self, interpreted):
        made = np.dtype((np.record, [("only", "f8"), ("here", "i4")]))

        @px.jit
        def f(a):
            return np.zeros_like(a), a[1:], a[0]

        a = np.zeros(3, made)
        new, part, record = f(a)
        assert new.dtype.type is np.void and part.dtype.type is np.record and isinstance(record, np.record)

    def test_a_dtype_makes_no_records(self, interpreted):
        @px.jit
        def f():
            return POINT((1.0, 2.0, 3))

        with pytest.raises(px.UnsupportedError, match=r"np\.zeros\(1, dtype\)"):
            f()

    def test_there_are_no_records_of_ones(self, interpreted):
        @px.jit
        def f():
            return np.ones(3, POINT)

        with pytest.raises(px.TypingError, match=r"numpy\.ones"):
            f()


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

    def test_what_is_inside_is_a_view(self, interpreted):
        a = np.zeros(3, [("v", "f8", 2), ("inner", [("x", "f8"), ("n", "i4")])])

        @px.jit
        def parts(a):
            return a[1]["v"], a["v"], a[1]["inner"], a["inner"]

        row, rows, inner, inners = parts(a)
        row[0], rows[2, 1], inner["n"], inners["x"] = 1.5, 2.5, 7, 0.25
        assert a["v"].tolist() == [[0, 0], [1.5, 0], [0, 2.5]] and a["inner"]["n"].tolist() == [0, 7, 0]
        assert a["inner"]["x"].tolist() == [0.25] * 3

    def test_a_record_of_a_new_array_outlives_it(self, interpreted):
        @px.jit
        def f(i):
            a = np.zeros(1000, POINT)
            a[i]["x"] = 2.5
            return a[i]

        record = f(7)
        assert isinstance(record, np.void) and record["x"] == 2.5 and record.dtype == POINT

    def test_snapshots_put_back_what_is_inside(self, interpreted):
        a = np.zeros(3, [("v", "f8", 2), ("inner", [("x", "f8"), ("n", "i4")])])

        @px.jit
        def f(a):
            b = a.copy()
            with px.snapshot():
                b[0]["v"][1] = 5.0
                b["v"][2, :] = 1.0
                b[1]["inner"]["n"] = 3
                b[2] = b[0]
                b[1:] = b[0]
                b[np.array([0, 1])] = b[2]
            b[1]["inner"]["x"] = 0.5
            return b

        b = f(a)
        assert not b["v"].any() and not b["inner"]["n"].any() and b["inner"]["x"].tolist() == [0, 0.5, 0]

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

    def test_records_of_another_layout(self, interpreted):
        other = np.zeros(4, [("x", "f8"), ("y", "f8")])

        @px.jit
        def one(a, b):
            a[0] = b[0]

        @px.jit
        def part(a, b):
            a[1:] = b[1:]

        for f in one, part:
            with pytest.raises(px.UnsupportedError, match=r"one field after another"):
                f(points(), other)

    def test_read_only_arrays_inside(self, interpreted):
        a = np.zeros(3, [("v", "f8", 2), ("inner", [("x", "f8")])])
        a.flags.writeable = False

        @px.jit
        def array(a):
            a[0]["v"][1] = 1.0

        @px.jit
        def record(a):
            a[0]["inner"]["x"] = 1.0

        @px.jit
        def some(a):
            a[np.array([0, 1])] = a[2]

        for f in array, record, some:
            with pytest.raises(px.ProtectionError):
                f(a)

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

    def test_of_globals_and_read_only_arrays(self, monkeypatch):
        a = np.zeros(3, [("v", "f8", 2), ("inner", [("x", "f8")])])
        a["v"] = np.arange(6).reshape(3, 2)
        a["inner"]["x"] = 0.5
        monkeypatch.setitem(globals(), "TABLE", a)

        @px.jit
        def read(i):
            v = TABLE[i]["v"]  # noqa: F821
            return v.sum() + TABLE[i]["inner"]["x"] + TABLE["v"][i, 0]  # noqa: F821

        @px.jit
        def argument(a):
            v = a[2]["v"]
            return v[0] + a["inner"]["x"][1]

        frozen = a.copy()
        frozen.flags.writeable = False
        px._px.set_tier("native")
        try:
            assert read(1) == 7.5 and argument(frozen) == 4.5 and argument(a) == 4.5
            assert {s["tier"] for f in (read, argument) for s in px.stats(f)["specialisations"]} == {"numba"}
        finally:
            px._px.set_tier("auto")

    def test_dtypes(self):
        @px.jit
        def f(n):
            a = np.zeros(n, POINT)
            for i in range(n):
                a[i].x = i
            return a

        px._px.set_tier("native")
        try:
            a = f(3)
            assert a.dtype == POINT and a["x"].tolist() == [0.0, 1.0, 2.0]
            assert {s["tier"] for s in px.stats(f)["specialisations"]} == {"numba"}
        finally:
            px._px.set_tier("auto")
