"""Objects that no sensible program hands to a px function: `ODD` has what makes each."""

from __future__ import annotations

import datetime
import decimal
import fractions
import gc
import mmap
import sys
import tempfile
import types
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import px


@px.jit
def twice(x):
    return x + x


class RaisesInLen:
    def __len__(self):
        raise RuntimeError("len")

    def __iter__(self):
        raise RuntimeError("iter")


class RaisesInIndex:
    def __index__(self):
        raise RuntimeError("index")


class ExitsInIndex:
    def __index__(self):
        raise SystemExit("index")


class SideEffect:
    """Its `__index__` changes what it is used beside, and runs px itself."""

    array = np.zeros(100)

    def __index__(self):
        twice(1)
        px.submit_work(twice, (1,))
        try:
            SideEffect.array.resize(1, refcheck=False)
        except ValueError:
            pass
        gc.collect()
        return 3


class EvilInt(int):
    def __eq__(self, other):
        raise RuntimeError("eq")

    def __hash__(self):
        raise RuntimeError("hash")

    def __index__(self):
        raise RuntimeError("index")


class EvilFloat(float):
    def __float__(self):
        raise RuntimeError("float")


class EvilTuple(tuple):
    def __getitem__(self, i):
        raise RuntimeError("getitem")

    def __len__(self):
        return 1 << 40


class NoAttributes:
    def __getattribute__(self, name):
        raise RuntimeError(name)


class EvilArray(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def __getitem__(self, i):
        raise RuntimeError("getitem")


def closed_map():
    file = tempfile.NamedTemporaryFile()
    file.write(b"\0" * 8192)
    file.flush()
    memory = mmap.mmap(file.fileno(), 8192)
    array = np.frombuffer(memory, np.float64)
    try:
        memory.close()
    except BufferError:
        pass
    return array


def truncated_map():
    file = tempfile.NamedTemporaryFile(delete=False)
    file.write(b"\0" * 8192)
    file.flush()
    array = np.memmap(file.name, np.float64, "r+")
    Path(file.name).unlink()
    return array


def misaligned():
    return np.frombuffer(bytearray(81), np.float64, 10, 1)


def nested(n):
    value = ()
    for _ in range(n):
        value = (value,)
    return value


def released_view():
    view = memoryview(bytearray(80))
    array = np.frombuffer(view, np.float64)
    try:
        view.release()
    except BufferError:
        pass
    return array


def cyclic_array():
    array = np.empty(1, object)
    array[0] = array
    return array


warnings.simplefilter("ignore")
ODD: dict[str, Callable[[], Any]] = {
    "object": object,
    "list": lambda: [1, 2],
    "dict": lambda: {1: 2},
    "set": lambda: {1},
    "text": lambda: "text",
    "surrogate": lambda: "\ud800",
    "bytes": lambda: b"bytes",
    "complex": lambda: 1j,
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "int 2**63": lambda: 2**63,
    "int 2**64": lambda: 2**64,
    "int -2**63": lambda: -(2**63),
    "int 10**4000": lambda: 10**4000,
    "ellipsis": lambda: ...,
    "notimplemented": lambda: NotImplemented,
    "none": lambda: None,
    "slice": lambda: slice(None),
    "range": lambda: range(10**30),
    "generator": lambda: (i for i in range(3)),
    "lambda": lambda: lambda x: x,
    "type": lambda: int,
    "module": lambda: sys,
    "px function": lambda: twice,
    "work": lambda: px.submit_work(twice, (1,)),
    "weakref": lambda: weakref.ref(twice),
    "decimal": lambda: decimal.Decimal(1),
    "fraction": lambda: fractions.Fraction(1, 2),
    "date": lambda: datetime.date(2020, 1, 1),
    "raises in len": RaisesInLen,
    "raises in index": RaisesInIndex,
    "exits in index": ExitsInIndex,
    "side effect": SideEffect,
    "evil int": lambda: EvilInt(3),
    "evil float": lambda: EvilFloat(3),
    "evil tuple": lambda: EvilTuple((1, 2)),
    "no attributes": NoAttributes,
    "namespace": lambda: types.SimpleNamespace(x=1),
    "tuple of list": lambda: ([1],),
    "nested tuple": lambda: nested(500),
    "very nested tuple": lambda: nested(100_000),
    "long tuple": lambda: tuple(range(5000)),
    "empty array": lambda: np.zeros(0),
    "array of no dimensions": lambda: np.array(5.0),
    "array of 9 dimensions": lambda: np.zeros((1,) * 9),
    "array of objects": lambda: np.array([object()]),
    "array in itself": cyclic_array,
    "array of text": lambda: np.array(["a"]),
    "array of records": lambda: np.zeros(3, [("a", "f8")]),
    "array of dates": lambda: np.zeros(3, "M8[s]"),
    "array of halves": lambda: np.zeros(3, np.float16),
    "array of complex": lambda: np.zeros(3, complex),
    "array of long doubles": lambda: np.zeros(3, np.longdouble),
    "array of the other byte order": lambda: np.zeros(3, ">f8"),
    "array of void": lambda: np.zeros(3, "V0"),
    "misaligned array": misaligned,
    "read-only array": lambda: np.broadcast_to(np.zeros(1), (1000,)),
    "array of no strides": lambda: np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 40,), (0,)),
    "reversed array": lambda: np.arange(10.0)[::-1],
    "masked array": lambda: np.ma.zeros(3),
    "matrix": lambda: np.matrix([[1.0]]),
    "evil array": lambda: np.zeros(3).view(EvilArray),
    "array over a closed map": closed_map,
    "memory map": truncated_map,
    "array over a released view": released_view,
    "numpy scalar": lambda: np.float32(1),
    "numpy bool": lambda: np.bool_(True),
    "numpy date": lambda: np.datetime64("2020"),
    "numpy text": lambda: np.str_("x"),
    "interlocked": px.interlocked.Int64,
    "interlocked list": px.interlocked.List,
}
