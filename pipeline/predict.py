"""Tagging from inputs to an output: ingest, tag, write, and count what became of every row."""

import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.collect import at_least_one
from pipeline.ingest import read_all
from pipeline.ingest.clean import clean_column
from pipeline.ingest.record import COLUMN, Counts, Options
from pipeline.rejects import written
from pipeline.tagger import Tagger
from pipeline.write import format_for, write


def predict(
    inputs: Sequence[str],
    out: Path | None,
    kind: str | None,
    rejects: Path | None,
    model: Path,
    options: Options | None = None,
) -> Counts:
    """Tag the headlines of inputs.

    Args:
        inputs: As ``ingest.read`` takes them.
        out: Where to write; nothing means the standard output.
        kind: The format to write, if the ending of ``out`` does not say it.
        rejects: Where to write the rows that could not be used.
        model: The model's folder.
        options: How to read.

    Returns:
        What became of the rows.
    """
    kind = kind or format_for(out, sys.stdout.isatty())
    tagger = Tagger.load(model)
    counts = Counts()
    with written(counts, rejects):
        tables = at_least_one(read_all(inputs, counts, options))
        write((tagger.tag_arrow(table, clean_column(table[COLUMN])) for table in tables), kind, out)
    return counts
