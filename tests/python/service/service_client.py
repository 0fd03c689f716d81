"""A client of the compile service for tests: starts it by exec, as px does, and speaks frames with it."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

MAIN = Path(__file__).parents[3] / "python/px/service/__main__.py"


def encode(header: dict[str, Any], blob: bytes = b"") -> bytes:
    """A frame, written out from the protocol's document."""
    text = json.dumps(header).encode()
    return struct.pack("<II", len(text), len(blob)) + text + blob


class Client:
    """One running service. A context manager: it has ended when the block has."""

    def __init__(self, python: str = sys.executable, arguments: list[str] | None = None, **environment: str):
        self.process = subprocess.Popen(
            [python, *(arguments or [str(MAIN)])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        self.hello, _ = self.receive()

    def send(self, header: dict[str, Any]) -> None:
        """One request."""
        self.write(encode(header))

    def write(self, data: bytes) -> None:
        """Bytes as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """The next frame."""
        header_size, blob_size = struct.unpack("<II", self._read(8))
        return json.loads(self._read(header_size)), self._read(blob_size)

    def ask(self, header: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """A request and its answer."""
        self.send(header)
        answer, blob = self.receive()
        assert answer["id"] == header["id"]
        return answer, blob

    def _read(self, size: int) -> bytes:
        assert self.process.stdout is not None
        data = self.process.stdout.read(size)
        if len(data) < size:
            raise EOFError("the service closed its output")
        return data

    def close(self) -> int:
        """Closes its input and waits for its end. Returns the exit status."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        return status

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.close()
