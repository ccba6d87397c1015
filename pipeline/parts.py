"""The parts of a large table: each a file of tagged rows, with a file of what became of the others; and their joining.

``000000.csv``, ``.jsonl``  the tagged rows of a piece; ``.arrow`` where the header needs the columns of all pieces
``000000.counts.jsonl``     what became of the others, there before: a line for each that could not be used (file, line,
                            reason, text), then the sums and the piece behind the last that this part covers
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from itertools import chain
from pathlib import Path
from typing import IO, Final, NamedTuple

import pyarrow as pa

from pipeline.collect import at_least_one
from pipeline.ingest.keep import Keeper
from pipeline.ingest.reader import surely
from pipeline.ingest.record import Counts, Reject
from pipeline.ingest.table import OPEN
from pipeline.ingest.texts import Item
from pipeline.large import Table
from pipeline.pieces import Piece, read, shift
from pipeline.predict import tagged
from pipeline.spool import put_aside, taken, together
from pipeline.tagger import Tagger
from pipeline.write import put, whole_file, write

_COPIED: Final = 1 << 24
"""Bytes copied at a time."""
_LINES: Final = 1 << 14
"""Rows tagged and written as lines at a time."""
_SUMMED: Final = ("read", "kept", "empty", "repaired")


class Job(NamedTuple):
    """What is to be done.

    Attributes:
        table: The table to tag.
        cut: Its pieces.
        model: The model's folder.
        min_precision: The precision wanted of every tag, if any.
        kind: The format to write.
        folder: Where the parts go.
    """

    table: Table
    cut: tuple[Piece, ...]
    model: Path
    min_precision: float | None
    kind: str
    folder: Path

    @property
    def aside(self) -> bool:
        """Whether the header of the output needs the columns of all pieces, so that parts are put aside as tables."""
        return self.kind == "parquet" or (self.kind == "csv" and self.table.kind == "jsonl")

    def part(self, number: int) -> Path:
        """Give the place of a part."""
        return self.folder / f"{number:06}.{'arrow' if self.aside else self.kind}"

    def rows(self, number: int) -> Path:
        """Give the place of what a reader has put aside of a text, until it is tagged."""
        return self.folder / f"{number:06}.rows"

    def counts(self, number: int) -> Path:
        """Give the place of what is told of a part."""
        return self.folder / f"{number:06}.counts.jsonl"


class _OpenError(Exception):
    """A piece of CSV ends within a quote: it was cut at a wrong place."""


def tag_piece(job: Job, tagger: Tagger, number: int, reading: Future[None] | None) -> int:
    """Tag a piece.

    Args:
        job: What to do.
        tagger: The model at work.
        number: Of the piece.
        reading: When it is done, ``read_piece`` has put the rows aside; None of Parquet, which is read here.

    Returns:
        How many rows were read.
    """
    if reading is None:
        with whole_file(job.part(number)) as part, whole_file(job.counts(number)) as told:  # these are there before
            _put(job, tagger, _kept(job, number, number + 1, told), part)
    else:
        reading.result()
        with whole_file(job.part(number)) as part:
            _put(job, tagger, taken(job.rows(number)), part)
        job.rows(number).unlink()
    return int(_sums(job, number, Counts())["read"])


def _put(job: Job, tagger: Tagger, tables: Iterable[pa.Table], part: IO[bytes]) -> None:
    if job.aside:
        put_aside((tagged(tagger, table) for table in tables), part)
    else:
        some = (table[begin : begin + _LINES] for table in tables for begin in range(0, table.num_rows, _LINES))
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


def join(job: Job, out: Path, counts: Counts, finished: Iterator[object]) -> None:
    """Put the parts together as they come, in their order, and count what became of all rows.

    Args:
        job: What is done.
        out: The output.
        counts: Where to count.
        finished: Gives something whenever a part more is there.
    """
    parts = (part for part in _parts(job, counts, finished) if part.stat().st_size)
    first = next(parts, None)
    if first is None:
        write((tagged(Tagger.load(job.model), table) for table in at_least_one(iter(()))), job.kind, out)
        return
    coming = chain([first], parts)
    with whole_file(out) as file:
        if not job.aside:
            _concatenate(coming, file, headed=job.kind == "csv")
        elif job.table.kind == "parquet":  # all its pieces have the same columns: the first tells them
            put((table for part in coming for table in taken(part)), job.kind, file)
        else:
            put(together(list(coming)), job.kind, file)


def _parts(job: Job, counts: Counts, finished: Iterator[object]) -> Iterator[Path]:
    """Give the parts that follow each other, each when it is there, and count what is told of them."""
    number = 0
    while number < len(job.cut):
        while not job.part(number).exists():
            next(finished)
        yield job.part(number)
        sums = _sums(job, number, counts)
        number = sums.pop("end")
        counts.add(sums)


def _sums(job: Job, number: int, counts: Counts) -> dict[str, int]:
    """Give the sums that are told of a part; count its rejects."""
    sums: dict[str, int] = {}
    with job.counts(number).open(encoding="utf-8") as file:
        for told in map(json.loads, file):
            if isinstance(told, dict):
                sums = told
            else:
                counts.reject(Reject(*told))
    return sums


def _concatenate(parts: Iterable[Path], file: IO[bytes], headed: bool) -> None:
    for number, path in enumerate(parts):
        with path.open("rb") as part:
            if number and headed:
                _skip_row(part)
            shutil.copyfileobj(part, file, _COPIED)


def _skip_row(file: IO[bytes]) -> None:
    """Read on behind the first line end at which every quote is closed."""
    quotes = file.readline().count(b'"')
    while quotes % 2:
        quotes += file.readline().count(b'"')
