"""Tables as a table for people, JSONL, CSV or Parquet: in the order of the input, whole or not at all."""

import csv
import errno
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Final

import pyarrow as pa

from pipeline.answers import RESULT
from pipeline.atomic import replace_file
from pipeline.errors import InputError
from pipeline.ingest.record import COLUMN
from pipeline.plain import header
from pipeline.show import show

FORMATS: Final = ("table", "jsonl", "csv", "parquet")
_LINES: Final = 1 << 12
"""Lines made at a time, few enough for the processor's caches."""
_HEADED: Final = ("csv", "parquet")
"""Formats with one header for all rows."""


def format_for(out: Path | None, on_terminal: bool) -> str:
    """Choose the format that is meant.

    Args:
        out: The file to write, if any; its ending decides.
        on_terminal: Whether a person reads the standard output.

    Returns:
        One of ``FORMATS``.

    Raises:
        InputError: If the file's ending is none of a format.
    """
    if out is None:
        return "table" if on_terminal else "jsonl"
    ending = out.suffix.lower().lstrip(".").replace("txt", "table")
    if ending not in FORMATS:
        raise InputError(out, f"the ending “{out.suffix}”", "one of .jsonl, .csv, .parquet, .txt", "or say --format")
    return ending


def write(tables: Iterable[pa.Table], kind: str, out: Path | None) -> None:
    """Write tagged tables.

    Args:
        tables: Tables with the columns that the tagger adds, one at least.
        kind: One of ``FORMATS``.
        out: Where; nothing means the standard output.
    """
    if kind in _HEADED:
        from pipeline.spool import one_schema

        tables = one_schema(tables)
    if out is None:
        put(tables, kind, sys.stdout.buffer)
        sys.stdout.flush()
        return
    with whole_file(out) as file:
        put(tables, kind, file)


def put(tables: Iterable[pa.Table], kind: str, file: IO[bytes]) -> None:
    """Write tagged tables to an open file.

    Args:
        tables: Tables with the columns that the tagger adds; for CSV and Parquet, all with the same columns.
        kind: One of ``FORMATS``.
        file: Where.
    """
    _WRITERS[kind](tables, file)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its place only when all of it is written.

    Args:
        path: Where.

    Yields:
        A binary file to write to.

    Raises:
        InputError: If it cannot be written; what stood there still stands.
    """
    try:
        with replace_file(path) as file:
            yield file
    except OSError as error:
        if error.errno == errno.ENOMEM:  # of what is read meanwhile
            raise
        found = f"a place that cannot be written ({error.strerror})"
        raise InputError(path, found, "a folder that exists and has room", "name another") from error


def _jsonl(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    from pipeline.jsonl import lines

    for table in tables:
        _put_lines(table, lines, file)


def _put_lines(table: pa.Table, lines: Callable[[pa.Table], pa.Array], file: IO[bytes]) -> None:
    """Write the lines of a table one behind the other, without making a string of any."""
    for begin in range(0, table.num_rows, _LINES):
        texts = lines(table[begin : begin + _LINES])
        _, offsets, data = texts.buffers()
        ends = memoryview(offsets).cast("q")[texts.offset :][: len(texts) + 1]
        file.write(memoryview(data)[ends[0] : ends[-1]])


def _csv(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    from pipeline.cells import lines

    for place, table in enumerate(tables):
        if place == 0:
            row = io.StringIO(newline="")
            csv.writer(row).writerow(header(table.schema))
            file.write(row.getvalue().encode())
        _put_lines(table, lines, file)


def _parquet(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    import pyarrow.parquet as pq  # 0.05 s: only when it is wanted

    alike = iter(tables)
    first = next(alike, None)
    if first is None:  # nothing of a large table
        return
    repeated, bounded = _told(first.schema)
    with pq.ParquetWriter(file, first.schema, use_dictionary=repeated, write_statistics=bounded) as writer:
        for table in chain([first], alike):
            writer.write_table(table)


def _told(schema: pa.Schema) -> tuple[list[str], list[str]]:
    """Give the columns with a dictionary, and those with bounds, where neither would be in vain."""
    lists = [f"{field.name}.list.element" for field in schema if pa.types.is_list(field.type)]
    flat = [field for field in schema if not pa.types.is_floating(field.type) and field.name != COLUMN]
    repeated = [field.name for field in flat if not pa.types.is_integer(field.type)]  # numbers are short, and differ
    return repeated + lists, [field.name for field in flat if field.name not in RESULT.names]


_WRITERS: Final[dict[str, Callable[[Iterable[pa.Table], IO[bytes]], None]]] = {
    "table": show,
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
}
