"""What a call did, in a form that compares to the bit."""

from __future__ import annotations

import copy
import struct
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def canonical(value: Any) -> Any:
    """A value with its type; floats and arrays by their bits. All NaNs count as one."""
    if isinstance(value, tuple | list):
        return (type(value).__name__, tuple(canonical(v) for v in value))
    if isinstance(value, np.ndarray):
        data = value
        if value.dtype.kind == "f":
            data = np.where(np.isnan(value), np.nan, value)
        elif value.dtype.kind == "c":
            data = np.empty_like(value)
            data.real, data.imag = (np.where(np.isnan(part), np.nan, part) for part in (value.real, value.imag))
        return ("array", str(value.dtype), value.shape, np.ascontiguousarray(data, value.dtype).tobytes())
    if isinstance(value, float) and value != value:
        return ("float", "nan")
    if isinstance(value, float):
        return (type(value).__name__, struct.pack("<d", value))
    return (type(value).__name__, repr(value))


@dataclass(frozen=True)
class Outcome:
    """The result of a call, or its exception with the function and the line of each frame; and its arrays as the call left them."""

    result: Any
    exception: tuple[str, str] | None
    arguments: Any
    frames: tuple[tuple[str, int | None], ...] = ()

    def __str__(self) -> str:
        return f"raises {self.exception} at {self.frames}" if self.exception else f"returns {self.result}"


def outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome:
    """Calls `function` on copies of the arguments that keep layouts and views."""
    args = tuple(fresh(a) for a in arguments)
    frames: tuple[tuple[str, int | None], ...] = ()
    try:
        with np.errstate(all="ignore"):
            result = canonical(function(*args))
        exception = None
    except Exception as e:  # noqa: BLE001 - any exception is an outcome
        result, exception = None, (type(e).__name__, str(e))
        frames = tuple((f.name, f.lineno) for f in traceback.extract_tb(e.__traceback__)[1:])
    return Outcome(result, exception, canonical(tuple(a for a in args if isinstance(a, np.ndarray | list))), frames)


def fresh(value: Any) -> Any:
    """A copy with the same type, strides and flags, in memory of its own."""
    if not isinstance(value, np.ndarray):
        return copy.deepcopy(value)
    if value.flags.c_contiguous or value.flags.f_contiguous:
        return value.copy("F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C")
    # The whole buffer behind a view is copied, and the same view taken of it.
    base = value
    while isinstance(base.base, np.ndarray):
        base = base.base
    offset = value.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    return np.ndarray(value.shape, value.dtype, base.copy("K").data, offset, value.strides).view(type(value))
