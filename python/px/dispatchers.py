"""Numba's objects in a program that px runs: dispatchers, `prange`, types. They are known by their classes' names and by what they say of
themselves: px never imports Numba.
"""

from __future__ import annotations

import os
import sys
from types import FunctionType

from px import _px
from px.errors import UnsupportedError
from px.settings import settings

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from typing import Any

__all__ = ["adopt", "adopt_intrinsic", "implementation", "is_numbas", "meaning", "options_of", "python_function", "registered", "spell"]

_DTYPES = {
    "boolean": "bool",
    "bool": "bool",
    **{name: name for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")},
    **{name: name for name in ("float32", "float64", "complex64", "complex128")},
}


def is_numbas(value: Any) -> bool:
    """Whether the object is one of Numba's: an instance of a class of its, or such a class."""
    home = value.__module__ if isinstance(value, type) else type(value).__module__
    return isinstance(home, str) and (home == "numba" or home.startswith("numba."))


def meaning(value: Any) -> tuple[str, str] | None:
    """("dtype", "numpy.int32") for a Numba type, ("builtin", "range") for `prange`; None for what px has nothing like."""
    if hasattr(type(value), "__wrapper_address__"):
        return _address(value)
    if isinstance(value, type):
        return ("builtin", "range") if value.__name__ == "prange" else None
    name = _DTYPES.get(str(getattr(value, "name", "")))
    return ("dtype", f"numpy.{name}") if name and type(value).__module__.startswith("numba.core.types") else None


def _address(value: Any) -> tuple[str, str] | None:
    """A C function over float64 that an object gives the address of, as SciPy's Cython functions are given to Numba."""
    signature = value.signature()
    if {str(t) for t in (signature.return_type, *signature.args)} != {"float64"}:
        return None
    return "builtin", f"address:{value.__wrapper_address__():x}:{len(signature.args)}"


def _dispatcher(value: Any) -> Any:
    """The dispatcher behind a `vectorize`d function, or the dispatcher itself."""
    return getattr(value, "_dispatcher", value) if _is_vectorised(value) else value


def _is_vectorised(value: Any) -> bool:
    return type(value).__name__ == "DUFunc"


def python_function(value: Any) -> Any:
    """The Python function of a dispatcher; None where the object is none."""
    return getattr(_dispatcher(value), "py_func", None)


def options_of(value: Any) -> dict[str, Any]:
    """What `njit` was told, as options of `px.jit` and the signatures that calls are converted to.

    Raises `UnsupportedError` for a signature with types that px has not.
    """
    dispatcher = _dispatcher(value)
    asked = getattr(dispatcher, "targetoptions", {})
    return {
        "fastmath": asked.get("fastmath", False),
        "boundscheck": asked.get("boundscheck", True),
        "parallel": asked.get("parallel", False),
        "error_model": asked.get("error_model", "python"),
        "signatures": _signatures(dispatcher),
        # Numba adds names with a dot for further definitions of a variable.
        "numba": {"locals": {name: t for name, t in (getattr(dispatcher, "locals", None) or {}).items() if "." not in name}},
    }


def _signatures(dispatcher: Any) -> list[tuple[list[str], str | None]]:
    """([argument types], result type) of each, where the dispatcher takes no other types."""
    if getattr(dispatcher, "_can_compile", True):
        return []
    found: list[tuple[list[str], str | None]] = []
    for signature in getattr(dispatcher, "nopython_signatures", []):
        found.append(([spell(t) for t in signature.args], spell(signature.return_type)))
    return found


def spell(numbas: Any) -> str:
    """A Numba type in px's spelling."""
    kind = type(numbas).__name__
    if kind in ("UniTuple", "Tuple"):
        return f"Tuple({', '.join(spell(t) for t in numbas.types)})"
    if kind == "Array":
        readonly = "" if numbas.mutable else "readonly "
        return f"{readonly}array({spell(numbas.dtype)}, {numbas.ndim}d, {numbas.layout})"
    if kind == "Optional":
        return f"Optional({spell(numbas.type)})"
    if kind == "FunctionType":
        of = numbas.signature
        return f"FunctionType({spell(of.return_type)}({', '.join(spell(t) for t in of.args)}))"
    text = str(numbas)
    if text in _DTYPES:
        return _DTYPES[text]
    if text == "none":
        return text
    raise UnsupportedError(f"the type {text} of Numba: px has no such type")


def registered(function: Any) -> Any:
    """The px function for one that Numba was taught with `numba.extending.register_jitable` or `overload`; None for any other."""
    found = _adopted.get(id(function))
    if found is not None:
        return found[0]
    from px.jit import read_options

    if (function.__module__, function.__name__) == ("numba.np.ufunc.parallel", "get_num_threads"):
        made = _px.make_function(_number_of_workers, None, **read_options())
    elif not (overloads := _overloads_of(function)):
        return None
    elif _is_of_register_jitable(overloads[0]):
        made = _px.make_function(function, None, **read_options())
    else:
        made = _stand_in()
        _px.note_overloaded(made, f"{id(function)}:{function.__name__}")
    _adopted[id(function)] = (made, function)
    return made


def _number_of_workers() -> int:
    """What `numba.get_num_threads` means: how many contexts run at once."""
    return _WORKERS


_WORKERS = settings.workers or len(os.sched_getaffinity(0))


def _overloaded(*arguments: Any) -> None:
    """Stands for a function that means another for each tuple of types: calls mean `implementation`, so that nobody compiles this."""
    raise NotImplementedError


def _stand_in() -> Any:
    """A px function of its own that stands for another's calls."""
    from px.jit import read_options

    return _px.make_function(FunctionType(_overloaded.__code__, globals()), None, **read_options())


def _overloads_of(function: Any) -> list[Any]:
    """Functions of argument types that give an implementation, the one registered last first. Not Numba's own: px has its own."""
    templates = sys.modules["numba.core.typing.templates"]
    kinds = [kind for value, kind in templates.builtin_registry.globals if value is function]
    found = [getattr(template, "_overload_func", None) for kind in kinds for template in getattr(kind, "templates", ())]
    return [overload for overload in reversed(found) if overload is not None and not _is_numbas_own(overload)]


def _is_of_register_jitable(overload: Any) -> bool:
    return bool(overload.__qualname__.startswith("register_jitable."))


def _is_numbas_own(overload: Any) -> bool:
    home = overload.__module__ or ""
    return (home == "numba" or home.startswith("numba.")) and not _is_of_register_jitable(overload)


def implementation(name: str) -> Any:
    """The px function for "overload:KEY(TYPES)" (jit/library.h). `LookupError` where no overload takes the types."""
    from px.jit import jit
    from px.service.spelling import parse

    key, _, listed = name.removeprefix("overload:").removesuffix(")").partition("(")
    given, named = [], {}
    for text in filter(None, listed.split("; ")):
        keyword, equals, rest = text.partition("=")
        if equals and keyword.isidentifier():
            named[keyword] = parse(rest)
        else:
            given.append(parse(text))
    failed: Exception = LookupError(name)
    meant = _adopted[int(key.partition(":")[0])][1]
    if _is_vectorised(meant):
        from px.elementwise import for_types

        return for_types(_scalar[id(meant)], given)
    for overload in _overloads_of(meant):
        try:
            python = overload(*given, **named)
        except Exception as error:  # one that does not take these arguments: another may
            failed = error
            continue
        if python is not None:
            return jit(python[1] if isinstance(python, tuple) else python)
    raise failed


_scalar: dict[int, Any] = {}  # of vectorised functions
_adopted: dict[int, tuple[Any, Any]] = {}


def adopt(dispatcher: Any) -> Any:
    """The px function that stands for a Numba dispatcher that a px function calls: one for each, with the dispatcher's options."""
    found = _adopted.get(id(dispatcher))
    if found is None:
        from px.jit import read_options

        given = options_of(dispatcher)
        signatures = given.pop("signatures")
        if getattr(_dispatcher(dispatcher), "targetoptions", {}).get("inline") == "always":
            signatures = []  # Numba writes its body where it is called, for the types that are there
        made = _px.make_function(python_function(dispatcher), None, **read_options(**given), signatures=signatures)
        if _is_vectorised(dispatcher):
            _scalar[id(dispatcher)] = made
            made = _stand_in()
            _px.note_overloaded(made, f"{id(dispatcher)}:{dispatcher.__name__}")
        found = _adopted[id(dispatcher)] = (made, dispatcher)
    return found[0]


def adopt_intrinsic(intrinsic: Any) -> Any:
    """The px function that stands for an intrinsic of Numba's: calls mean code that the compile service makes (jit/intrinsic.h)."""
    found = _adopted.get(id(intrinsic))
    if found is None:
        from px.intrinsics import send

        made = _stand_in()
        pickled, trouble, self_contained = send(intrinsic)
        _px.note_intrinsic(made, intrinsic._name, pickled, trouble, bool(intrinsic._prefer_literal), self_contained)
        found = _adopted[id(intrinsic)] = (made, intrinsic)
    return found[0]
