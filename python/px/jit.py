"""`px.jit`: marks a Python function to be run by px. Nothing is read, typed or compiled before its first use unless signatures ask."""

from __future__ import annotations

import sys

from px import _px
from px.errors import UnsupportedError

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from typing import Any

__all__ = ["jit", "prange"]


def prange(*args: int) -> range:
    """`range(stop)`, `range(start, stop[, step])`. A `for` loop over it in a `parallel=True` function runs its iterations in contexts.

    In such a loop, variables that are only updated by `+=`, `-=`, `*=`, `&=`, `|=`, `^=`, or by `x = min(x, …)` and `max`, are reductions.
    The range is cut into at most 1,024 blocks whose bounds depend on its length alone, and the blocks' values are combined in order: the
    bits do not depend on the number of workers. What else the loop assigns is each iteration's own. Iterations may not end the loop.
    """
    return range(*args)


def parallel_region(*_: Any) -> Any:
    """What a prange loop becomes in px code (px/frontend/outline.py); no function to be called."""
    raise TypeError("px.jit.parallel_region is for px's front end alone")


_ERROR_MODELS = ("python", "numpy")
_INLINE = ("never", "always")


def jit(
    function: Any = None,
    *args: Any,
    fastmath: bool | set[str] | frozenset[str] = False,
    boundscheck: bool | None = True,
    cache: bool = True,
    parallel: bool = False,
    error_model: str = "python",
    inline: str = "never",
    source: str | None = None,
    **numba: Any,
) -> Any:
    """Marks a function to be run in parallel contexts: interpreted at once, in native code when Numba has compiled it elsewhere.

    Use it bare (`@px.jit`), with options (`@px.jit(fastmath=True)`) or with Numba's explicit signatures (`@px.jit("f8(f8[::1])")`, a list
    of them): those are compiled ahead, in the background, and convert arguments and a number as result as Numba does; types that fit none
    remain allowed. A
    `numba.njit` dispatcher may be given: its Python function is used, with what `njit` was told, explicit signatures included.

    fastmath: True, or a set of LLVM's flags: floating-point operations may be reassociated in native code.
    boundscheck: False: an index out of bounds is undefined behaviour. None means True.
    cache: keep native code on disk.
    parallel: `for` loops over `px.prange` run in contexts; elsewhere it is a plain `range`.
    error_model: "python": division by zero raises; "numpy": it gives inf or nan, and 0 for integers.
    inline: "never" or "always": as Numba's.
    source: the text of the function, for one made by `exec`.
    numba: Numba's locals, the types of variables by their names (`{"x": "float32"}`, Numba's or NumPy's types): what is assigned to such a
    variable is converted. nopython, nogil, debug, forceobj … : accepted where they ask for nothing else than px does.

    Raises `TypeError` or `ValueError` for a bad option, `UnsupportedError` for what px cannot do. What the function's body cannot do is
    told at its first use, or here if there are signatures.
    """
    ahead: list[tuple[list[str], str | None]] = []
    if function is not None and not _is_function(function):  # explicit signatures: "f8(f8[::1])", a list of them, or Numba's own objects
        if args:
            raise TypeError(f"px.jit takes one function or one set of signatures, not {1 + len(args)} arguments")
        ahead = _read_signatures(function)
        function = None
    options = read_options(fastmath, boundscheck, cache, parallel, error_model, inline, numba)

    import px.frontend.compile
    import px.frontend.resolution
    import px.library  # noqa: F401  (now, and not in the first call)

    def mark(target: Any) -> Any:
        marked = _mark(target, source, {**options, "signatures": ahead, "other_types": True} if ahead else options)
        function: Any = getattr(marked, "__func__", marked)  # of a static method
        for types, _ in ahead:
            if not any("FunctionType(" in text for text in types):  # which function is not known yet
                _px.compile_ahead(function, types)
        return marked

    return mark if function is None else mark(function)


def _is_function(value: Any) -> bool:
    return (
        isinstance(value, (_px.Function, _FUNCTION, staticmethod, classmethod, property, type))
        or hasattr(value, "py_func")
        or type(value).__name__ == "DUFunc"
    )


_FUNCTION = type(_is_function)


