"""The service's main process: single-threaded, imports Numba once, forks a child for each request and relays its answer."""

import gc
import os
import platform
import selectors
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from . import frames

MINIMUM_NUMBA = (0, 68)
_NICENESS = 5  # compiling must not slow the program down
_READ = 1 << 16  # bytes
_DEFAULT_TIMEOUT = 60.0  # seconds


@dataclass
class _Child:
    """A compile under way."""

    request: int
    pid: int
    pipe: int
    deadline: float  # time.monotonic
    data: bytearray = field(default_factory=bytearray)
    timed_out: bool = False


class Server:
    """Relays between the client's two pipes and the children's."""

    def __init__(self, requests: int, answers: int, limit: int):
        self._requests, self._answers, self._limit = requests, answers, limit
        self._decoder = frames.Decoder()
        self._queue: deque[dict[str, Any]] = deque()
        self._children: dict[int, _Child] = {}  # by pipe
        self._output = bytearray()
        self._selector = selectors.PollSelector()  # takes files and terminals, too
        os.set_blocking(requests, False)
        os.set_blocking(answers, False)
        self._selector.register(requests, selectors.EVENT_READ)

    def send(self, header: dict[str, Any], blob: bytes = b"") -> None:
        """Queues a frame for the client."""
        self._push(frames.encode(header, blob))

    def serve(self) -> int:
        """Until the client closes its end. Returns the exit status."""
        try:
            while True:
                for key, _ in self._selector.select(self._patience()):
                    if key.fd == self._requests and not self._read_requests():
                        return 0
                    if key.fd == self._answers:
                        self._flush()
                    if key.fd in self._children:
                        self._read_child(self._children[key.fd])
                self._kill_late()
                self._start()
        except BrokenPipeError:
            return 0
        except frames.GarbageError as error:
            print(f"px compile service: {error}", file=sys.stderr)
            return 1
        finally:
            for child in self._children.values():
                os.kill(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, 0)

    def _patience(self) -> float | None:
        """Seconds until the next child is late."""
        deadlines = [c.deadline for c in self._children.values() if not c.timed_out]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _read_requests(self) -> bool:
        """False when the client has closed its end."""
        try:
            data = os.read(self._requests, _READ)
        except BlockingIOError:
            return True
        for header, _ in self._decoder.feed(data):
            problem = _malformed(header)
            if problem is None:
                self._queue.append(header)
            elif isinstance(header.get("id"), int):
                self.send({"id": header["id"], "ok": False, "kind": "internal", "reason": problem})
            else:
                raise frames.GarbageError("a request without an id")
        return bool(data)

    def _start(self) -> None:
        """Forks for as many requests as there are cores free."""
        while self._queue and len(self._children) < self._limit:
            request = self._queue.popleft()
            reading, writing = os.pipe()
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                # The other children's pipes and the client's are theirs alone.
                for fd in [reading, self._requests, self._answers, *self._children]:
                    os.close(fd)
                from .child import run

                run(request, writing, parent)
            os.close(writing)
            deadline = time.monotonic() + float(request.get("timeout") or _DEFAULT_TIMEOUT)
            self._children[reading] = _Child(request["id"], pid, reading, deadline)
            self._selector.register(reading, selectors.EVENT_READ)

    def _read_child(self, child: _Child) -> None:
        data = os.read(child.pipe, _READ)
        if data:
            child.data += data
            return
        self._selector.unregister(child.pipe)
        os.close(child.pipe)
        del self._children[child.pipe]
        _, status = os.waitpid(child.pid, 0)
        if child.timed_out:
            self.send({"id": child.request, "ok": False, "kind": "timeout", "reason": "compiling took longer than its time limit"})
        elif status == 0 and _is_one_frame(child.data):
            self._push(child.data)
        else:
            self.send({"id": child.request, "ok": False, "kind": "crash", "reason": f"the compiler {_ending(status)}"})

    def _kill_late(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            if child.deadline <= now and not child.timed_out:
                child.timed_out = True
                os.kill(child.pid, signal.SIGKILL)

    def _push(self, data: bytes | bytearray) -> None:
        self._output += data
        self._flush()

    def _flush(self) -> None:
        """Writes what the client takes now, and asks to be told when it takes more."""
        try:
            while self._output:
                written = os.write(self._answers, self._output)
                del self._output[:written]
        except BlockingIOError:
            if self._answers not in self._selector.get_map():
                self._selector.register(self._answers, selectors.EVENT_WRITE)
            return
        if self._answers in self._selector.get_map():
            self._selector.unregister(self._answers)


def _malformed(request: dict[str, Any]) -> str | None:
    """What is wrong with the outline of a request, or None."""
    shape = {"id": int, "entry": str, "root": int, "arguments": list, "hidden": list, "functions": list}
    for name, kind in shape.items():
        if not isinstance(request.get(name), kind):
            return f"a request whose {name!r} is missing or not {kind.__name__}"
    if not 0 <= request["root"] < len(request["functions"]):
        return "a request whose root is not one of its functions"
    timeout = request.get("timeout", 1)
    if not isinstance(timeout, int | float):
        return "a request whose timeout is not a number"
    return None


def _is_one_frame(data: bytearray) -> bool:
    decoder = frames.Decoder()
    try:
        return len(list(decoder.feed(bytes(data)))) == 1 and decoder.pending == 0
    except frames.GarbageError:
        return False


def _ending(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return f"was ended by signal {signal.Signals(-code).name}"
    return f"ended with status {code}" if code else "ended without an answer"


def _prepare_environment() -> None:
    """Settings that Numba and NumPy read when they are imported. The user's other NUMBA_* stay."""
    # SVML's vectors of sin and exp differ from libm's in the last bits.
    os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"
    # px's own options decide these.
    for name in ("NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"):
        os.environ.pop(name, None)
    # A forked child has one thread: no pools.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def _hello() -> dict[str, Any]:
    """Imports and warms Numba. Says what it is, or what is wrong."""
    try:
        import llvmlite
        import numba
        import numpy
    except ImportError as error:
        missing = "Numba is not installed" if error.name == "numba" else f"Numba cannot be imported: {error}"
        return {"hello": 1, "error": missing}
    version = tuple(int(part) for part in numba.__version__.split(".")[:2] if part.isdigit())
    if version < MINIMUM_NUMBA:
        needed = ".".join(map(str, MINIMUM_NUMBA))
        return {"hello": 1, "error": f"Numba {numba.__version__} is too old: {needed} or newer is needed"}
    try:
        from .compile import codegen
        from .warm import warm

        if problem := warm():
            return {"hello": 1, "error": f"Numba {numba.__version__} does not compile: {problem}"}
    except Exception as error:
        return {"hello": 1, "error": f"Numba {numba.__version__} does not fit px: {type(error).__name__}: {error}"}
    return {
        "hello": 1,
        "numba": numba.__version__,
        "llvmlite": llvmlite.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
        "cpu": codegen().cpu,
        "features": codegen().features,
    }


def main() -> int:
    """The service's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Standard output carries frames alone: what Numba or anyone else prints goes to standard error.
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    os.nice(_NICENESS)
    _prepare_environment()
    server = Server(requests, answers, os.cpu_count() or 1)
    hello = _hello()
    gc.collect()
    # What lives now lives for ever: the children's collectors need not touch, and so copy, its pages.
    gc.freeze()
    server.send(hello)
    return 1 if "error" in hello else server.serve()
