"""Works that wait for a time or a file descriptor: `submit_timer`, `submit_wait`. `px.run` queues them when they are due."""

from __future__ import annotations

import heapq
import itertools
import os
import time

from px import _px

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    import selectors
    from collections.abc import Callable
    from typing import Any

__all__ = ["submit_timer", "submit_wait"]


class Waiting:
    """A work that is not queued yet."""

    __slots__ = ("_call", "cancelled", "work")

    def __init__(self, call: tuple[Any, ...]) -> None:
        self._call = call
        self.work: Any = None
        self.cancelled = False

    def cancel(self) -> bool:
        """It will not run. False where it has been queued already."""
        self.cancelled = self.work is None
        return self.cancelled

    def _submit(self) -> None:
        from px.work import submit_work

        self.work = submit_work(*self._call)

    def __repr__(self) -> str:
        state = "cancelled" if self.cancelled else "waiting" if self.work is None else "queued"
        return f"<px.waiting.Waiting, {state}>"


_timers: list[tuple[float, int, Waiting]] = []  # a heap by deadline (time.monotonic)
_descriptors: dict[int, Waiting] = {}
_selector: selectors.BaseSelector | None = None
_serial = itertools.count()


def _forget() -> None:
    """In a forked child: what waits is the parent's. The selector is closed, not emptied: the kernel's list is shared with the parent."""
    global _selector
    _timers.clear()
    _descriptors.clear()
    if _selector is not None:
        _selector.close()
        _selector = None


os.register_at_fork(after_in_child=_forget)


def _checked(f: Any, args: Any, kwds: Any, callback: Any, errback: Any) -> tuple[Any, ...]:
    """The call, its function looked at now and its arguments when it is queued."""
    from px.work import _function

    if not isinstance(args, tuple):
        raise TypeError(f"args is a tuple, not a {type(args).__name__}")
    return _function(f), args, kwds, callback, errback


def submit_timer(
    seconds: float,
    f: Callable[..., Any],
    args: tuple[Any, ...] = (),
    kwds: dict[str, Any] | None = None,
    callback: Callable[[Any], object] | None = None,
    errback: Callable[[BaseException], object] | None = None,
) -> Waiting:
    """Queues the call `f(*args, **kwds)` so many seconds from now: `run` waits for it, and runs it with what else is queued then.

    The rest is as with `submit_work`. Returns what can be cancelled (`.cancel()`); its `.work` is the Work once it is queued.
    Raises `ValueError` for a time that is negative or no number.
    """
    seconds = float(seconds)
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"a timer takes a number of seconds from 0 on, not {seconds}")
    waiting = Waiting(_checked(f, args, kwds, callback, errback))
    heapq.heappush(_timers, (time.monotonic() + seconds, next(_serial), waiting))
    return waiting


def submit_wait(
    fd: Any,
    f: Callable[..., Any],
    args: tuple[Any, ...] = (),
    kwds: dict[str, Any] | None = None,
    callback: Callable[[Any], object] | None = None,
    errback: Callable[[BaseException], object] | None = None,
    *,
    write: bool = False,
) -> Waiting:
    """Queues the call when the file descriptor (or what has a `fileno()`) can be read from, or written to: once.

    The rest is as with `submit_timer`. Raises `ValueError` for what is no open descriptor, or is waited for already.
    """
    global _selector
    waiting = Waiting(_checked(f, args, kwds, callback, errback))
    import selectors

    if _selector is None:
        _selector = selectors.DefaultSelector()
    try:
        key = _selector.register(fd, selectors.EVENT_WRITE if write else selectors.EVENT_READ, waiting)
    except KeyError:
        raise ValueError(f"{fd!r} is waited for already") from None
    except OSError as error:
        raise ValueError(f"{fd!r} cannot be waited for: {error}") from None
    _descriptors[key.fd] = waiting
    return waiting


def _forget_cancelled() -> None:
    while _timers and _timers[0][2].cancelled:
        heapq.heappop(_timers)
    for fd, waiting in [*_descriptors.items()]:
        if waiting.cancelled:
            _unregister(fd)


def _unregister(fd: int) -> Waiting:
    assert _selector is not None
    try:
        _selector.unregister(fd)
    except (KeyError, ValueError, OSError):
        pass  # closed meanwhile
    return _descriptors.pop(fd)


def submit_due(block: bool) -> bool:
    """Queues what is due; with `block`, waits until something is. False where there is nothing to wait for."""
    if not _timers and not _descriptors:
        return False
    while True:
        _forget_cancelled()
        if not _timers and not _descriptors:
            return _px.queued() > 0
        due = _due_timers()
        left = 0.0 if due or not block else _timers[0][0] - time.monotonic() if _timers else None
        ready = _ready(left if left is None else max(0.0, left))
        for waiting in [*due, *ready]:
            waiting._submit()
        if due or ready or not block:
            return bool(due or ready)


def _due_timers() -> list[Waiting]:
    now, due = time.monotonic(), []
    while _timers and _timers[0][0] <= now:
        waiting = heapq.heappop(_timers)[2]
        if not waiting.cancelled:
            due.append(waiting)
    return due


def _ready(timeout: float | None) -> list[Waiting]:
    """What can be read or written within so many seconds (None: for ever)."""
    if not _descriptors or _selector is None:
        if timeout:
            time.sleep(timeout)
        return []
    return [_unregister(key.fd) for key, _ in _selector.select(timeout)]
