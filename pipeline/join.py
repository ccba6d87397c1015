"""The parts of a large table put together, each as soon as it is there and those before it are."""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Final

from pipeline import rowgroups
from pipeline.atomic import flush
from pipeline.collect import at_least_one
from pipeline.ingest.record import Counts
from pipeline.job import Job
from pipeline.predict import tagged
from pipeline.spool import together
from pipeline.tagger import Tagger
from pipeline.write import put, whole_file, write

_COPIED: Final = 1 << 24
"""Bytes copied at a time."""


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
        if job.aside:
            put(together(list(coming)), job.kind, file)
        elif job.kind == "parquet":  # all pieces have the same columns
            rowgroups.concatenate(_flushed(coming, file), file)
        else:
            _concatenate(_flushed(coming, file), file, headed=job.kind == "csv")


def _flushed(parts: Iterable[Path], file: IO[bytes]) -> Iterator[Path]:
    """Give parts; what is written of each goes to the disk while others are tagged, so that the end is not long."""
    regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    for path in parts:
        yield path
        if regular:
            flush(file)
        if hasattr(os, "posix_fadvise"):  # the system need not remember the part any longer
            with path.open("rb") as part:
                os.posix_fadvise(part.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _parts(job: Job, counts: Counts, finished: Iterator[object]) -> Iterator[Path]:
    """Give the parts that follow each other, each when it is there, and count what is told of them."""
    number = 0
    while number < len(job.cut):
        while not job.part(number).exists():
            next(finished)
        yield job.part(number)
        sums = job.sums(number, counts)
        number = sums.pop("end")
        counts.add(sums)


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
