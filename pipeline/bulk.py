"""Tables of any length: tagged piece by piece in all processors, in memory that does not grow, and resumable.

Every piece becomes a file in a folder ``.NAME.parts`` beside the output, whole or not at all; when all are there they
are joined into the output. So a run that was killed can be taken up where it stopped, and gives the same file.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.errors import InputError
from pipeline.ingest.clean import clean_column
from pipeline.ingest.record import COLUMN
from pipeline.model import digest
from pipeline.pieces import Piece, pieces, read_piece, read_row
from pipeline.tagger import Tagger, processors
from pipeline.write import format_for, whole_file, write

_PLAN: Final = "plan.json"
_COPIED: Final = 1 << 24
"""Bytes copied at a time."""


class Job(NamedTuple):
    """What a worker needs to know.

    Attributes:
        source: The table to tag.
        model: The model's folder.
        min_precision: The precision wanted of every tag, if any.
        kind: The format to write.
        parts: Where the parts go.
    """

    source: Path
    model: Path
    min_precision: float | None
    kind: str
    parts: Path

    def part(self, number: int) -> Path:
        """Give the place of a part."""
        return self.parts / f"{number:06}.{self.kind}"


def tag_file(
    source: Path, model: Path, out: Path, *, min_precision: float | None = None, resume: bool = False, workers: int = 0
) -> int:
    """Tag a table of any length.

    Args:
        source: Parquet, JSONL or CSV with a column ``headline``.
        model: The model's folder.
        out: Where the tagged table goes, by its ending as JSONL, CSV or Parquet.
        min_precision: The precision wanted of every tag, 0 to 1, if any.
        resume: Whether to take up a run that was stopped.
        workers: Processes that work at once; 0: one for each processor.

    Returns:
        How many pieces this run tagged.

    Raises:
        InputError: If the table cannot be read, or the parts to resume are those of another run.
    """
    cut = pieces(source)
    job = Job(source, model, min_precision, format_for(out, on_terminal=False), out.parent / f".{out.name}.parts")
    _prepare(job, cut, resume)
    left = [number for number in range(len(cut)) if not job.part(number).exists()]
    _work(job, cut, left, workers or processors())
    _join(job, len(cut), out)
    shutil.rmtree(job.parts)
    return len(left)


def _prepare(job: Job, cut: Sequence[Piece], resume: bool) -> None:
    """Make the folder of parts, or see that those in it are of the same run."""
    state = job.source.stat()
    plan = json.dumps(
        [str(job.source.resolve()), state.st_size, state.st_mtime_ns, digest(job.model), job.min_precision, cut]
    )
    if resume and job.parts.exists():
        if not (job.parts / _PLAN).is_file() or (job.parts / _PLAN).read_text(encoding="utf-8") != plan:
            found = "parts of another input, model or precision"
            raise InputError(job.parts, found, "those of the same run", "run without --resume to start anew")
        return
    shutil.rmtree(job.parts, ignore_errors=True)
    try:
        job.parts.mkdir()
    except OSError as error:
        found = f"a place that cannot be written ({error.strerror})"
        raise InputError(job.parts, found, "a folder that exists and has room", "name another by --out") from error
    with whole_file(job.parts / _PLAN) as file:
        file.write(plan.encode())


def _work(job: Job, cut: Sequence[Piece], left: Sequence[int], workers: int) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    total = sum(piece.amount for piece in cut)
    unit = "rows" if job.source.suffix == ".parquet" else "bytes"
    columns = BarColumn(), TextColumn("{task.percentage:3.0f} %  {task.fields[rate]}"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=total, completed=total - sum(cut[number].amount for number in left), rate="")
        for number in _finished(job, cut, left, workers):
            progress.advance(bar, cut[number].amount)
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            progress.update(bar, rate=f"{speed:,.0f} {unit}/s" if speed else "")


def _finished(job: Job, cut: Sequence[Piece], left: Sequence[int], workers: int) -> Iterator[int]:
    """Yield the numbers of pieces as they are done; no more of them wait than there are workers."""
    spawn = get_context("spawn")  # a fork would copy threads that hold locks
    with ProcessPoolExecutor(min(workers, len(left)) or 1, spawn, _begin, (job.model, job.min_precision)) as pool:
        coming = iter(left)
        running: dict[Future[None], int] = {}
        while True:
            for number in islice(coming, 2 * workers - len(running)):
                running[pool.submit(_tag_piece, job, number, cut[number])] = number
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                done.result()
                yield running.pop(done)


_tagger: list[Tagger] = []
"""The one tagger of a worker process."""


def _begin(model: Path, min_precision: float | None) -> None:
    tagger = Tagger.load(model, min_precision)
    tagger.threads = 1
    _tagger[:] = [tagger]


def _tag_piece(job: Job, number: int, piece: Piece) -> None:
    tables = read_piece(job.source, piece)
    tagged = (_tagger[0].tag_arrow(table, clean_column(table[COLUMN])) for table in tables)
    write(tagged, job.kind, job.part(number))


def _join(job: Job, parts: int, out: Path) -> None:
    """Put the parts together; a table of CSV has its header once."""
    files = [job.part(number) for number in range(parts)]
    if job.kind == "parquet":
        tables = (table for path in files for piece in pieces(path) for table in read_piece(path, piece))
        write(tables, "parquet", out)
        return
    with whole_file(out) as joined:
        for number, path in enumerate(files):
            with path.open("rb") as part:
                if number and job.kind == "csv":
                    read_row(part)
                shutil.copyfileobj(part, joined, _COPIED)
