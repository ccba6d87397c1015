"""Tables of any length: tagged piece by piece in all processors, in memory that does not grow, and resumable.

Threads tag, and share what they learn of words; Arrow reads Parquet in them, and texts are read in other processes.
Every piece becomes a part in a folder ``.NAME.parts`` beside the output (``parts``), whole or not at all; meanwhile
those that are there are joined into the output. So a run that was killed can be taken up where it stopped, and gives
the same file.
"""

import json
import shutil
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.ingest.record import Counts
from pipeline.job import Job
from pipeline.join import join
from pipeline.large import Table
from pipeline.machine import processors
from pipeline.model import digest
from pipeline.parts import read_piece, tag_piece
from pipeline.pieces import cut
from pipeline.rejects import written
from pipeline.tagger import Tagger
from pipeline.write import whole_file

_PLAN: Final = "plan.json"


def tag_table(  # noqa: PLR0913 - what the command has
    table: Table,
    model: Path,
    out: Path,
    *,
    kind: str,
    min_precision: float | None = None,
    rejects: Path | None = None,
    resume: bool = False,
    workers: int = 0,
) -> Counts:
    """Tag a table of any length.

    Args:
        table: What to tag.
        model: The model's folder.
        out: Where the tagged table goes.
        kind: The format to write: ``jsonl``, ``csv`` or ``parquet``.
        min_precision: The precision wanted of every tag, 0 to 1, if any.
        rejects: Where to write the rows that could not be used.
        resume: Whether to take up a run that was stopped.
        workers: Threads that tag, and processes that read texts; 0: one for each processor.

    Returns:
        What became of the rows.

    Raises:
        InputError: If the table cannot be read, or the parts to resume are those of another run.
    """
    job = Job(table, tuple(cut(table)), model, min_precision, kind, out.parent / f".{out.name}.parts")
    counts = Counts()
    with written(counts, rejects), _frugal(job):
        _prepare(job, resume)
        left = [number for number in range(len(job.cut)) if not job.part(number).exists()]
        with closing(_work(job, left, workers or processors())) as finished:
            join(job, out, counts, finished)
    (job.folder / _PLAN).unlink()  # first: what is left by a kill from now on is not taken up
    shutil.rmtree(job.folder)
    return counts


@contextmanager
def _frugal(job: Job) -> Iterator[None]:
    """Let Arrow give memory back at once where texts are tagged; Parquet is quicker, and small enough, without."""
    before = pa.default_memory_pool()
    if job.table.kind != "parquet":
        _give_back()
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def _give_back() -> None:
    pa.set_memory_pool(pa.system_memory_pool())


def _prepare(job: Job, resume: bool) -> None:
    """Make the folder of parts, or see that those in it are of the same run."""
    state = job.table.path.stat()
    told = [str(job.table.path.resolve()), state.st_size, state.st_mtime_ns, digest(job.model), job.min_precision]
    plan = json.dumps([*told, job.kind, str(job.table), job.cut])
    if resume and (job.folder / _PLAN).is_file():  # without a plan there is no part yet, or no need of one any more
        if (job.folder / _PLAN).read_text(encoding="utf-8") != plan:
            found = "parts of another input, model or option"
            raise InputError(job.folder, found, "those of the same run", "run without --resume to start anew")
        return
    shutil.rmtree(job.folder, ignore_errors=True)
    try:
        job.folder.mkdir()
    except OSError as error:
        found = f"a place that cannot be written ({error.strerror})"
        raise InputError(job.folder, found, "a folder that exists and has room", "name another by --out") from error
    with whole_file(job.folder / _PLAN) as file:
        file.write(plan.encode())


def _work(job: Job, left: Sequence[int], workers: int) -> Generator[int]:
    """Tag the pieces that are left, also while the caller does something else; yield the number of each when done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    total = sum(piece.amount for piece in job.cut)
    rate = TextColumn("{task.percentage:3.0f} %  {task.fields[rate]}")
    columns = BarColumn(), rate, TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        done = total - sum(job.cut[number].amount for number in left)
        bar, rows = progress.add_task("", total=total, completed=done, rate=""), 0
        for number, read in _finished(job, left, workers):
            rows += read
            elapsed = progress.tasks[bar].elapsed or 1
            progress.update(bar, advance=job.cut[number].amount, rate=f"{rows / elapsed:,.0f} headlines/s")
            yield number


def _finished(job: Job, left: Sequence[int], workers: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers of pieces as they are done, and their rows; few of them wait at a time."""
    tagger = Tagger.load(job.model, job.min_precision)
    tagger.threads = 1  # of each of these
    spawn = get_context("spawn")  # a fork would copy threads that hold locks
    running: dict[Future[ExitStack], int] = {}
    try:
        with ProcessPoolExecutor(workers, spawn, _give_back) as readers, ThreadPoolExecutor(workers) as threads:
            coming = iter(left)
            while True:
                for number in islice(coming, 2 * workers - len(running)):
                    reading = None if job.table.kind == "parquet" else readers.submit(read_piece, job, number)
                    running[threads.submit(tag_piece, job, tagger, number, reading)] = number
                if not running:
                    return
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    number = running.pop(done)
                    done.result().close()
                    yield number, job.sums(number, Counts())["read"]
    finally:
        for done in running:  # after an error, or Ctrl-C: what was finished meanwhile need not be done again
            if not done.exception():
                done.result().close()
