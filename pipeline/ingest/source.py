"""What an input names: the standard input, a file, a folder, a pattern, a table in a database, or an address."""

import glob
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from pipeline.errors import InputError
from pipeline.ingest.record import Options

STDIN: Final = "-"
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
