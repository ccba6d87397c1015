"""Rows that could not be used, written out as they are met: file, line, reason, text."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.atomic import replace_file
from pipeline.errors import InputError
from pipeline.ingest.record import Counts, Reject
from pipeline.ingest.text import whole


@contextmanager
def written(counts: Counts, path: Path | None) -> Iterator[None]:
    """Write every reject and every duplicate that is counted meanwhile to a CSV file, which then appears whole.

    Args:
        counts: Where they are counted.
        path: The file; None writes nothing.

    Yields:
        Nothing.

    Raises:
        InputError: If the file cannot be written.
    """
    if path is None:
        yield
        return
    try:
        with replace_file(path) as file:
            text = io.TextIOWrapper(file, "utf-8", newline="")
            writer = csv.writer(text)
            writer.writerow(("file", "line", "reason", "text"))

            def tell(row: Reject) -> None:
                writer.writerow((whole(row.file), row.line, whole(row.reason), whole(row.text)))

            counts.sink = tell
            yield
            text.flush()
            text.detach()
    except OSError as error:
        found = f"a place that cannot be written ({error.strerror})"
        raise InputError(path, found, "a folder that exists and has room", "name another by --rejects") from error
    finally:
        counts.sink = None
