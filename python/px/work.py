"""Queued work: `submit_work`, `run`, `run_once`, and what submits, runs and returns at once: `map`, `parallel_for`, `reduce`.

Contexts run only inside a run: the calling thread is suspended meanwhile, the lock of the interpreter released. Any Python thread may start
one; a second one waits for its turn. Callbacks are ordinary Python calls on the thread that runs.
"""

from __future__ import annotations

from px import _px, waiting
from px.jit import jit

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

__all__ = ["Work", "call_from_main_thread", "map", "parallel_for", "reduce", "run", "run_once", "submit_work", "wait_compiled"]

Work = _px.Work
_Function, _submit, _parallel_for, _take_main_calls = _px.Function, _px.submit, _px.parallel_for, _px.take_main_calls


def _function(f: Any) -> Any:
    """The px function for `f`: itself, or the one that stands for a Numba dispatcher."""
    if isinstance(f, _px.Function):
        return f
    if hasattr(f, "py_func"):
        from px.dispatchers import adopt

        return adopt(f)
    raise TypeError(f"a px function was expected, not a {type(f).__name__}: mark it with @px.jit")


def submit_work(
    f: Callable[..., Any],
    args: tuple[Any, ...] = (),
    kwds: dict[str, Any] | None = None,
    callback: Callable[[Any], object] | None = None,
    errback: Callable[[BaseException], object] | None = None,
) -> Work:
    """Queues the call `f(*args, **kwds)` for the next run and returns its `Work`.

    The arguments are held until the work is done. An array's memory is looked at when the run starts; one whose type has changed since then
    (its dimensions, layout or dtype) fails the work with `RuntimeError`.

    callback: called with the result after the run, in the order of submission. errback: called with the exception.
    Without an errback the exception is kept: `Work.result()` raises it, `Work.exception()` returns it; if the work is thrown away before
    anyone has asked, `sys.unraisablehook` is told.

    In a px function, `submit_work(f, args)` queues a child context in the same run; the parent's work is done when its children are, and
    fails with the first exception of theirs. Arrays of the parent's own cannot be handed over (`px.PersistenceError`). `.result()` of what
    it returns waits for the child, or runs it where no worker has begun to: what `f` returned, numbers, booleans, None and tuples of them,
    or the exception, which then is the parent's to catch.

    Raises `TypeError` for arguments that do not fit the function, `px.TypingError` for those px has no type for, `px.UnsupportedError` for
    a function that no tier runs.
    """
    return _submit(f if type(f) is _Function else _function(f), args if type(args) is tuple else tuple(args), kwds, callback, errback)


def call_from_main_thread(f: Callable[..., object], *args: Any) -> None:
    """Queues the call `f(*args)` of an ordinary Python function for the main thread: in a px function, where `f` is a global.

    The main thread makes the calls when the contexts are done: at the end of `run`, `map`, `parallel_for`, `reduce` or of the direct call,
    those of one context in the order in which it queued them. args: numbers, booleans, None and tuples of them; anything else is a
    `px.PersistenceError`. What the calls raise is raised there, in an `ExceptionGroup` if there are several.
    Outside of px functions the call is made at once.
    """
    f(*args)


def _main_calls() -> list[BaseException]:
    """Makes the calls that contexts have queued; the exceptions that they raised."""
    raised: list[BaseException] = []
    for f, arguments in _take_main_calls():
        try:
            f(*arguments)
        except Exception as error:
            raised.append(error)
    return raised


def _make_main_calls() -> None:
    if raised := _main_calls():
        _raise(raised, "calls from contexts")


def _call_back(works: list[Work]) -> list[BaseException]:
    """Calls callbacks and errbacks; the exceptions that they raised."""
    raised: list[BaseException] = []
    for work in works:
        succeeded, outcome = work._outcome()
        call = work.callback if succeeded else work.errback
        if call is None:
            continue
        try:
            call(outcome)
        except Exception as error:
            raised.append(error)
    return raised


def _raise(errors: list[BaseException], what: str = "callbacks of px.run") -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise BaseExceptionGroup(what, errors)