def _read_signatures(signatures: Any) -> list[tuple[list[str], str | None]]:
    """Argument types to compile for, and results; what is neither a signature nor a function is an error now, not at the first call."""
    from px.signatures import read_signature

    found = []
    several = isinstance(signatures, list) or isinstance(signatures, tuple) and all(isinstance(item, str) for item in signatures)
    for signature in signatures if several else [signatures]:
        numbas = signature if isinstance(signature, tuple) else (signature,)
        known = all(type(item).__module__.partition(".")[0] == "numba" for item in numbas)
        if not (isinstance(signature, str) or known and (isinstance(signature, tuple) or hasattr(signature, "args"))):
            raise TypeError(f"px.jit takes a Python function or a signature such as 'f8(f8[::1])', not a {type(signature).__name__}")
        found += read_signature(signature)
    return found


def read_options(
    fastmath: Any = False,
    boundscheck: Any = True,
    cache: Any = True,
    parallel: Any = False,
    error_model: str = "python",
    inline: str = "never",
    numba: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """`px.jit`'s options as `_px.make_function` takes them. Raises as `px.jit` does."""
    if error_model not in _ERROR_MODELS:
        raise ValueError(f"error_model is one of {', '.join(map(repr, _ERROR_MODELS))}, not {error_model!r}")
    if inline not in _INLINE:
        raise ValueError(f"inline is one of {', '.join(map(repr, _INLINE))}, not {inline!r}")
    asked = dict(numba or {})
    locals_ = asked.pop("locals", None)
    for name, value in asked.items():
        if name not in _NUMBA:
            known = "fastmath, boundscheck, cache, parallel, error_model, inline, source, locals, " + ", ".join(_NUMBA)
            raise TypeError(f"px.jit has no option {name!r}; it has {known}")
        if value not in _NUMBA[name]:
            told = f"px.jit({name}={value!r}): px runs typed code without the interpreter's lock only; leave the option out"
            raise UnsupportedError(told)
    return {
        "fastmath": bool(fastmath),
        "boundscheck": boundscheck is None or bool(boundscheck),
        "cache": bool(cache),
        "parallel": bool(parallel),
        "python_error_model": error_model == "python",
        "inline_always": inline == "always",
        "locals": _read_locals(locals_) if locals_ else {},
    }


def _read_locals(types: Any) -> dict[str, str]:
    from px.signatures import variable_types

    return variable_types(types)


# Numba's other options with the values that change nothing in px.
_NUMBA: dict[str, tuple[Any, ...]] = {
    "nopython": (True,),
    "nogil": (True, False),
    "forceobj": (False,),
    "looplift": (True, False),
    "debug": (True, False),
    "pipeline_class": (None,),
    "signature_or_function": (None,),
    "no_cpython_wrapper": (True, False),
    "no_cfunc_wrapper": (True, False),
}


def _mark(target: Any, source: str | None, options: dict[str, Any]) -> Any:
    if isinstance(target, staticmethod):
        return staticmethod(_mark(target.__func__, source, options))
    if isinstance(target, _px.Function):
        target = target.py_func
    elif not isinstance(target, _FUNCTION):
        from px.dispatchers import options_of, python_function

        inner = python_function(target)
        if inner is None:
            advice = " Mark its functions instead." if isinstance(target, type) else ""
            raise TypeError(f"px.jit takes a Python function, not a {type(target).__name__}.{advice}")
        return _px.make_function(inner, source, **_kept(options, options_of(target)))
    return _px.make_function(target, source, **options)


def _kept(options: dict[str, Any], dispatchers: dict[str, Any]) -> dict[str, Any]:
    """A dispatcher's own options, but for those that `px.jit` was given."""
    signatures = dispatchers.pop("signatures")
    given: dict[str, Any] = {name: options.pop(name) for name in ("signatures", "other_types") if name in options}
    own, plain = read_options(**dispatchers), read_options()
    merged = {name: value if value != plain[name] else own[name] for name, value in options.items()}
    return {**merged, "signatures": signatures, **given}


def inspect_types(function: Any, file: Any = None) -> None:
    """Prints a px function's source, each line with the types of the variables that it defines, for every specialisation."""
    import inspect

    out = sys.stdout if file is None else file
    lines, first = inspect.getsourcelines(function.py_func)
    skip = next((i for i, line in enumerate(lines) if line.lstrip().startswith(("def ", "async def "))), 0)
    for signature, definitions, _ in function._typings:
        print(f"{function.__qualname__} {signature}", file=out)
        print("-" * 80, file=out)
        types: dict[int, list[str]] = {}
        for line, variable, type_name in definitions:
            types.setdefault(line, []).append(f"{variable}: {type_name}")
        for i, text in enumerate(lines):
            indent = " " * (len(text) - len(text.lstrip()))
            for note in dict.fromkeys(types.get(i - skip, [])):
                print(f"       {indent}# {note}", file=out)
            print(f"{first + i:5}  {text.rstrip()}", file=out)
        print(file=out)
