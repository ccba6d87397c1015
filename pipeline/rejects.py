"""Rows that could not be used, written out as they are met: file, line, reason, text."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from pipeline.errors import InputError, RubrikaError
from pipeline.ingest.record import Counts, Reject
from pipeline.ingest.text import whole
from pipeline.plain import inert
from pipeline.write import whole_file


@contextmanager
def written(counts: Counts, path: Path | None) -> Iterator[None]:
    """Write every reject and every duplicate that is counted meanwhile to a CSV file, which then appears whole.

    Args:
        counts: Where they are counted.
        path: The file; None writes nothing.

    Yields:
        Nothing.

    Raises:
        InputError: If its folder does not exist. An error of the work has a note of what was counted until then.
    """
    try:
        with _told(counts, path) if path else nullcontext():
            yield
    except RubrikaError as error:
        if counts.read:
            error.add_note(f"until then: {counts}")
        raise


@contextmanager
def _told(counts: Counts, path: Path) -> Iterator[None]:
    if not path.parent.is_dir():
        raise InputError(path, "no such folder", "a folder that exists", "make it, or name another by --rejects")
    try:
        with whole_file(path) as file:
            text = io.TextIOWrapper(file, "utf-8", newline="")
            writer = csv.writer(text)
            writer.writerow(("file", "line", "reason", "text"))

            def tell(row: Reject) -> None:
                writer.writerow((inert(whole(row.file)), row.line, whole(row.reason), inert(whole(row.text))))

            counts.sink = tell
            yield
            text.flush()
            text.detach()
    finally:
        counts.sink = None
