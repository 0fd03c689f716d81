"""`px.Executor`: px's contexts behind the interface of `concurrent.futures`."""

from __future__ import annotations

from concurrent import futures

from px import work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

__all__ = ["Executor"]


class Future(futures.Future):
    """A future whose work waits for a run: asking for its outcome runs everything that is queued, in the asking thread."""

    def _settle(self) -> None:
        if not self.done():
            work.run()

    def result(self, timeout: float | None = None) -> Any:
        """The result, or what the work raised. `timeout` (seconds) bounds the wait for another thread's run, not for this thread's own."""
        self._settle()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What the work raised, or None. See `result`."""
        self._settle()
        return super().exception(timeout)

    def cancel(self) -> bool:
        """False: queued work cannot be taken back."""
        return False


class Executor(futures.Executor):
    """A `concurrent.futures.Executor` over px's contexts.

    Contexts run only inside a run, in which the calling thread is suspended: work starts when a result is first asked for, at
    `shutdown` (the end of a `with` block), or at `px.run()`. Functions must be px functions.
    """

    def __init__(self) -> None:
        self._open = True

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Queues `fn(*args, **kwargs)`. Raises as `px.submit_work` does, and `RuntimeError` after `shutdown`."""
        if not self._open:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = Future()
        work.submit_work(fn, args, kwargs, future.set_result, future.set_exception)
        return future

    def map(
        self,
        fn: Callable[..., Any],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        **_: Any,
    ) -> Iterator[Any]:
        """An iterator over the results of `px.map`, which runs now. `timeout` is not watched; a chunksize of 1 lets px choose."""
        if not self._open:
            raise RuntimeError("cannot schedule new futures after shutdown")
        return iter(work.map(fn, *iterables, chunksize=None if chunksize == 1 else chunksize))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more work; runs what is queued if `wait` is set. Queued work cannot be cancelled."""
        self._open = False
        if wait:
            work.run()
