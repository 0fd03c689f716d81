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


_none = object()  # no state: None is one


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
        self.work = _px.submit(*self._call)

    def __repr__(self) -> str:
        state = "cancelled" if self.cancelled else "waiting" if self.work is None else "queued"
        return f"<px.waiting.Waiting, {state}>"


class Repeating(Waiting):
    """A timer that fires again and again. `work` is the newest of its works."""

    __slots__ = ("_context", "every")

    def __init__(self, call: tuple[Any, ...], every: float, state: Any) -> None:
        *rest, errback = call
        self._context = None if state is _none else _px.LastingContext(state)
        contexts = () if self._context is None else (self._context,)
        super().__init__((*rest, self._fail if errback is None else errback, *contexts))
        self.every = every

    @property
    def state(self) -> Any:
        """What the last call that succeeded has returned, at first the state given. Raises `AttributeError` where there is none."""
        if self._context is None:
            raise AttributeError("this timer has no state: px.submit_timer(…, state=…) gives it one")
        return self._context.state

    def cancel(self) -> bool:
        """It will not be queued again. False where that had been said before."""
        before, self.cancelled = self.cancelled, True
        return not before

    def _submit(self) -> None:
        if self.work is not None and not self.work.done():
            return  # still queued: this time is left out
        try:
            super()._submit()
        except BaseException:
            self.cancelled = True  # it would fail each time
            raise

    def _fail(self, error: BaseException) -> None:
        self.cancelled = True
        raise error


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
    *,
    every: float | None = None,
    state: Any = _none,
) -> Waiting:
    """Queues the call `f(*args, **kwds)` so many seconds from now: `run` waits for it, and runs it with what else is queued then.

    The rest is as with `submit_work`. Returns what can be cancelled (`.cancel()`); its `.work` is the Work once it is queued.

    every: the call is queued again so many seconds after it was due, until it is cancelled. A time at which the one before has not run yet
    is left out. `errback` is told of a call that fails, and the timer goes on; without one it is cancelled, and `run` raises the exception.
    state: the calls are `f(state, *args, **kwds)`, and what one returns is the state of the next, `.state` here. They share a context that
    outlives them. A snapshot of it is taken when a call starts and rolled back when it ends: nothing that the call has made stays but
    the new state; a call that fails leaves the old one. A state is made of numbers, None, Enum members, arrays and tuples, is copied at
    first, and its arrays are read-only in `f`: they are replaced, not changed. An array of `args` can be changed as ever.

    Raises `ValueError` for a time that is negative or no number, and for a `state` without `every`; `px.TypingError` for what can be no
    state.
    """
    seconds = _seconds(seconds)
    call = _checked(f, args, kwds, callback, errback)
    if every is not None:
        waiting: Waiting = Repeating(call, _seconds(every), state)
    elif state is not _none:
        raise ValueError("a timer that fires once keeps no state: give it as an argument, or say `every=` how many seconds it fires again")
    else:
        waiting = Waiting(call)
    heapq.heappush(_timers, (time.monotonic() + seconds, next(_serial), waiting))
    return waiting


def _seconds(value: Any) -> float:
    seconds = float(value)
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"a timer takes a number of seconds from 0 on, not {seconds}")
    return seconds


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


def submit_due(block: bool, errors: list[BaseException]) -> bool:
    """Queues what is due; with `block`, waits until something is. False where there is nothing to wait for.

    errors: takes what those have raised that cannot be queued; an interrupt is raised at once.
    """
    if not _timers and not _descriptors:
        return False
    while True:
        _forget_cancelled()
        if not _timers and not _descriptors:
            return _px.queued() > 0
        due = _due_timers()
        left = 0.0 if due or not block else _timers[0][0] - time.monotonic() if _timers else None
        ready = _ready(left if left is None else max(0.0, left))
        errors += _submit_all([*due, *ready])
        if due or ready or not block:
            return bool(due or ready)


def _submit_all(due: list[Waiting]) -> list[BaseException]:
    """Queues them all, whatever becomes of one. What those have raised that failed; an interrupt among it is raised, with all of it."""
    from px.work import _raise

    raised: list[BaseException] = []
    for waiting in due:
        try:
            waiting._submit()
        except BaseException as error:
            raised.append(error)
    if not all(isinstance(error, Exception) for error in raised):
        _raise(raised, "timers and descriptors")
    return raised


def _due_timers() -> list[Waiting]:
    now, due, again = time.monotonic(), list[Waiting](), list[tuple[float, int, Waiting]]()
    while _timers and _timers[0][0] <= now:
        deadline, _, waiting = heapq.heappop(_timers)
        if waiting.cancelled:
            continue
        due.append(waiting)
        if isinstance(waiting, Repeating):
            again.append((max(deadline + waiting.every, now), next(_serial), waiting))
    for timer in again:
        heapq.heappush(_timers, timer)
    return due


def _ready(timeout: float | None) -> list[Waiting]:
    """What can be read or written within so many seconds (None: for ever)."""
    if not _descriptors or _selector is None:
        if timeout:
            time.sleep(timeout)
        return []
    return [_unregister(key.fd) for key, _ in _selector.select(timeout)]
