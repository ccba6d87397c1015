"""Streams of bytes that can be looked at before they are read, and that can seek."""

import io
import tempfile
from typing import IO, Final

from pipeline.errors import InputError

HEAD: Final = 1 << 18
"""Bytes that are looked at before a reader is chosen: enough for the preamble of any feed, export or page."""
LARGEST_SPOOLED: Final = 1 << 32
"""Bytes that are put on disk for a format that cannot be read as a stream (a workbook in a zip): 4 GB."""


def peek(stream: IO[bytes]) -> tuple[bytes, IO[bytes]]:
    """Look at the beginning of a stream.

    Args:
        stream: Any stream.

    Returns:
        At most ``HEAD`` bytes, fewer only if there are no more; and a stream that still begins with them.
    """
    head = b""
    while len(head) < HEAD and (more := stream.read(HEAD - len(head))):
        head += more
    if isinstance(stream, io.BufferedReader) and stream.seekable():
        stream.seek(0)
        return head, stream
    return head, io.BufferedReader(_Chained(head, stream), 1 << 16)


def seekable(stream: IO[bytes], name: str) -> IO[bytes]:
    """Give a stream that can seek, by way of a temporary file if need be.

    Args:
        stream: Any stream, at its beginning.
        name: What to call it in an error.

    Returns:
        The same bytes.

    Raises:
        InputError: If there are too many.
    """
    if stream.seekable():
        return stream
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the reader
    while block := stream.read(1 << 20):
        if spool.tell() + len(block) > LARGEST_SPOOLED:
            spool.close()
            found = f"more than {LARGEST_SPOOLED >> 30} GB in a format that cannot be read as a stream"
            raise InputError(name, found, "a file", "save it as a file first")
        spool.write(block)
    spool.seek(0)
    return spool


class _Chained(io.RawIOBase):
    """Bytes already read, then the rest of their stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] if self._head else self._rest.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)
