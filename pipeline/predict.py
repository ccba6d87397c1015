"""Tagging from inputs to an output: ingest, tag, write, and count what became of every row."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.decide import Decision
from pipeline.errors import InputError
from pipeline.explain import with_why
from pipeline.ingest import read
from pipeline.ingest.record import Counts, Reject
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS
from pipeline.write import format_for, whole_file, write


def predict(
    inputs: Sequence[str], tagger: Tagger, *, out: Path | None, kind: str | None, rejects: Path | None, why: bool
) -> Counts:
    """Tag the headlines of inputs.

    Args:
        inputs: Files; ``-`` is the standard input.
        tagger: A model at work.
        out: Where to write; nothing means the standard output.
        kind: The format to write, if the ending of ``out`` does not say it.
        rejects: Where to write the rows that could not be used.
        why: Whether to tell the words that decided.

    Returns:
        What became of the rows.

    Raises:
        InputError: If the rejects have no place to go.
    """
    kind = kind or format_for(out, sys.stdout.isatty())
    if rejects and not rejects.parent.is_dir():
        raise InputError(rejects, "no such folder", "a folder that exists", "make it, or name another by --rejects")
    counts = Counts()
    tagged = (tagger.tag_arrow(table) for table in _read_all(inputs, counts))
    write((with_why(tagger, table) for table in tagged) if why else tagged, kind, out)
    if rejects:
        _write_rejects(counts.rejects, rejects)
    return counts


def left(decision: Decision) -> str:
    """Say what recall a wanted precision leaves."""
    rows = zip(TOPICS, decision.thresholds, decision.left(), strict=True)
    told = (f"{topic} from {cut:.2f} on (recall {recall:.2f})" for topic, cut, (_, recall) in rows)
    return f"in cross-validation this leaves {', '.join(told)}"


def _read_all(inputs: Sequence[str], counts: Counts) -> Iterator[pa.Table]:
    for source in inputs:
        yield from read(source, counts)


def _write_rejects(rejects: Sequence[Reject], path: Path) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("file", "line", "reason", "text"))
    writer.writerows((row.file, row.line, row.reason, row.text) for row in rejects)
    with whole_file(path) as file:
        file.write(text.getvalue().encode())
