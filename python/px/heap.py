"""`px.heap`: how the heaps of contexts are to be."""

from __future__ import annotations

from px import _px

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["heap"]

_PAGES = ("4K", "2M")


class heap:
    """A context manager: contexts that this thread submits, or runs by a direct call, in its block have such a heap.

        with px.heap(limit=64 << 20):
            px.parallel_for(f, n, out)

    pages: "4K", or "2M": large pages, for contexts that make much memory: of the machine's pool where it has some, else transparent huge
        pages where the system gives them, else 4 KiB (`px doctor` says which, `px.stats()["huge_pages"]` counts them). By default what
        PX_PAGES says.
    limit: bytes that one context may allocate; beyond it the context fails with `px.HeapLimitError`, the others go on. None: no limit.
    reuse: for contexts that run long: what they drop is used again as soon as 64 KiB of it may have come together, not 1 MiB, so that the
        heap stays as small as what lives in it.

    A work that was submitted in the block keeps its heap when it runs later. Blocks nest; the innermost counts. Raises `ValueError` or
    `TypeError` for a bad option.
    """

    def __init__(self, pages: str | None = None, limit: int | None = None, reuse: bool = False) -> None:
        if pages is not None and pages not in _PAGES:
            raise ValueError(f"px.heap(pages=…) is one of {', '.join(map(repr, _PAGES))}, not {pages!r}")
        if limit is not None and not isinstance(limit, int):
            raise TypeError(f"px.heap(limit=…) is a number of bytes or None, not a {type(limit).__name__}")
        if limit is not None and not 1 <= limit < 1 << 63:
            raise ValueError(f"px.heap(limit=…) is a number of bytes from 1 on, not {limit}")
        self._pages = pages
        self._limit = limit or 0
        self._reuse = bool(reuse)
        self._before: list[tuple[bool, int, bool] | None] = []

    def __enter__(self) -> heap:
        from px.settings import settings

        huge = settings.huge_pages if self._pages is None else self._pages == "2M"
        self._before.append(_px.set_heap((huge, self._limit, self._reuse)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        _px.set_heap(self._before.pop())
