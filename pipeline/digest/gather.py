"""From inputs to a digest: read, tag, find each headline's date, source and link, count, write."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pyarrow as pa

from pipeline.answers import RESULT
from pipeline.dates import PERIODS
from pipeline.digest.page import page
from pipeline.digest.shares import Piece, digest
from pipeline.digest.wording import LANGUAGES
from pipeline.errors import InputError
from pipeline.ingest import read_named
from pipeline.ingest.clean import clean_column
from pipeline.ingest.record import COLUMN, Counts, Options
from pipeline.tagger import Tagger
from pipeline.topics import Topic
from pipeline.write import whole_file

DATES: Final = ("published", "date", "datetime", "pubdate", "time", "created_at", "timestamp", "дата", "опубликовано")
SOURCES: Final = ("source", "outlet", "publisher", "feed", "site", "channel", "источник", "издание")
LINKS: Final = ("link", "url", "href", "ссылка")
"""Names under which these stand in people's tables, the surest first."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which columns to take, if they are not to be found by their names.

    Attributes:
        date: Of the dates.
        source: Of the sources.
    """

    date: str | None = None
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How to count and to show.

    Attributes:
        by: The length of a period; one of ``dates.PERIODS``.
        by_source: Whether to count each source by itself as well.
        language: Of the page; one of ``wording.LANGUAGES``.
    """

    by: str
    by_source: bool
    language: str


def write_digest(
    inputs: Sequence[str], tagger: Tagger, columns: Columns, layout: Layout, options: Options, out: Path
) -> Counts:
    """Write the digest of inputs.

    Args:
        inputs: As ``ingest.read`` takes them.
        tagger: A model at work.
        columns: Where dates and sources are.
        layout: How to count and to show.
        options: How to read.
        out: The page to write.

    Returns:
        What became of the rows.

    Raises:
        InputError: If no headline has a date that is exact enough.
    """
    counts = Counts()
    found = digest(pieces(read_named(inputs, counts, options), tagger, columns), layout.by, layout.by_source)
    if not found.periods:
        exact = "month" if layout.by == PERIODS[-1] else "day"
        told = f"{found.undated:,} headlines, none with a date exact to the {exact}"
        raise InputError(" ".join(inputs), told, f"a column such as {', '.join(DATES[:3])}", "name it by --dates")
    text = page(found, ", ".join(Path(text).name or text for text in inputs), LANGUAGES[layout.language])
    with whole_file(out) as file:
        file.write(text.encode())
    return counts


def pieces(tables: Iterator[tuple[str, pa.Table]], tagger: Tagger, columns: Columns) -> Iterator[Piece]:
    """Tag headlines, and find when and where each appeared.

    Args:
        tables: Tables of headlines, each with the name of what it is from.
        tagger: A model at work.
        columns: Where dates and sources are.

    Yields:
        The headlines in order; the source is the column's, else the host of the link, else the table's name.

    Raises:
        InputError: If a column that was named is not there.
    """
    for name, table in tables:
        answers = tagger.tag_arrow(table.select([COLUMN]), clean_column(table[COLUMN])).to_pylist()
        dates = _column(table, columns.date, DATES, name)
        sources = _column(table, columns.source, SOURCES, name)
        links = _column(table, None, LINKS, name)
        for row, date, source, address in zip(answers, dates, sources, links, strict=True):
            tags, link = tuple(Topic(tag) for tag in row["tags"]), str(address or "")
            where = str(source or "") or urlsplit(link).hostname or name
            yield Piece(row[COLUMN], tags, row["unsure"], date, where, link)


def _column(table: pa.Table, wanted: str | None, known: Sequence[str], where: str) -> list[Any]:
    """Give the values of a column, the one that is wanted or else known; Nones if there is none."""
    if wanted is not None and wanted not in table.column_names:
        found = f"the columns {', '.join(table.column_names)}"
        raise InputError(where, found, f"one named {wanted}", "name another, or leave it out")
    by_name = {name.strip().lower(): name for name in table.column_names if name not in RESULT.names}
    name = wanted or next((by_name[each] for each in known if each in by_name), None)
    return table[name].to_pylist() if name else [None] * table.num_rows
