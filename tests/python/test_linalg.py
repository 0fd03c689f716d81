"""Linear algebra: the same bits in every tier, Numba's values and NumPy's to within rounding, their errors.

Numba asks SciPy's LAPACK and px the one that NumPy brings, in every tier: the last bits may differ between the two.
"""

import numba
import numpy as np
import pytest

import px

DTYPES = (np.float32, np.float64, np.complex64, np.complex128)
TOLERANCE = {np.dtype(np.float32): 2e-3, np.dtype(np.complex64): 2e-3}


def matrix(rows, columns, dtype, seed=5):
    """One that is far from singular."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(rows, columns)) + 3 * np.eye(rows, columns)
    if np.dtype(dtype).kind == "c":
        a = a + 1j * rng.normal(size=(rows, columns))
    return a.astype(dtype)


def inverse(a, b):
    return np.linalg.inv(a), np.linalg.pinv(a), np.linalg.pinv(a[:, :3]), np.linalg.pinv(a[:3])


def solutions(a, b):
    return np.linalg.solve(a, b), np.linalg.solve(a, a.T), np.linalg.solve(a.T, b)


def determinants(a, b):
    return np.linalg.det(a), np.linalg.slogdet(-a), np.linalg.det(np.zeros_like(a))


def triangle(a, b):
    return np.linalg.cholesky(np.dot(a, np.conj(a.T)))


def hermitian(a, b):
    values, vectors = np.linalg.eigh(a + np.conj(a.T))
    return values, np.abs(vectors), np.linalg.eigvalsh(a + np.conj(a.T))


def eigenvalues(a, b):
    m = np.dot(a, np.conj(a.T))
    values, vectors = np.linalg.eig(m)
    return np.sort(np.abs(values)), np.abs(np.dot(m, vectors) - vectors * values).max() < 1e-2, np.sort(np.abs(np.linalg.eigvals(m)))


def singular(a, b):
    u, s, vt = np.linalg.svd(a)
    v, t, wt = np.linalg.svd(a[:, :2], False)
    return np.abs(u), s, np.abs(vt), np.abs(v), t, np.abs(wt)


def triangles(a, b):
    q, r = np.linalg.qr(a)
    flat, wide = np.linalg.qr(a[:3])
    return np.abs(q), np.abs(r), np.abs(flat), np.abs(wide), np.abs(np.dot(q, r) - a).max() < 1e-4


def least_squares(a, b):
    x, left, rank, values = np.linalg.lstsq(a[:, :3], b)
    y, none, full, _ = np.linalg.lstsq(a, a)
    return x, left, rank, values, y, none, full


def numbers(a, b):
    return np.linalg.cond(a), np.linalg.cond(a, 1), np.linalg.cond(a, -2), np.linalg.matrix_rank(a), np.linalg.matrix_rank(b)


def powers(a, b):
    power = np.linalg.matrix_power
    return power(a, 0), power(a, 1), power(a, 2), power(a, 3), power(a, 6), power(a, -1), power(a, -3)


def nothing(a, b):
    none = a[:0, :0]
    return np.linalg.inv(none), np.linalg.solve(none, b[:0]), np.linalg.det(none), np.linalg.cholesky(none), np.linalg.eigvalsh(none)


FUNCTIONS = (
    inverse,
    solutions,
    determinants,
    triangle,
    hermitian,
    eigenvalues,
    singular,
    triangles,
    least_squares,
    numbers,
    powers,
    nothing,
)


def flat(value):
    return [x for item in value for x in flat(item)] if isinstance(value, tuple) else [value]


def bits(value):
    return [(type(x), np.asarray(x).dtype, np.shape(x), np.asarray(x).tobytes()) for x in flat(value)]


def run(function, tier, *arguments):
    """What the function gives in a tier, of which px.stats says that it ran."""
    f = px.jit(function)
    px._px.set_tier({"interpreter": "interp", "baseline": "baseline", "numba": "native"}[tier])
    try:
        result = f(*arguments)
    finally:
        px._px.set_tier("auto")
    assert {s["tier"] for s in px.stats(f)["specialisations"]} == {tier}
    return result


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: d.__name__)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
class TestValues:
    def test_interpreter_and_baseline(self, function, dtype):
        """As NumPy has them; the argument stays as it was."""
        a, b = matrix(5, 5, dtype), matrix(5, 1, dtype)[:, 0].copy()
        expected, before = flat(function(a, b)), a.copy()
        ours = run(function, "interpreter", a, b)
        tolerance = TOLERANCE.get(np.dtype(dtype), 1e-9)
        for got, wanted in zip(flat(ours), expected, strict=True):
            assert np.shape(got) == np.shape(wanted)
            assert np.allclose(got, wanted, rtol=tolerance, atol=tolerance)
        assert bits(run(function, "baseline", a, b)) == bits(ours)
        assert np.array_equal(a, before)

    def test_numbas_code(self, function, dtype):
        """px's own LAPACK under Numba's code: the interpreter's bits, and what Numba makes of it to within rounding."""
        a, b = matrix(5, 5, dtype), matrix(5, 1, dtype)[:, 0].copy()
        native = run(function, "numba", a, b)
        assert bits(native) == bits(run(function, "interpreter", a, b))
        if dtype is np.float64:
            for got, wanted in zip(flat(native), flat(numba.njit(function)(a, b)), strict=True):
                assert np.asarray(got).dtype == np.asarray(wanted).dtype and np.allclose(got, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("tier", ["interpreter", "baseline", "numba"])
class TestErrors:
    """Numba's texts, NumPy's classes."""

    @pytest.mark.parametrize(
        "function, text",
        [
            (lambda a: np.linalg.inv(np.zeros_like(a)), "Matrix is singular to machine precision"),
            (lambda a: np.linalg.solve(np.zeros_like(a), a), "Matrix is singular to machine precision"),
            (lambda a: np.linalg.cholesky(-np.dot(a, a.T)), "Matrix is not positive definite"),
            (lambda a: np.linalg.det(a[:2]), "must be square"),
            (lambda a: np.linalg.solve(a, a[:2]), "Incompatible array sizes"),
            (lambda a: np.linalg.inv(a / 0), "Array must not contain infs or NaNs"),
            (lambda a: np.linalg.svd(a[:0])[1], "Arrays cannot be empty"),
        ],
    )
    def test_linalg_error(self, function, text, tier):
        f = px.jit(error_model="numpy")(function)
        px._px.set_tier({"interpreter": "interp", "baseline": "baseline", "numba": "native"}[tier])
        try:
            with pytest.raises(np.linalg.LinAlgError, match=text):
                f(matrix(4, 4, np.float64))
        finally:
            px._px.set_tier("auto")

    def test_eigenvalues_that_are_not_real(self, tier):
        turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
        with pytest.raises(ValueError, match="must not cause a domain change"):
            run(lambda a: np.linalg.eigvals(a), tier, turn)


class TestTyping:
    @pytest.mark.parametrize("a", [np.arange(4).reshape(2, 2), np.zeros(3), np.zeros((2, 2, 2))], ids=["integers", "1d", "3d"])
    def test_matrices_of_floats_alone(self, a):
        with pytest.raises(px.TypingError, match=r"numpy\.linalg\.inv has no rule"):
            px.jit(lambda a: np.linalg.inv(a))(a)

    def test_one_element_type(self):
        with pytest.raises(px.TypingError, match=r"numpy\.linalg\.solve has no rule"):
            px.jit(lambda a, b: np.linalg.solve(a, b))(np.eye(2), np.zeros(2, np.float32))

    def test_any_layout(self):
        a = matrix(8, 8, np.float64)
        f = px.jit(lambda a: np.linalg.inv(a))
        for m in a, np.asfortranarray(a), a[::2, ::2], a.T[::-1]:
            if m.shape[0] == m.shape[1]:
                assert np.allclose(f(m), np.linalg.inv(m))

    def test_in_contexts(self):
        @px.jit
        def f(i, a, out):
            out[i] = np.linalg.solve(a[i], np.ones(4))[0]

        a = np.stack([matrix(4, 4, np.float64, seed) for seed in range(64)])
        out = np.zeros(64)
        px.parallel_for(f, 64, a, out)
        assert np.allclose(out, [np.linalg.solve(m, np.ones(4))[0] for m in a])
