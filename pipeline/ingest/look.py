"""What a text is, by how it begins: its format, its encoding, and the delimiter of a table."""

from typing import Final, NamedTuple

from pipeline.errors import InputError
from pipeline.ingest import sniff, table
from pipeline.ingest.bytestream import HEAD
from pipeline.ingest.columns import missing
from pipeline.ingest.record import Options
from pipeline.ingest.stream import encoding_of, text_head

EXPECTED: Final = "headlines: a page, a table, or one a line"
_TABLES: Final = (".csv", ".tsv")


class Look(NamedTuple):
    """What a text is.

    Attributes:
        kind: As ``sniff.text`` names it.
        encoding: A name that Python knows.
        start: Its first letters.
    """

    kind: str
    encoding: str
    start: str


def look(name: str, head: bytes, options: Options, charset: str | None = None) -> Look:
    """Look at the beginning of a text.

    Args:
        name: What it is called.
        head: How it begins; shorter than ``HEAD`` only if that is all of it.
        options: How to read.
        charset: The encoding that a server says it is in.

    Returns:
        What it is.

    Raises:
        InputError: If it has no letters, or is of a format that is not read.
    """
    foreign = sniff.foreign(head)
    if foreign:
        raise InputError(name, foreign, EXPECTED, "save it as text or as a table")
    complete = len(head) < HEAD
    encoding = encoding_of(head, complete, options.encoding, charset, name)
    start = text_head(head, encoding, name)
    if complete and not start.strip():
        raise InputError(name, "no text", EXPECTED, "give a file with headlines")
    return Look(sniff.text(start, name), encoding, start)


def mark_of(first: str, name: str, options: Options) -> str | None:
    """Find the delimiter of a table.

    Args:
        first: The first line that is not blank.
        name: What the text is called.
        options: The column that the user asks for.

    Returns:
        The delimiter, or None if the text is no table.

    Raises:
        InputError: If it must be a table, and has no column of headlines.
    """
    is_table = name.lower().endswith(_TABLES)
    mark = table.delimiter(first, options.column, is_table)
    if mark is None and (is_table or options.column):
        raise missing(table.header_of(first)[1], options.column, f"{name}, line 1")
    return mark
