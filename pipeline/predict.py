"""Tagging from inputs to an output: ingest, tag, write, and count what became of every row."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.collect import at_least_one
from pipeline.decide import Decision
from pipeline.explain import with_why
from pipeline.ingest import read_all
from pipeline.ingest.clean import clean_column
from pipeline.ingest.record import COLUMN, Counts, Options
from pipeline.rejects import written
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS
from pipeline.write import format_for, write


def predict(  # noqa: PLR0913 - what the command has
    inputs: Sequence[str],
    tagger: Tagger,
    options: Options | None = None,
    *,
    out: Path | None,
    kind: str | None,
    rejects: Path | None,
    why: bool,
) -> Counts:
    """Tag the headlines of inputs.

    Args:
        inputs: As ``ingest.read`` takes them.
        tagger: A model at work.
        options: How to read.
        out: Where to write; nothing means the standard output.
        kind: The format to write, if the ending of ``out`` does not say it.
        rejects: Where to write the rows that could not be used.
        why: Whether to tell the words that decided.

    Returns:
        What became of the rows.
    """
    kind = kind or format_for(out, sys.stdout.isatty())
    counts = Counts()
    with written(counts, rejects):
        tables = at_least_one(read_all(inputs, counts, options))
        write((tagged(tagger, table, why) for table in tables), kind, out)
    return counts


def tagged(tagger: Tagger, table: pa.Table, why: bool = False) -> pa.Table:
    """Tag a table as ingest gives it: the column ``headline`` stays as it is, the tagger sees it cleaned.

    Args:
        tagger: A model at work.
        table: A table with a text column ``headline``.
        why: Whether to add the words that decided.

    Returns:
        The table with the tagger's columns.
    """
    seen = clean_column(table[COLUMN])
    answered = tagger.tag_arrow(table, seen)
    return with_why(tagger, answered, seen) if why else answered


def left(decision: Decision) -> str:
    """Say what recall a wanted precision leaves."""
    rows = zip(TOPICS, decision.thresholds, decision.left(), strict=True)
    told = (f"{topic} from {cut:.2f} on (recall {recall:.2f})" for topic, cut, (_, recall) in rows)
    return f"in cross-validation this leaves {', '.join(told)}"
