"""What a call came to, as a text that is equal where the results are equal to the bit."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

_LONGEST = 120  # characters; longer ones are told by a digest


def _float(value: float) -> str:
    return "nan" if value != value else struct.pack(">d", value).hex()


def canonical(value: Any) -> str:
    """A value with its type; floats by their bits, all NaNs as one."""
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__}({', '.join(map(canonical, value))})"
    if isinstance(value, np.ndarray):
        data = value
        if value.dtype.kind in "fc" and value.size:
            data = value.copy()
            data[np.isnan(data)] = np.nan
        return f"array({value.dtype}, {value.shape}, {np.ascontiguousarray(data).tobytes().hex()})"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, complex):
        return f"complex({_float(value.real)}, {_float(value.imag)})"
    if isinstance(value, float):
        return f"{type(value).__name__}({_float(value)})"
    if isinstance(value, (set, frozenset)):
        return f"set({', '.join(sorted(map(canonical, value)))})"
    if isinstance(value, dict):
        return f"dict({', '.join(f'{canonical(k)}: {canonical(v)}' for k, v in value.items())})"
    return f"{type(value).__name__}:{value!r}"


def outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """The result and what became of the arguments, or the class of the exception."""
    try:
        with np.errstate(all="ignore"):
            result = canonical(function(*arguments))
    except Exception as e:  # noqa: BLE001 - any exception is an outcome
        return f"raises {type(e).__name__}"
    changed = [canonical(a) for a in arguments if isinstance(a, (np.ndarray, list, set))]
    text = f"{result}; {', '.join(changed)}"
    return text if len(text) <= _LONGEST else f"{result[:40]}… {hashlib.sha1(text.encode()).hexdigest()[:16]}"
