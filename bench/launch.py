"""Starts and talks to measured processes (worker.py, program.py) from the benchmark's own process."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


class PeerUnavailable(Exception):
    """The peer cannot run on this machine; the text says why."""


class WorkerFailed(RuntimeError):
    """A measured process raised or ended; the text is its traceback."""


def short(error: Exception) -> str:
    """The last line of an error's text, where the message is."""
    return str(error).strip().splitlines()[-1]


class Scratch:
    """A temporary folder for one benchmark run: caches of Numba and px, compiled helpers. Removed by close()."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="px-bench-"))

    def folder(self, name: str, *, empty: bool = False) -> Path:
        """A folder of that name in the scratch space, made if need be; emptied first with `empty`."""
        path = self.path / name
        if empty:
            shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def close(self) -> None:
        """Removes everything."""
        shutil.rmtree(self.path, ignore_errors=True)


def environment(scratch: Scratch, cache: str, **settings: str) -> dict[str, str]:
    """The caller's environment without px's and Numba's settings, caches in `scratch/<cache>-px` and `-numba`, and `settings`.

    Byte code is kept, as it is for any user: a process that compiles its imports anew measures that.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PX_", "NUMBA_", "PYTHONDONTWRITEBYTECODE"))}
    kept["PX_CACHE_DIR"] = str(scratch.folder(f"{cache}-px"))
    kept["NUMBA_CACHE_DIR"] = str(scratch.folder(f"{cache}-numba"))
    kept.update(settings)
    return kept


class Process:
    """A worker.py. `label` names it in errors."""

    def __init__(self, label: str, env: dict[str, str]) -> None:
        ours, theirs = socket.socketpair()
        self.label, self.spawned = label, time.monotonic()
        os.set_inheritable(theirs.fileno(), True)
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "start.py"), "worker", str(theirs.fileno())],
            env=env,
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        self.channel = Connection(ours.detach())

    def ask(self, operation: str, **arguments: Any) -> Any:
        """The answer to one request. PeerUnavailable or WorkerFailed if there is none."""
        try:
            self.channel.send((operation, arguments))
            kind, value = self.channel.recv()
        except (EOFError, OSError):
            status = self.process.wait()
            raise WorkerFailed(f"{self.label}: the process ended with status {status}") from None
        if kind == "unavailable":
            raise PeerUnavailable(value)
        if kind == "error":
            raise WorkerFailed(f"{self.label}: {value}")
        return value

    def close(self) -> None:
        """Ends the process."""
        self.channel.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def whole_process(env: dict[str, str], *arguments: str, timeout: float = 60.0) -> tuple[float, str]:
    """Seconds from start to end of program.py with these arguments, and what it printed.

    WorkerFailed, with its errors, if its status is not 0.
    """
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(HERE / "start.py"), "program", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode == 3:
        raise PeerUnavailable(done.stdout.strip())
    if done.returncode != 0:
        ended = f"\nthe program ended with status {done.returncode}" if done.returncode < 0 else ""
        raise WorkerFailed(done.stderr + ended)
    return seconds, done.stdout
