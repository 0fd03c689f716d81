"""px: Python functions run at once, off the interpreter's lock and on every core, and are compiled by Numba meanwhile, in another process.

    import px

    @px.jit
    def f(i, out):
        out[i] = i ** 2

    px.parallel_for(f, out.shape[0], out)

Settings are environment variables, read at import: PX_WORKERS, PX_TIER, PX_PAGES, PX_CACHE_DIR, PX_CACHE, PX_CODE_LIMIT, PX_SERVICE,
PX_CHECK.
"""

import atexit as _atexit

from px import _px, interlocked
from px.contexts import snapshot
from px.errors import (
    CompileServiceError,
    HeapLimitError,
    PersistenceError,
    ProtectionError,
    PxError,
    RaceError,
    SnapshotError,
    TypingError,
    UnsupportedError,
)
from px.heap import heap
from px.jit import jit, prange
from px.settings import settings as _settings  # noqa: F401  (importing it reads and applies them)
from px.stats import explain, stats
from px.waiting import submit_timer, submit_wait
from px.work import Work, call_from_main_thread, map, parallel_for, reduce, run, run_once, submit_work, wait_compiled

__all__ = [
    "CompileServiceError",
    "Executor",
    "HeapLimitError",
    "PersistenceError",
    "ProtectionError",
    "PxError",
    "RaceError",
    "SnapshotError",
    "TypingError",
    "UnsupportedError",
    "Work",
    "call_from_main_thread",
    "explain",
    "heap",
    "interlocked",
    "jit",
    "map",
    "parallel_for",
    "prange",
    "reduce",
    "run",
    "run_once",
    "snapshot",
    "stats",
    "submit_timer",
    "submit_wait",
    "submit_work",
    "wait_compiled",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from px.executor import Executor


def __getattr__(name: str) -> object:
    """`px.Executor`, at its first use: `concurrent.futures` costs more than px."""
    if name == "Executor":
        from px.executor import Executor

        return Executor
    raise AttributeError(f"module 'px' has no attribute {name!r}")


_atexit.register(_px.shut_down)
