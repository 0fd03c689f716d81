"""Frozen values of a request (docs/compile-service.md) as Python objects."""

import builtins
import importlib
from collections import namedtuple
from functools import cache
from typing import Any

import numpy
from numba.np import arraymath

from . import addresses, enumerations
from .errors import UnsupportedError

# Modules that a request may name. None of them is the user's, and importing one has no effect.
_MODULES = frozenset({"builtins", "cmath", "heapq", "math", "random", "numpy", "numpy.random", "numpy.linalg", "numpy.fft", "operator"})
_MODULES |= {"numpy.lib.stride_tricks", "numpy.polynomial", "numpy.polynomial.polynomial", "numpy.polynomial.polyutils"}
_MODULES |= {"numba.core.inline_closurecall", "numba.misc.special"}

# Numba's own classes of what np.finfo and np.iinfo give, under px's names of them.
_LIMITS = {}
for _cls in (arraymath.finfo, arraymath.iinfo):
    _cls.px_text = f"{_cls.__name__}({','.join(_cls._fields)})"
    _LIMITS[_cls.px_text] = _cls


def decode(value: dict[str, Any]) -> Any:
    """The Python object for a protocol value. Raises UnsupportedError."""
    if len(value) != 1:
        raise UnsupportedError(f"the value {value!r}")
    ((kind, data),) = value.items()
    match kind:
        case "none":
            return None
        case "bool":
            return bool(data)
        case "int":
            return int(data)
        case "float":
            return float.fromhex(data)
        case "complex":
            return complex(float.fromhex(data[0]), float.fromhex(data[1]))
        case "str":
            return data
        case "tuple":
            return tuple(decode(item) for item in data)
        case "named":
            if data[0].split(":")[0] in enumerations.KINDS:
                return enumerations.Member(data[0], decode(data[1][0]))
            return named_tuple_class(data[0])._make(decode(item) for item in data[1])
        case "dtype":
            return _structured(data) if data.startswith("Record(") else numpy.dtype(data).type
        case "builtin":
            return _builtin(data)
        case "exception":
            return _exception(data)
        case "module":
            return _module(data)
    raise UnsupportedError(f"a value of kind {kind!r}")


def _structured(text: str) -> Any:
    """A structured dtype by its layout in px's spelling."""
    from numba.np.numpy_support import as_dtype

    from .spelling import parse

    return as_dtype(parse(text))


def _module(name: str) -> Any:
    if name not in _MODULES:
        raise UnsupportedError(f"the module {name!r}")
    return importlib.import_module(name)


@cache
def named_tuple_class(text: str) -> Any:
    """The class that stands for the user's: "Point(x,y)", with a number where another reads the same."""
    if text in _LIMITS:
        return _LIMITS[text]
    name, _, rest = text.partition("(")
    cls = namedtuple(name, rest.partition(")")[0].split(",") if rest[0] != ")" else [])
    cls.px_text = text
    return cls


def _builtin(name: str) -> Any:
    """`math.sqrt`, `numpy.random.random`, `builtins.len` or `len`."""
    if name == "px.prange":
        import numba

        return numba.prange
    if name.startswith("px.interlocked."):
        from . import interlocked

        return interlocked.FUNCTIONS[name]
    if name.startswith("namedtuple:"):
        return named_tuple_class(name.removeprefix("namedtuple:"))
    if name.startswith("address:"):
        return addresses.function(name)
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(_module(module or "builtins"), attribute)
    except AttributeError:
        raise UnsupportedError(f"the built-in {name!r}") from None


def _exception(name: str) -> type[BaseException]:
    """A built-in exception class, or a class of that name that stands for the user's `module:Name`."""
    known = getattr(builtins, name.removeprefix("builtins:"), None)
    if isinstance(known, type) and issubclass(known, BaseException):
        return known
    return type(name.rpartition(":")[2], (Exception,), {"px_name": name})


def exception_name(cls: type[BaseException]) -> str:
    """The name under which a request or Numba itself gave this class."""
    if cls.__name__ == "AxisError":  # NumPy's; px raises the class that it derives from
        return "ValueError"
    if cls.__module__ == "numpy.linalg":
        return f"numpy.linalg:{cls.__qualname__}"
    return getattr(cls, "px_name", cls.__name__)
