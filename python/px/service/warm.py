"""Warm-up: compiles a few functions as requests are compiled, so that every child of the service finds Numba's tables filled."""

from typing import Any

from .compile import answer

_ARRAYS = """
def f(a, b, n):
    c = np.zeros(n)
    total = 0.0
    for i in range(a.shape[0]):
        if b[i, 0] != 0.0 and a[i] < 1e9:
            total += math.sqrt(a[i] * a[i]) / b[i, 0] + math.exp(a[-1]) ** 0.5
        else:
            total -= abs(min(a[i], 1.0))
    c[0] = total
    return total, c, len(a) // 2 % 3
"""
_CALLS = """
def g(n, x):
    k = 0
    while k < n:
        k += 1
        if k > 100:
            raise ValueError("too many")
    return float(k) + h(x, k)
"""
_LEAF = """
def h(x, k):
    return x * math.log(2.0) + int(x) - k
"""


def _function(name: str, source: str, parameters: list[str], names: dict[str, Any]) -> dict[str, Any]:
    listed = [{"path": path, **entry} for path, entry in names.items()]
    options = {"fastmath": False, "boundscheck": True, "error_model": "python", "inline": "never"}
    return {
        "name": name,
        "file": "<px>",
        "source": source.lstrip(),
        "parameters": parameters,
        "options": options,
        "recursive": False,
        "globals": listed,
    }


def _builtin(name: str) -> dict[str, Any]:
    return {"kind": "constant", "value": {"builtin": name}}


def requests() -> list[dict[str, Any]]:
    """What is compiled at the start."""
    array_names = {"np.zeros": _builtin("numpy.zeros"), "math.sqrt": _builtin("math.sqrt"), "math.exp": _builtin("math.exp")}
    log = {"math.log": _builtin("math.log")}
    common = {"entry": "px_entry", "timeout": 60.0, "root": 0, "hidden": []}
    return [
        {
            **common,
            "id": 1,
            "arguments": ["array(float64, 1d, C)", "readonly array(float64, 2d, A)", "int64"],
            "functions": [_function("f", _ARRAYS, ["a", "b", "n"], array_names)],
        },
        {
            **common,
            "id": 2,
            "arguments": ["int64", "float64"],
            "functions": [
                _function("g", _CALLS, ["n", "x"], {"h": {"kind": "function", "function": 1}}),
                _function("h", _LEAF, ["x", "k"], log),
            ],
        },
    ]


def warm() -> str | None:
    """Compiles them. Returns what went wrong, or None."""
    for request in requests():
        header, _ = answer(request)
        if not header["ok"]:
            return str(header["reason"])
    return None
