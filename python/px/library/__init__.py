"""Functions of NumPy's that are px functions themselves, written in px's own language.

A call of one that the table of built-ins (jit/builtins) does not take, or not for these types, means the function here; the interpreter
and the baseline compiler run it as any px function. Numba's code has Numba's own. Each must therefore give what Numba's gives, to the
bit and to the type.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MODULES = {
    "scalars": """numpy.prod max min numpy.sqrt numpy.sin numpy.cos numpy.sum array.sum
        numpy.amax numpy.amin numpy.all numpy.any numpy.mean numpy.percentile numpy.nanpercentile numpy.quantile
        numpy.nanquantile numpy.round numpy.around array.round numpy.real numpy.imag number.item numpy.isreal numpy.iscomplex
        numpy.isposinf numpy.isneginf numpy.sinc numpy.angle numpy.ldexp numpy.nan_to_num""",
    "making": """numpy.eye numpy.identity numpy.tri numpy.tril numpy.triu numpy.tril_indices numpy.triu_indices numpy.tril_indices_from
        numpy.triu_indices_from numpy.vander numpy.bartlett numpy.blackman numpy.hamming numpy.hanning numpy.logspace
        numpy.geomspace numpy.diagflat numpy.indices numpy.arange numpy.asarray numpy.array
        numpy.asarray_chkfinite numpy.copy numpy.where numpy.argwhere numpy.flatnonzero numpy.linspace""",
    "memory": """numpy.frombuffer array.view numpy.ascontiguousarray numpy.asfortranarray""",
    "views": """numpy.shape numpy.size numpy.ndim numpy.transpose array.transpose numpy.swapaxes numpy.moveaxis numpy.expand_dims
        numpy.lib.stride_tricks.as_strided numpy.broadcast_to numpy.rot90 numpy.resize numpy.array_split numpy.split
        numpy.hsplit numpy.vsplit numpy.dsplit numpy.take array.take numpy.diag numpy.trace array.trace
        numpy.dstack numpy.row_stack numpy.fill_diagonal
        numpy.atleast_1d numpy.atleast_2d numpy.atleast_3d""",
    "sets": """numpy.append numpy.delete numpy.insert numpy.extract numpy.array_equal numpy.union1d numpy.intersect1d numpy.setxor1d
        numpy.setdiff1d numpy.isin numpy.ediff1d numpy.repeat array.repeat numpy.roll tuple.index""",
    "extremes": """numpy.max numpy.min array.max array.min numpy.nanmax numpy.nanmin numpy.ptp""",
    "sums": """sum numpy.nansum numpy.nanprod numpy.nanmean numpy.nancumsum numpy.nancumprod numpy.nanvar numpy.nanstd
        numpy.nanmedian numpy.count_nonzero numpy.average numpy.trapezoid numpy.unwrap
        array.clip numpy.clip array.conj array.conjugate numpy.conj numpy.conjugate math.gcd""",
    "products": """numpy.cross numpy.cov numpy.corrcoef""",
    "choosing": """numpy.divmod numpy.select numpy.digitize numpy.take_along_axis numpy.nanargmax numpy.nanargmin numpy.trim_zeros
        numpy.broadcast_arrays numpy.allclose numpy.isclose""",
    "polynomials": """numpy.polynomial.polyutils.trimseq numpy.polynomial.polyutils.as_series
        numpy.polynomial.polynomial.polyadd numpy.polynomial.polynomial.polysub
        numpy.polynomial.polynomial.polymul numpy.polynomial.polynomial.polydiv numpy.polynomial.polynomial.polyval
        numpy.polynomial.polynomial.polyint numpy.roots numpy.interp""",
    "norms": """numpy.linalg.norm numpy.var numpy.std array.var array.std numpy.cumsum numpy.cumprod array.cumsum array.cumprod""",
    "linear": """numpy.linalg.inv numpy.linalg.solve numpy.linalg.slogdet numpy.linalg.det numpy.linalg.cholesky numpy.linalg.eigh
        numpy.linalg.eigvalsh numpy.linalg.eig numpy.linalg.eigvals numpy.linalg.svd numpy.linalg.qr numpy.linalg.lstsq
        numpy.linalg.pinv numpy.linalg.cond numpy.linalg.matrix_rank numpy.linalg.matrix_power""",
    "limits": """numpy.finfo numpy.iinfo""",
    "windows": """numpy.convolve numpy.correlate numpy.partition numpy.argpartition numpy.lib.stride_tricks.sliding_window_view
        numpy.kaiser""",
}
NAMES = {name: module for module, names in _MODULES.items() for name in names.split()}  # full name → module


def load(name: str) -> Any:
    """A new px function: the one that stands for `name`."""
    if name.startswith("overload:"):
        from px.dispatchers import implementation

        return implementation(name)
    from importlib import import_module

    from px.jit import jit
    from px.library.registry import FUNCTIONS

    import_module(f"px.library.{NAMES[name]}")
    return jit(FUNCTIONS[name])


def entries() -> list[tuple[str, str, str]]:
    """(full name, what it is, expressions that try it) of each function, for the documentation and the tests."""
    from importlib import import_module

    from px.library.registry import FUNCTIONS, TESTS

    for module in _MODULES:
        import_module(f"px.library.{module}")
    return [(name, FUNCTIONS[name].__doc__ or "", TESTS[name]) for name in NAMES]
