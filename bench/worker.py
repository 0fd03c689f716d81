"""A measured process: serves requests over a socket, one at a time, until it is told to stop or its parent ends.

Started by launch.py through start.py; imports nothing of px unless the px peer is asked for. Requests are
``(operation, keyword arguments)``; answers are
``("ok", value)``, ``("unavailable", reason)`` or ``("error", traceback)``. Pickles: parent and child are one program.
"""

from __future__ import annotations

import gc
import importlib
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from . import kernels
from .peers import PEERS, NotAvailable, Peer


class Worker:
    """Peers and entries, kept between requests. What a target's `inside` is handed."""

    def __init__(self) -> None:
        self.peers: dict[tuple[Any, ...], Peer] = {}
        self.entries: dict[tuple[Any, ...], Callable[..., Any]] = {}
        self.arguments: dict[tuple[str, int], tuple[Any, ...]] = {}

    def peer(self, name: str, **options: Any) -> Peer:
        """The peer of that name and those options (boundscheck, cache, tier, copy), the same one each time."""
        key = (name, *sorted(options.items()))
        if key not in self.peers:
            self.peers[key] = PEERS[name](**options)
        return self.peers[key]

    def entry(self, kernel: str, name: str, **options: Any) -> Callable[..., Any]:
        """The kernel's entry as that peer runs it, the same one each time."""
        key = (kernel, name, *sorted(options.items()))
        if key not in self.entries:
            self.entries[key] = self.peer(name, **options).load(kernels.load(kernel))
        return self.entries[key]

    def inputs(self, kernel: str, size: int) -> tuple[Any, ...]:
        """The kernel's arguments at that size, the same ones each time."""
        key = (kernel, size)
        if key not in self.arguments:
            self.arguments[key] = kernels.load(kernel).inputs(size)
        return self.arguments[key]

    # Requests.

    def first(self, kernel: str, size: int, peer: str, **options: Any) -> tuple[float, Any]:
        """Seconds of the first call, compilation included, and its result. The inputs are made before, the peer imported before."""
        arguments, entry = self.inputs(kernel, size), self.entry(kernel, peer, **options)
        start = time.perf_counter()
        result = entry(*arguments)
        return time.perf_counter() - start, result

    def settle(self, kernel: str, peer: str, **options: Any) -> str:
        """Waits until the entry is as fast as it gets; the tier that it reached."""
        entry = self.entry(kernel, peer, **options)
        self.peer(peer, **options).settle(entry)
        return self.peer(peer, **options).tier(entry)

    def time(self, kernel: str, size: int, peer: str, calls: int = 1, **options: Any) -> list[tuple[float, float]]:
        """Seconds of each of `calls` calls: on the clock, and of the thread's processor time."""
        arguments, entry = self.inputs(kernel, size), self.entry(kernel, peer, **options)
        seconds = []
        gc.disable()
        for _ in range(calls):
            busy, start = time.thread_time(), time.perf_counter()
            entry(*arguments)
            end = time.perf_counter()
            seconds.append((end - start, time.thread_time() - busy))
        gc.enable()
        return seconds

    def timeline(self, kernel: str, size: int, peer: str, most: float, tail: float, **options: Any) -> dict[str, Any]:
        """Calls one after another from the first on: until `tail` seconds after the first call in the last tier, and for `most` seconds
        at most. Moments are time.monotonic() at a call's end, which processes share; with each its seconds and the tier after it."""
        arguments = self.inputs(kernel, size)
        ready, entry, owner = time.monotonic(), self.entry(kernel, peer, **options), self.peer(peer, **options)
        began = time.monotonic()
        calls: list[tuple[float, float, str]] = []
        native_since: float | None = None
        last_tier = ""
        result: Any = None
        while True:
            start = time.monotonic()
            result = entry(*arguments)
            end = time.monotonic()
            tier = last_tier if native_since is not None else owner.tier(entry)
            if native_since is None and tier not in ("interpreter", "baseline"):
                native_since, last_tier = end, tier
            calls.append((end, end - start, tier))
            if end - began > most or (native_since is not None and end - native_since > tail):
                break
        return {"ready": ready, "began": began, "calls": calls, "result": result}

    def target(self, name: str, **arguments: Any) -> Any:
        """The part of a target's measurement that runs in the measured process: ``inside`` of targets/<name>.py."""
        return importlib.import_module(f"{__package__}.targets.{name}").inside(self, **arguments)

    def import_peer(self, peer: str) -> None:
        """Imports what the peer needs. NotAvailable if that is not there."""
        self.peer(peer).decorator()


REQUESTS = ("first", "settle", "time", "timeline", "target", "import_peer")


def serve(channel: Connection) -> None:
    """Answers requests until the other end closes."""
    worker = Worker()
    while True:
        try:
            operation, arguments = channel.recv()
        except EOFError:
            return
        try:
            assert operation in REQUESTS, operation
            channel.send(("ok", getattr(worker, operation)(**arguments)))
        except NotAvailable as reason:
            channel.send(("unavailable", str(reason)))
        except Exception:  # the parent raises it again
            channel.send(("error", traceback.format_exc()))


def main(arguments: list[str]) -> int:
    """Serves the socket whose descriptor is given."""
    serve(Connection(int(arguments[0])))
    return 0
