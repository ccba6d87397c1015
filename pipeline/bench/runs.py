"""Commands that are run to be measured: how long they take, what memory they and their children hold, and a kill."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.bench.flat import held
from pipeline.machine import processors
from pipeline.tagger import Tagger

_PAUSE: Final = 0.2
"""Seconds between two looks at the memory."""


class Run(NamedTuple):
    """What a command took.

    Attributes:
        seconds: From start to end.
        megabytes: The most that it and its children held at once; what they share counts once.
        told: Its standard output.
    """

    seconds: float
    megabytes: float
    told: str


def run(*command: str) -> Run:
    """Run a command to its end.

    Args:
        *command: The command and its arguments.

    Returns:
        What it took.

    Raises:
        CalledProcessError: If it fails.
    """
    begun, most = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        while process.poll() is None:
            most = max(most, sum(map(_held, family(process.pid))))
            with suppress(subprocess.TimeoutExpired):
                process.wait(_PAUSE)
        seconds = time.perf_counter() - begun
        told = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(seconds, most, told)


def killed(until: Callable[[], bool], *command: str) -> None:
    """Run a command and kill it, its children with it.

    Args:
        until: When it says so.
        *command: The command and its arguments.
    """
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as process:  # noqa: S603
        while process.poll() is None and not until():
            time.sleep(_PAUSE / 10)
        os.killpg(process.pid, signal.SIGKILL)


def family(process: int) -> Iterator[int]:
    """Give the numbers of a process and all that it started, and so on."""
    yield process
    with suppress(OSError):  # it has ended
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from family(int(child))


def _held(process: int) -> float:
    try:
        return held(process)
    except (OSError, StopIteration):  # it has ended
        return 0.0


def by_joblib(model: Path, source: Path, folder: Path) -> float:
    """Give the seconds that joblib takes to tag the row groups of a Parquet file, each into a file of its own."""
    from joblib import Parallel, delayed

    groups = pq.ParquetFile(source).num_row_groups
    begun = time.perf_counter()
    Parallel(processors())(
        delayed(_tag_group)(model, source, group, folder / f"{group}.parquet") for group in range(groups)
    )
    return time.perf_counter() - begun


_own: list[Tagger] = []
"""The one tagger of a process of joblib."""


def _tag_group(model: Path, source: Path, group: int, out: Path) -> None:
    if not _own:
        _own.append(Tagger.load(model))
        _own[0].threads = 1
    table: pa.Table = pq.ParquetFile(source).read_row_group(group)
    pq.write_table(_own[0].tag_arrow(table), out)
