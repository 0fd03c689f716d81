"""`px.jit` itself: what it takes, what it returns."""

import gc
import inspect
import io
import pickle
import weakref

import pytest

import px


@px.jit
def documented(x: int, y: int = 2) -> int:
    """What it does."""
    z = x + 0.5
    return z * y


def test_it_looks_like_the_function():
    assert documented.__name__ == "documented"
    assert documented.__qualname__ == "documented"
    assert documented.__module__ == __name__
    assert documented.__doc__ == "What it does."
    assert documented.py_func is documented.__wrapped__
    assert documented.py_func(1) == 3.0
    assert list(inspect.signature(documented).parameters) == ["x", "y"]
    assert "documented" in repr(documented)
    assert pickle.loads(pickle.dumps(documented)) is documented
    documented.note = 5
    assert documented.note == 5


def test_inspect_types(interpreted):
    documented(1)
    out = io.StringIO()
    documented.inspect_types(file=out)
    assert "documented (int64, int64) -> float64" in out.getvalue()
    assert "# z: float64" in out.getvalue()
    assert "(int64, int64) -> float64" in documented.signatures
    text = px.explain(documented)
    assert "z = x + 0.5" in text
    assert "(int64, int64) -> float64: interpreter" in text
    assert "in baseline code, 0 in Numba's; 0 moved" in text
    assert "baseline code: not asked for" in text


@pytest.mark.parametrize(
    "mark",
    [
        px.jit,
        px.jit(),
        px.jit(fastmath=True, boundscheck=False, cache=False, parallel=True, error_model="numpy", inline="always"),
        px.jit(nopython=True, nogil=True),
        px.jit(fastmath={"contract"}, locals={}, debug=False),
        px.jit("f8(f8)"),
        px.jit(["f8(f8)", "i8(i8)"], cache=True),
    ],
)
def test_ways_to_mark(mark, interpreted):
    @mark
    def f(x):
        return x + 1

    assert f(1) == 2


@pytest.mark.parametrize(
    "arguments, error, text",
    [
        ({"error_model": "fortran"}, ValueError, "'python', 'numpy'"),
        ({"inline": "perhaps"}, ValueError, "'never', 'always'"),
        ({"fast": True}, TypeError, "no option 'fast'.*fastmath"),
        ({"forceobj": True}, px.UnsupportedError, "forceobj"),
    ],
)
def test_bad_options(arguments, error, text):
    with pytest.raises(error, match=text):
        px.jit(**arguments)


@pytest.mark.parametrize("thing", [3, object(), int, len, None.__class__])
def test_what_cannot_be_marked(thing):
    with pytest.raises(TypeError):
        px.jit(thing)


def test_marking_twice(interpreted):
    again = px.jit(documented)
    assert again is not documented and again(1) == documented(1)


def test_error_model(interpreted):
    @px.jit(error_model="numpy")
    def f(x, y):
        return x / y

    assert f(1.0, 0.0) == float("inf")


class Holder:
    @px.jit
    def method(self):
        return 1

    @staticmethod
    @px.jit
    def static(x):
        return x

    @px.jit
    @staticmethod
    def other(x):
        return x


def test_methods(interpreted):
    with pytest.raises(px.UnsupportedError, match="staticmethod"):
        Holder().method()
    assert Holder.static(3) == Holder().static(3) == Holder().other(3) == 3


def test_functions_as_arguments(interpreted):
    @px.jit
    def apply(f, x):
        return f(x)

    @px.jit
    def negative(x):
        return -x

    assert apply(negative, 3) == -3


def test_a_function_goes_when_nobody_needs_it(interpreted):
    import gc

    def make():
        @px.jit
        def f(x):
            return x

        f(1)
        return weakref.ref(f)

    gone = make()
    gc.collect()
    assert gone() is None


def test_code_of_a_function_that_is_gone_goes() -> None:
    """Its entries are taken out at once; the code itself when no thread can be inside it."""
    px._px.set_tier("baseline")
    try:
        f = px.jit(documented.py_func)
        assert f(1) == documented.py_func(1)
        before = px.stats()
        assert before["tiers"]["baseline"] >= 1
        del f
        gc.collect()
        after = px.stats()
        assert after["tiers"]["baseline"] == before["tiers"]["baseline"] - 1
        # The code, and what running and compiling the function needs.
        assert after["retired"] + after["freed"] == before["retired"] + before["freed"] + 2
    finally:
        px._px.set_tier("auto")
