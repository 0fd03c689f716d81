"""What targets share while they are measured: scratch space, processes, progress, the choice of kernels."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from .. import kernels
from ..kernels import Kernel
from ..launch import Process, Scratch, environment
from ..results import median


class Session:
    """Use as a context manager: ends with every process and file that it made gone."""

    def __init__(self, names: Sequence[str], quick: bool, console: Console) -> None:
        self.kernels: list[Kernel] = [kernels.load(name) for name in names]
        self.quick = quick
        self.scratch = Scratch()
        self.status = console.status("")
        self.count = 0
        self.cpython: dict[str, float] = {}  # by kernel: what `cpython_seconds` found

    def __enter__(self) -> Session:
        self.status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.status.stop()
        self.scratch.close()

    def step(self, what: str) -> None:
        """Tells what is being measured now."""
        self.status.update(what)

    def size(self, kernel: Kernel) -> int:
        """The size for steady-state figures."""
        return kernel.sizes["reduced" if self.quick else "full"]

    def cpython_seconds(self, kernel: Kernel) -> float:
        """What CPython takes for the kernel at the reduced size: the median of three calls, measured once."""
        if kernel.name not in self.cpython:
            with self.process("cpython", peers=("cpython",)) as process:
                calls = process.ask("time", kernel=kernel.name, size=kernel.sizes["reduced"], peer="cpython", calls=3)
            self.cpython[kernel.name] = median(seconds for seconds, _ in calls)
        return self.cpython[kernel.name]

    def process(self, label: str, *, peers: Sequence[str] = (), cache: str | None = None, **settings: str) -> Process:
        """A new measured process with `peers` imported; its caches are empty unless `cache` names some of this session's.
        PeerUnavailable if a peer is not there."""
        self.count += 1
        process = Process(label, environment(self.scratch, cache or f"session-{self.count}", **settings))
        try:
            for peer in peers:
                process.ask("import_peer", peer=peer)
        except Exception:
            process.close()
            raise
        return process
