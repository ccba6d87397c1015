"""The parts of a large table: of each piece, its tagged rows, and what became of the others (see ``job``)."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from typing import IO, Final

import pyarrow as pa

from pipeline.ingest.keep import ROWS, Keeper
from pipeline.ingest.reader import surely
from pipeline.ingest.record import Counts, Reject
from pipeline.ingest.table import OPEN
from pipeline.ingest.texts import Item
from pipeline.job import Job
from pipeline.pieces import Piece, read, shift
from pipeline.predict import tagged
from pipeline.spool import put_aside, taken
from pipeline.tagger import Tagger
from pipeline.write import put, whole_file

_LINES: Final = 1 << 14
"""Rows tagged and written as lines at a time."""
_SUMMED: Final = ("read", "kept", "empty", "repaired")


class _OpenError(Exception):
    """A piece of CSV ends within a quote: it was cut at a wrong place."""


def tag_piece(job: Job, tagger: Tagger, number: int, reading: Future[None] | None) -> ExitStack:
    """Tag a piece.

    Args:
        job: What to do.
        tagger: The model at work.
        number: Of the piece.
        reading: When it is done, ``read_piece`` has put the rows aside; None of Parquet, which is read here.

    Returns:
        What gives the part its place when it is closed: that waits for the disk, which is not for a thread that tags.
    """
    if reading:
        reading.result()
    with ExitStack() as written:
        part = written.enter_context(whole_file(job.part(number)))
        if reading:
            _put(job, tagger, taken(job.rows(number)), part)
            job.rows(number).unlink()
        else:
            told = written.enter_context(whole_file(job.counts(number)))  # closed, and there, before the part is
            _put(job, tagger, _kept(job, number, number + 1, told), part)
        return written.pop_all()


def _put(job: Job, tagger: Tagger, tables: Iterable[pa.Table], part: IO[bytes]) -> None:
    if job.aside:
        put_aside((tagged(tagger, table) for table in tables), part)
    else:
        rows = ROWS if job.kind == "parquet" else _LINES
        some = (table[begin : begin + rows] for table in tables for begin in range(0, table.num_rows, rows))
        put((tagged(tagger, table) for table in some), job.kind, part)


def read_piece(job: Job, number: int) -> None:
    """Read a piece; one that turns out to be cut within a quote, together with those behind it, up to a right end.

    Args:
        job: What to do.
        number: Of the piece.
    """
    end = number + 1
    while True:
        try:
            with job.rows(number).open("wb") as rows, whole_file(job.counts(number)) as told:
                put_aside(_kept(job, number, end, told), rows)
            return
        except _OpenError:
            end += 1


def _kept(job: Job, number: int, end: int, told: IO[bytes]) -> Iterator[pa.Table]:
    """Give the rows of a piece, and tell what became of the others."""
    some = job.cut[number:end]
    piece = Piece(some[0].begin, some[-1].end, sum(each.amount for each in some), some[0].before)
    counts, before = Counts(), shift(job.table, piece)
    counts.sink = lambda row: _tell(told, row, before)
    items = surely(str(job.table.path), _items(job, piece, end), must=number == 0)
    yield from Keeper(counts, job.table.options).keep(items)
    told.write(json.dumps({name: getattr(counts, name) for name in _SUMMED} | {"end": end}).encode())


def _items(job: Job, piece: Piece, end: int) -> Iterator[tuple[str, Item]]:
    for item in read(job.table, piece):
        if end < len(job.cut) and isinstance(item, Reject) and item.reason == OPEN:
            raise _OpenError
        yield str(job.table.path), item


def _tell(file: IO[bytes], row: Reject, before: int) -> None:
    line = row.line and row.line + before  # 0: none
    file.write(json.dumps([row.file, line, row.reason, row.text]).encode() + b"\n")
