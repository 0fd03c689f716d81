"""Frames of the protocol: two little-endian u32 lengths, a JSON header, a blob."""

import json
import struct
from collections.abc import Iterator
from typing import Any

MAX_HEADER = 16 << 20  # bytes
MAX_BLOB = 64 << 20  # bytes
_LENGTHS = struct.Struct("<II")

Header = dict[str, Any]


class GarbageError(Exception):
    """The other side does not speak the protocol; nothing after this point can be understood."""


def encode(header: Header, blob: bytes = b"") -> bytes:
    """One frame."""
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return _LENGTHS.pack(len(text), len(blob)) + text + blob


class Decoder:
    """Cuts a stream of bytes into frames, whatever the pieces it comes in."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """Bytes of an unfinished frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[tuple[Header, bytes]]:
        """Takes in `data` and yields each frame that is now complete. Raises GarbageError."""
        self._buffer += data
        while len(self._buffer) >= _LENGTHS.size:
            header_size, blob_size = _LENGTHS.unpack_from(self._buffer)
            if header_size > MAX_HEADER or blob_size > MAX_BLOB:
                raise GarbageError(f"a frame of {header_size} and {blob_size} bytes")
            end = _LENGTHS.size + header_size + blob_size
            if len(self._buffer) < end:
                return
            text = bytes(self._buffer[_LENGTHS.size : _LENGTHS.size + header_size])
            blob = bytes(self._buffer[_LENGTHS.size + header_size : end])
            del self._buffer[:end]
            try:
                header = json.loads(text)
            except ValueError as error:
                raise GarbageError(f"a header that is not JSON: {error}") from None
            if not isinstance(header, dict):
                raise GarbageError("a header that is not an object")
            yield header, blob
