"""What px raises besides Python's own exceptions. Every class derives from `PxError`; its message names file, line and a way out."""

from __future__ import annotations

__all__ = [
    "CompileServiceError",
    "HeapLimitError",
    "PersistenceError",
    "ProtectionError",
    "PxError",
    "RaceError",
    "SnapshotError",
    "TypingError",
    "UnsupportedError",
]


class PxError(Exception):
    """Anything that px itself finds wrong."""


class UnsupportedError(PxError, NotImplementedError):
    """A construct that no tier runs."""


class TypingError(PxError, TypeError):
    """Types that do not unify, an operator without a rule for its types, or an argument that px has no type for."""


class ProtectionError(PxError, TypeError):
    """A context writes to an object of the main thread that it was not handed."""


class PersistenceError(PxError, RuntimeError):
    """An object of a context would outlive its context."""


class SnapshotError(PxError, RuntimeError):
    """A 65th nested snapshot, or a rollback out of order."""


class HeapLimitError(PxError, MemoryError):
    """A context passes its heap limit."""


class RaceError(PxError, RuntimeError):
    """With PX_CHECK=races: two contexts of one run touch one element of an array, one of them writing."""


class CompileServiceError(PxError, RuntimeError):
    """Native code was demanded (`PX_TIER=native`) and could not be had."""


for _name in __all__:
    globals()[_name].__module__ = "px"
del _name
