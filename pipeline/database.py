"""SQLite files of ours that several processes write at once and that a kill at any moment leaves whole.

The write-ahead log with ``synchronous=FULL`` (https://sqlite.org/wal.html): what was committed is on the disk, and
what was not never happened. A connection lives as long as one piece of work, so that nothing is shared between threads.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.errors import InputError, StoreError

PATIENCE: Final = 30.0
"""Seconds that a writer waits for another."""
_AGAIN: Final = 0.02


@dataclass(frozen=True)
class Kind:
    """What a file of ours holds.

    Attributes:
        name: What to call it, such as ``a store of corrections``.
        mark: Four letters that the file is told by (SQLite's application id).
        version: Of the schema; a file of a later one is refused.
        schema: The statements that make the tables.
    """

    name: str
    mark: bytes
    version: int
    schema: tuple[str, ...]

    @property
    def number(self) -> int:
        """The mark as SQLite keeps it."""
        return int.from_bytes(self.mark, "big")


@contextmanager
def opened(path: Path, kind: Kind) -> Iterator[sqlite3.Connection]:
    """Open a file of ours, made if it is not there.

    Args:
        path: Where it is; its folder must exist.
        kind: What it holds.

    Yields:
        A connection that commits each statement, but within ``transaction``; rows by column name.

    Raises:
        InputError: If the file is of another kind.
        StoreError: If it cannot be read or written.
    """
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            _prepare(connection, path, kind)
            yield connection
    except sqlite3.Error as error:
        found = f"a file that cannot be used ({error})"
        raise StoreError(path, found, kind.name, "check the path, its rights and the room on the disk") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do several things or none of them, no one else writing meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _prepare(connection: sqlite3.Connection, path: Path, kind: Kind) -> None:
    if _stamp(connection) != (kind.number, kind.version):
        _write_ahead(connection)
        with transaction(connection):
            _make(connection, path, kind)
    connection.execute("PRAGMA synchronous=FULL")


def _make(connection: sqlite3.Connection, path: Path, kind: Kind) -> None:
    """Make the tables, unless another process has just made them."""
    number, version = _stamp(connection)
    if (number, version) == (kind.number, kind.version):
        return
    if number == kind.number:
        found, expected = f"{kind.name} of version {version}", f"version {kind.version}"
        raise InputError(path, found, expected, "upgrade rubrika, or name another file")
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise InputError(path, "a database of something else", kind.name, "name another file")
    for statement in kind.schema:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id={kind.number}")
    connection.execute(f"PRAGMA user_version={kind.version}")


def _stamp(connection: sqlite3.Connection) -> tuple[int, int]:
    number, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    return int(number), int(version)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; while two processes do so, SQLite refuses one at once instead of letting it wait."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_AGAIN)
        else:
            return
