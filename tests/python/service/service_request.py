"""Requests for the compile service from plain Python functions, as px's front end and bridge would make them."""

import ast
import builtins
import inspect
import math
import textwrap
import types
from typing import Any

import numpy as np

DEFAULTS = {"fastmath": False, "boundscheck": True, "error_model": "python", "inline": "never"}
MODULES = {math: "math", np: "numpy"}


def value(obj: Any) -> dict[str, Any]:
    """A frozen value in the protocol's form."""
    if obj is None:
        return {"none": True}
    if isinstance(obj, bool):
        return {"bool": obj}
    if isinstance(obj, int):
        return {"int": str(obj)}
    if isinstance(obj, float):
        return {"float": obj.hex()}
    if isinstance(obj, str):
        return {"str": obj}
    if isinstance(obj, tuple):
        return {"tuple": [value(item) for item in obj]}
    if isinstance(obj, type) and issubclass(obj, np.generic):
        return {"dtype": np.dtype(obj).name}
    if isinstance(obj, type) and issubclass(obj, BaseException):
        return {"exception": obj.__name__ if obj.__module__ == "builtins" else f"{obj.__module__}:{obj.__name__}"}
    if isinstance(obj, types.ModuleType):
        return {"module": MODULES[obj]}
    module = "numpy" if isinstance(obj, np.ufunc) else (obj.__module__ or "builtins")
    return {"builtin": f"{module}.{obj.__name__}"}


def array_type(array: np.ndarray, readonly: bool = False) -> str:
    """px's spelling of an array's type."""
    layout = "C" if array.flags.c_contiguous else "F" if array.flags.f_contiguous else "A"
    prefix = "" if array.flags.writeable and not readonly else "readonly "
    return f"{prefix}array({array.dtype.name}, {array.ndim}d, {layout})"


def type_of(obj: Any) -> str:
    """px's spelling of an argument's type."""
    if isinstance(obj, np.ndarray):
        return array_type(obj)
    if isinstance(obj, tuple):
        return f"Tuple({', '.join(type_of(item) for item in obj)})"
    if obj is None:
        return "none"
    return {bool: "bool", int: "int64", float: "float64"}.get(type(obj)) or np.dtype(type(obj)).name


class Builder:
    """Collects a call graph of Python functions."""

    def __init__(self, options: dict[str, Any]):
        self.options = options
        self.functions: list[dict[str, Any]] = []
        self.hidden: list[dict[str, Any]] = []
        self._known: dict[Any, int] = {}

    def add(self, function: Any) -> int:
        """The index of `function`, which is added with all that it calls."""
        if function in self._known:
            return self._known[function]
        index = self._known[function] = len(self.functions)
        source = textwrap.dedent(inspect.getsource(function))
        entry: dict[str, Any] = {
            "name": function.__name__,
            "file": "a.py",
            "source": source,
            "parameters": list(inspect.signature(function).parameters),
            "options": {**DEFAULTS, **{k: sorted(v) if isinstance(v, set) else v for k, v in self.options.items()}},
            "recursive": False,
            "globals": [],
        }
        self.functions.append(entry)
        scope = {**vars(builtins), **function.__globals__, **inspect.getclosurevars(function).nonlocals}
        local = set(function.__code__.co_varnames)
        for path, obj in sorted(_paths(ast.parse(source), scope, local).items()):
            entry["globals"].append({"path": path, **self._resolve(index, path, obj)})
        entry["recursive"] = any(g.get("function") == index for g in entry["globals"])
        return index

    def _resolve(self, index: int, path: str, obj: Any) -> dict[str, Any]:
        if isinstance(obj, types.FunctionType) and obj.__module__ not in ("numpy", "math"):
            return {"kind": "function", "function": self.add(obj)}
        if isinstance(obj, np.ndarray):
            self.hidden.append({"function": index, "path": path, "type": array_type(obj, readonly=True)})
            return {"kind": "array", "type": array_type(obj, readonly=True)}
        return {"kind": "constant", "value": value(obj)}


def _paths(tree: ast.AST, scope: dict[str, Any], local: set[str]) -> dict[str, Any]:
    """Each global path that the source reads, and what it is: as far as modules go, and one attribute more."""
    found: dict[str, Any] = {}

    def visit(node: ast.AST) -> None:
        parts, inner = [], node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in scope and inner.id not in local:
            path, obj = inner.id, scope[inner.id]
            for part in reversed(parts):
                if not isinstance(obj, types.ModuleType):
                    break
                path, obj = f"{path}.{part}", getattr(obj, part)
            if not (isinstance(obj, type | types.BuiltinFunctionType) and getattr(obj, "__module__", "") == "builtins"):
                found[path] = obj
            return
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return found


def make(function: Any, arguments: list[str], number: int = 1, **options: Any) -> dict[str, Any]:
    """A whole request. `options` are the function's and its callees', but for `timeout`."""
    timeout = options.pop("timeout", 60.0)
    builder = Builder(options)
    root = builder.add(function)
    return {
        "id": number,
        "entry": "px_entry",
        "timeout": timeout,
        "root": root,
        "arguments": arguments,
        "hidden": builder.hidden,
        "functions": builder.functions,
    }
