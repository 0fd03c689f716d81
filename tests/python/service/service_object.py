"""Runs the service's objects: links one with service_helpers.c into a shared library and calls its entry through slots."""

import ctypes
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[3]
COMPILER = next((c for c in ("clang-22", "clang", "cc") if shutil.which(c)), "cc")


class Record(ctypes.Structure):
    """What the helpers noted; service_helpers.c has the same."""

    _fields_ = [
        *((name, ctypes.c_int32) for name in ("raised", "index_error", "trace_count", "depth_limit", "live", "allocations")),
        ("trace", ctypes.c_int32 * 64),
        *((name, ctypes.c_int64) for name in ("index", "axis", "size")),
        ("raw_arguments", ctypes.c_void_p),
        ("arguments", ctypes.c_uint64 * 32),
    ]


def build_helpers(folder: Path) -> Path:
    """service_helpers.c, compiled once."""
    out = folder / "helpers.o"
    source = Path(__file__).with_name("service_helpers.c")
    subprocess.run([COMPILER, "-O1", "-fPIC", "-fno-builtin", f"-I{ROOT}", "-c", str(source), "-o", str(out)], check=True)
    return out


def parts(text: str) -> list[str]:
    """The types between the commas of "Tuple(…)"."""
    found, depth, start = [], 0, 0
    inner = text[len("Tuple(") : -1] + ","
    for i, char in enumerate(inner):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            found.append(inner[start:i].strip())
            start = i + 1
    return [part for part in found if part]


def slots_of(obj: Any, ty: str) -> list[int]:
    """A value's slots."""
    if ty == "none":
        return []
    if ty.startswith("Tuple("):
        return [slot for item, item_type in zip(obj, parts(ty), strict=True) for slot in slots_of(item, item_type)]
    if "array(" in ty:
        assert isinstance(obj, np.ndarray)
        return [obj.ctypes.data, *obj.shape, *(s & (1 << 64) - 1 for s in obj.strides), int(obj.flags.writeable)]
    if ty == "float64":
        return [struct.unpack("<Q", struct.pack("<d", obj))[0]]
    if ty == "float32":
        # The upper half of the slot is not the value's.
        return [struct.unpack("<I", struct.pack("<f", obj))[0] | 0xDEAD << 32]
    return [int(obj) & (1 << 64) - 1]


def value_of(slots: list[int], ty: str) -> Any:
    """Takes a value from the front of `slots`."""
    if ty == "none":
        return None
    if ty.startswith("Tuple("):
        return tuple(value_of(slots, part) for part in parts(ty))
    if "array(" in ty:
        dtype, ndim = ty[ty.index("(") + 1 :].split(", ")[:2]
        count = int(ndim[:-1])
        taken = [slots.pop(0) for _ in range(2 + 2 * count)]
        strides = struct.unpack(f"<{count}q", struct.pack(f"<{count}Q", *taken[1 + count : 1 + 2 * count]))
        low = sum(min(0, (n - 1) * s) for n, s in zip(taken[1:], strides, strict=False))
        high = sum(max(0, (n - 1) * s) for n, s in zip(taken[1:], strides, strict=False)) + np.dtype(dtype).itemsize
        if 0 in taken[1 : 1 + count]:
            return np.empty(taken[1 : 1 + count], dtype)
        memory = (ctypes.c_char * (high - low)).from_address(taken[0] + low)
        return np.ndarray(taken[1 : 1 + count], dtype, memory, -low, strides).copy()
    if ty.startswith("text:"):
        return ty.removeprefix("text:")
    slot = slots.pop(0)
    if ty == "str":
        length, width = slots.pop(0), slots.pop(0)
        return ctypes.string_at(slot, length * width).decode({1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}[width])
    if ty == "float64":
        return struct.unpack("<d", struct.pack("<Q", slot))[0]
    if ty == "float32":
        return struct.unpack("<f", struct.pack("<I", slot & 0xFFFFFFFF))[0]
    if ty == "bool":
        assert slot in (0, 1)
        return bool(slot)
    signed = struct.unpack("<q", struct.pack("<Q", slot))[0]
    return slot if ty.startswith("u") else signed


@dataclass
class Raised:
    """An exception as the object reported it."""

    exception: str
    message: str | None
    arguments: tuple[Any, ...]
    trace: list[tuple[int, int]]  # (function, line), innermost first
    index: tuple[int, int, int] | None  # index, axis, size


class Object:
    """A loaded object with its answer's header."""

    def __init__(self, folder: Path, helpers: Path, header: dict[str, Any], blob: bytes, arguments: list[str]):
        number = len(list(folder.iterdir()))
        obj, library = folder / f"{number}.o", folder / f"{number}.so"
        obj.write_bytes(blob)
        link = [COMPILER, "-shared", "-Wl,-Bsymbolic", "-Wl,-z,defs", "-o", str(library), str(obj), str(helpers), "-lm"]
        subprocess.run(link, check=True)
        self.header, self.blob, self.arguments = header, blob, arguments
        self.library = ctypes.CDLL(str(library))
        self.record = Record.in_dll(self.library, "px_record")
        self.entry = self.library.px_entry
        self.entry.restype = ctypes.c_int32

    def call(self, *values: Any, hidden: tuple[Any, ...] = (), depth_limit: int = 0) -> Any:
        """The result, or what was raised."""
        slots = [s for v, t in zip(values, self.arguments, strict=True) for s in slots_of(v, t)]
        slots += [s for v in hidden for s in slots_of(v, "array(")]
        args = (ctypes.c_uint64 * (len(slots) + 1))(*slots)
        ret = (ctypes.c_uint64 * 64)()
        exc = ctypes.c_void_p()
        self.library.px_reset(depth_limit)
        # Only what every raise has there to read.
        sites = [site["types"] for site in self.header["sites"] if site["types"]]
        counts = [sum(3 if ty == "str" else not ty.startswith("text:") for ty in types) for types in sites]
        ctypes.c_int32.in_dll(self.library, "px_argument_count").value = max(counts, default=0)
        status = self.entry(args, ret, ctypes.byref(exc))
        assert status in (0, 1)
        if status == 0:
            return value_of(list(ret), self.header["result"])
        return self._raised()

    def _raised(self) -> Raised:
        record, sites = self.record, self.header["sites"]
        site = sites[record.raised]
        slots = list(record.arguments)
        arguments = tuple(value_of(slots, ty) for ty in site["types"])
        trace = [sites[record.trace[i]] for i in range(record.trace_count)]
        places = [(s["function"], s["line"]) for s in [site, *trace] if s["function"] >= 0]
        index = (record.index, record.axis, record.size) if record.index_error else None
        return Raised(site["exception"], site["message"], arguments, places, index)