def run() -> None:
    """Runs everything that is queued, then the callbacks, then what those have queued, until nothing is left: no timer and no wait either.

    A work's own exception is not raised here: see `submit_work`. What callbacks raise, and timers that cannot be queued, is raised at the
    end, in an `ExceptionGroup` if there are several. Ctrl-C (whatever a signal handler raises) drops the queue: works that had not begun,
    and those that stopped at a loop's end, fail with `concurrent.futures.CancelledError`; code from Numba ends its call first.
    """
    errors: list[BaseException] = []
    while True:
        count, works = _px.drain(-1)
        if not count and not waiting.submit_due(block=True, errors=errors):
            break
        errors += _main_calls()
        errors += _call_back(works)
        waiting.submit_due(block=False, errors=errors)  # works that queue works do not hold up what is due
    _raise(errors)


def run_once() -> bool:
    """Runs the work that was queued first and its callback; waits for the next timer or descriptor if nothing is queued. False if there was
    nothing to run or to wait for."""
    errors: list[BaseException] = []
    count, works = _px.drain(1)
    if not count and waiting.submit_due(block=True, errors=errors):
        count, works = _px.drain(1)
    _raise([*errors, *_main_calls(), *_call_back(works)])
    return count > 0


def _chunk(chunksize: int | None) -> int:
    if chunksize is None:
        return 0
    if chunksize < 1:
        raise ValueError(f"chunksize is at least 1, not {chunksize}")
    return int(chunksize)


def map(f: Callable[..., Any], *iterables: Iterable[Any], chunksize: int | None = None) -> list[Any]:
    """`[f(*items) for items in zip(*iterables)]`, over the workers.

    chunksize: calls in one context; by default enough that each worker gets some sixteen chunks.
    The exception of the first failing item is raised after the run; later items may not have been called.
    """
    if not iterables:
        raise TypeError("px.map takes at least one iterable")
    try:
        return _px.map(_function(f), list(zip(*iterables, strict=False)), _chunk(chunksize))
    finally:
        _make_main_calls()


def _bounds(range_or_n: Any) -> tuple[int, int, int]:
    if type(range_or_n) is int:
        return 0, range_or_n, 1
    indices = range_or_n if isinstance(range_or_n, range) else range(range_or_n)
    return indices.start, indices.stop, indices.step


def parallel_for(f: Callable[..., Any], range_or_n: range | int, *args: Any, chunksize: int | None = None) -> None:
    """`for i in range_or_n: f(i, *args)`, over the workers, in no particular order. What `f` returns is dropped.

    range_or_n: a `range`, or a number of indices from 0.
    chunksize: indices in one context; by default enough that each worker gets some sixteen chunks. Every call uses the newest code, so a
    loop that starts interpreted ends native.
    The exception of the lowest failing index is raised after the run; higher indices may not have been called. Ctrl-C stops it.
    """
    try:
        _parallel_for(_function(f), *_bounds(range_or_n), args, 0 if chunksize is None else _chunk(chunksize))
    finally:
        _make_main_calls()


_operations: dict[Any, Any] = {}


def _operation(op: Any) -> Any:
    """The px function for `op`; those of `operator`, `min` and `max` have one here."""
    if not _operations:
        import operator

        _operations.update(
            {
                operator.add: jit(lambda a, b: a + b),
                operator.mul: jit(lambda a, b: a * b),
                operator.and_: jit(lambda a, b: a & b),
                operator.or_: jit(lambda a, b: a | b),
                operator.xor: jit(lambda a, b: a ^ b),
                min: jit(lambda a, b: min(a, b)),
                max: jit(lambda a, b: max(a, b)),
            }
        )
    try:
        return _operations[op] if op in _operations else _function(op)
    except TypeError:
        raise TypeError(
            f"px.reduce takes operator.add, mul, and_, or_, xor, min, max or a px function of two arguments, not {op!r}"
        ) from None


def reduce(op: Callable[[Any, Any], Any], f: Callable[..., Any], range_or_n: range | int, *args: Any, init: Any = None) -> Any:
    """`op(… op(op(init, f(i0, *args)), f(i1, *args)) …)` over the workers.

    The indices are cut into at most 1,024 blocks whose bounds depend on the range alone, and the blocks' values are combined in order: the
    bits of a floating-point sum do not depend on the number of workers. `op` must be associative for the grouping not to matter.
    An empty range gives `init`, or `ValueError` without one. Raises as `parallel_for` does.
    """
    try:
        return _px.reduce(_operation(op), _function(f), *_bounds(range_or_n), args, init)
    finally:
        _make_main_calls()


def wait_compiled(timeout: float | None = None) -> bool:
    """Waits until no compile is pending, for `timeout` seconds at most (None: for ever). True if none is."""
    return _px.wait_idle(-1.0 if timeout is None else float(timeout))
