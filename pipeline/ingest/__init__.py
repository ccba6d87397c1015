"""Stage 1, ingest: from what an editor has to a table of headlines.

One file a format; a reader turns lines into records and touches no disk. Which one serves is decided by the content:

``page``    a page copied as text: the headlines of its numbered lists, and nothing else of it
``table``   CSV or TSV with a column ``headline``; the other columns are kept
``lines``   anything else: one headline a line
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.ingest import lines, page, table
from pipeline.ingest.record import Counts, Record, Reject
from pipeline.ingest.text import decode, decode_bytes, lines_of

STDIN: Final = "-"
_BATCH: Final = 1 << 16
_TABLES: Final = (".csv", ".tsv")


def read(source: str, counts: Counts) -> Iterator[pa.Table]:
    """Read the headlines of an input.

    Args:
        source: A file, or ``-`` for the standard input.
        counts: Where to count what became of the rows.

    Yields:
        Tables of text columns, ``headline`` among them, of some 65,000 rows at most.

    Raises:
        InputError: If the input cannot be read, is empty, or is a table without a column ``headline``.
    """
    name = "standard input" if source == STDIN else source
    text = decode_bytes(sys.stdin.buffer.read(), name) if source == STDIN else decode(Path(source))
    rows = lines_of(text)
    if not any(row.strip() for row in rows):
        raise InputError(name, "no text", "headlines: a page, a table, or one a line", "give a file with headlines")
    batch: list[dict[str, str]] = []
    for record in _counted(_records(rows, name), counts):
        batch.append(record.values)
        if len(batch) == _BATCH:
            yield _table(batch)
            batch = []
    if batch or not counts.kept:
        yield _table(batch)


def _records(rows: list[str], name: str) -> Iterator[Record | Reject]:
    mark = table.delimiter(rows[0])
    if mark:
        return table.read(rows, mark, name)
    if name.lower().endswith(_TABLES):
        where, found = f"{name}, line 1", f"the columns “{rows[0].strip()}”"
        raise InputError(where, found, f"a column named {table.COLUMN}", "name the column of the headlines so")
    return page.read(rows) if page.is_page(rows) else lines.read(rows)


def _counted(records: Iterable[Record | Reject], counts: Counts) -> Iterator[Record]:
    """Let records with a headline through, and count all."""
    for record in records:
        counts.read += 1
        if isinstance(record, Reject):
            counts.rejects.append(record)
        elif record.values[table.COLUMN].strip():
            counts.kept += 1
            yield record
        else:
            counts.empty += 1


def _table(batch: list[dict[str, str]]) -> pa.Table:
    names = batch[0] if batch else [table.COLUMN]
    columns = {name: pa.array([row[name] for row in batch], pa.string()) for name in names}
    columns[table.COLUMN] = pa.array([row[table.COLUMN].strip() for row in batch], pa.string())
    return pa.table(columns)
