"""Headlines from inputs to an output, without tags: read, keep, write, and count what became of every row."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.ingest import read_all
from pipeline.ingest.record import COLUMN, Counts, Options
from pipeline.machine import bounded
from pipeline.rejects import written
from pipeline.write import format_for, write


def collect(
    inputs: Sequence[str], out: Path | None, kind: str | None, rejects: Path | None, options: Options
) -> Counts:
    """Write the headlines of inputs.

    Args:
        inputs: As ``ingest.read`` takes them.
        out: Where to write; nothing means the standard output.
        kind: The format to write, if the ending of ``out`` does not say it.
        rejects: Where to write the rows that could not be used.
        options: How to read.

    Returns:
        What became of the rows.
    """
    counts = Counts()
    kind = kind or format_for(out, on_terminal=False)
    with bounded(holds=options.dedupe is not None), written(counts, rejects):
        write(at_least_one(read_all(inputs, counts, options)), kind, out)
    return counts


def at_least_one(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Give tables; if there is none, one without rows, so that an output has its columns."""
    none = True
    for table in tables:
        none = False
        yield table
    if none:
        yield pa.table({COLUMN: pa.array([], pa.string())})
