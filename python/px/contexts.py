"""What px functions may ask of their context: `px.snapshot`. On the main thread there is no context to ask."""

from __future__ import annotations

from px.errors import UnsupportedError

TYPE_CHECKING = False  # importing `typing` costs as much as the rest of px
if TYPE_CHECKING:
    from typing import Any, NoReturn

__all__ = ["snapshot"]


class snapshot:
    """In a px function: `with px.snapshot(): …` undoes, at the block's end, what the block has done to the context's arrays.

        with px.snapshot(arrays=(board,)):
            play(board, move)
            value = score(board)

    Arrays that the context made before are as they were, what the block made is gone. arrays: arrays that the context was handed, whose
    contents are to be restored too; others keep what the block wrote. Numbers stay: they are the block's result. The block is left at its
    end alone, or by an exception. Up to 64 deep, beyond that `px.SnapshotError`. Costs what the block changes, in pieces of 512 bytes, and
    a copy of the arrays named. What an array made in the block would be after it is a `px.PersistenceError`.
    """

    def __init__(self, *, arrays: Any = ()) -> None:
        self._refuse()

    def __enter__(self) -> NoReturn:
        self._refuse()

    def __exit__(self, *_: object) -> None:
        """Never reached."""

    def _refuse(self) -> NoReturn:
        raise UnsupportedError("px.snapshot is for px functions: the main thread has no context whose memory could be rolled back")


def snapshot_begin(*_: Any) -> NoReturn:
    """What the block begins with in px code; no function to be called."""
    raise TypeError("px.contexts.snapshot_begin is for px's front end alone")


def snapshot_end(*_: Any) -> NoReturn:
    """What the block ends with in px code; no function to be called."""
    raise TypeError("px.contexts.snapshot_end is for px's front end alone")
