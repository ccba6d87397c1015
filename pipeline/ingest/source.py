"""What an input names: the standard input, a file, a folder, a pattern, a table in a database, or an address."""

import glob
import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from pipeline.errors import InputError
from pipeline.ingest.record import Options

STDIN: Final = "-"
HEAD: Final = 1 << 18
"""Bytes that are looked at before a reader is chosen: enough for the preamble of any feed, export or page."""
LARGEST_SPOOLED: Final = 1 << 32
"""Bytes that are put on disk for a format that cannot be read as a stream (a workbook in a zip): 4 GB."""

_ADDRESS: Final = ("http://", "https://")
_TABLE: Final = "::"


@dataclass(frozen=True)
class Source:
    """One stream of bytes.

    Attributes:
        name: What to call it.
        open: Opens it.
        named: Whether the user named it, and not a folder or a pattern that it is in.
        table: The table that is asked for, of a database.
        charset: The encoding that a server says it is in.
    """

    name: str
    open: Callable[[], IO[bytes]]
    named: bool = True
    table: str | None = None
    charset: str | None = None


def sources(text: str, options: Options) -> Iterator[Source]:
    """Find what an input names.

    Args:
        text: ``-``, a file, a folder, a pattern with ``*``, ``file.db::table``, or an address.
        options: Whether an address may lead into the own network.

    Yields:
        The streams, in the order of their names.

    Raises:
        InputError: If there is no such thing.
    """
    path = Path(text)
    if text == STDIN:
        yield Source("standard input", lambda: sys.stdin.buffer)
    elif text.lower().startswith(_ADDRESS):
        yield _fetched(text, options)
    elif _exists(path) and path.is_dir():
        yield from _several(text, (found for found in path.rglob("*") if not _hidden(found.relative_to(path))))
    elif _exists(path):
        yield _file(path)
    elif _TABLE in text and _exists(Path(text.rpartition(_TABLE)[0])):
        file, _, table = text.rpartition(_TABLE)
        yield Source(text, lambda: _opened(Path(file)), table=table)
    elif glob.has_magic(text):
        yield from _several(text, map(Path, glob.iglob(text, recursive=True)))  # noqa: PTH207
    else:
        raise InputError(text, "no such file or directory", "a file, a folder, a pattern or an address", "check it")


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


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long for the system, or with a NUL: a headline given for a file
        return False


def _several(text: str, paths: Iterator[Path]) -> Iterator[Source]:
    found = sorted(path for path in paths if path.is_file())
    if not found:
        raise InputError(text, "no file there", "at least one", "check the folder or the pattern")
    yield from (_file(path, named=False) for path in found)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _file(path: Path, named: bool = True) -> Source:
    return Source(str(path), lambda: _opened(path), named)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower(), "a file that can be read", "check it") from error


def _fetched(address: str, options: Options) -> Source:
    from pipeline.ingest.fetch import fetch  # 0.05 s: only for an address

    page = fetch(address, options.allow_private)
    return Source(address, lambda: page.body, charset=page.charset)
