"""SQLite: the rows of a table, read only, as a stream."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote

from pipeline.errors import InputError
from pipeline.ingest.columns import choose, missing, named
from pipeline.ingest.record import Record, Reject

LARGEST_CELL: Final = 1 << 20
"""Bytes of a text or a blob; SQLite itself refuses to give a larger one, and the reading ends there."""


def read(stream: IO[bytes], file: str, table: str | None, wanted: str | None) -> Iterator[Record | Reject]:
    """Give the rows of a table.

    Args:
        stream: The database, as a file or as any stream that can seek.
        file: What to call the input in an error.
        table: Which table; if none, the only one that has a column of headlines.
        wanted: The column of the headlines, if it is not to be found by its name.

    Yields:
        A record a row, numbered from 1 in the place of lines.

    Raises:
        InputError: If the database is damaged, or there is no such table, or several could be meant.
    """
    with tempfile.TemporaryDirectory() as folder, closing(_connect(stream, file, Path(folder))) as database:
        try:
            table = table or _only(database, file, wanted)
            rows = database.execute(f'SELECT * FROM "{_known(database, table, file)}"')  # noqa: S608 - a table's own name
            own = [column[0] for column in rows.description]
            place = choose(own, wanted)
            if place is None:
                raise missing(own, wanted, f"{file}, table {table}")
            header = named(own, place)
            for number, cells in enumerate(rows, start=1):
                yield Record(number, dict(zip(header, cells, strict=True)))
        except (sqlite3.Error, OverflowError, MemoryError, UnicodeError) as error:
            found = f"a damaged database ({error})"
            raise InputError(file, found, "a whole one", "copy it again while no program writes to it") from error


def _connect(stream: IO[bytes], file: str, folder: Path) -> sqlite3.Connection:
    path = Path(stream.name) if isinstance(getattr(stream, "name", None), str) else folder / "copy.db"
    if path.parent == folder:
        with path.open("wb") as copy:
            while block := stream.read(1 << 20):
                copy.write(block)
    mode = "immutable=1" if path.parent == folder else "mode=ro"
    try:
        database = sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", uri=True)
        database.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL)
        database.execute("PRAGMA trusted_schema = OFF")  # a stranger's file must not call functions
    except sqlite3.Error as error:
        raise InputError(file, f"a damaged database ({error})", "a whole one", "copy it again") from error
    return database


def _tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [str(name) for (name,) in rows]


def _known(database: sqlite3.Connection, table: str, file: str) -> str:
    tables = _tables(database)
    if table not in tables:
        raise InputError(file, f"no table {table}", f"one of {', '.join(tables)}", "name it as file.db::table")
    return table.replace('"', '""')


def _only(database: sqlite3.Connection, file: str, wanted: str | None) -> str:
    able = [table for table in _tables(database) if choose(_columns(database, table), wanted) is not None]
    if len(able) != 1:
        found = f"{len(able)} tables with headlines" + (f" ({', '.join(able)})" if able else "")
        raise InputError(file, found, "one", f"name it as {file}::table, or the column by --column")
    return able[0]


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    rows: Any = database.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return [str(name) for (name,) in rows]
