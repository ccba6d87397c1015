"""Plain text: one headline a line."""

from collections.abc import Iterable, Iterator

from pipeline.ingest.record import Record


def read(lines: Iterable[str]) -> Iterator[Record]:
    """Give each line as a headline.

    Args:
        lines: The lines of a text.

    Yields:
        A record a line, also for a blank one, which is counted as empty.
    """
    for number, line in enumerate(lines, start=1):
        yield Record(number, {"headline": line.strip()})
