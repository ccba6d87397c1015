"""CSV and TSV: a header, one row a headline, the other columns kept."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, Self

from pipeline.errors import InputError
from pipeline.ingest.columns import choose, missing, named
from pipeline.ingest.record import COLUMN, Record, Reject

OPEN: Final = "unexpected end of data"
"""What the reader says of a quote that is still open at the end."""
_DELIMITERS: Final = ",;\t|^~¦\x1f"
_ALONE: Final = (COLUMN, "title", "заголовок")
"""Names that are a header by themselves; «Текст» or «Название» may be a rubric."""
_LONGEST_HEADER: Final = 1 << 16
"""Letters of a header; a first line longer than this names no columns."""
_LONGEST_NAME: Final = 4
"""Words of a column's name; a line with longer ones is a headline, whatever stands between its commas."""
_LARGEST_CELL: Final = 1 << 20
"""Letters of a cell; a larger one is no headline and no column of a headline, and its row is rejected."""
_SHOWN: Final = 500
"""Letters of a rejected row that are told."""


def header_of(line: str) -> tuple[str, list[str]]:
    """Cut a header by the delimiter that makes most columns of it."""
    mark = max(_DELIMITERS, key=lambda mark: len(_cells(line, mark)))
    return mark, _cells(line, mark)


def delimiter(header: str, wanted: str | None = None, table: bool = False) -> str | None:
    """Find the delimiter of a header that names a column of headlines.

    Args:
        header: The first line of a text.
        wanted: The column that the user asks for.
        table: Whether the input is called a table.

    Returns:
        The delimiter, or None if the line is no such header. A line that is one word and no more is a header only if
        that word names nothing but headlines, or is what the user asks for, or the input is called a table.
    """
    if len(header) > _LONGEST_HEADER:
        return None
    for mark in _DELIMITERS:
        names = _cells(header, mark)
        place = choose(names, wanted)
        if place is None or not (table or wanted or all(len(name.split()) <= _LONGEST_NAME for name in names)):
            continue
        if table or wanted or len(names) > 1 or names[place].strip().lower() in _ALONE:
            return mark
    return None


def read(
    lines: Iterable[str], mark: str, file: str, wanted: str | None = None, first: int = 1
) -> Iterator[Record | Reject]:
    """Give the rows of a table.

    Args:
        lines: Its lines, with their ends, the header first.
        mark: The delimiter.
        file: What to call the input in a reject.
        wanted: The column of the headlines, if it is not to be found by its name.
        first: The number of the header's line.

    Yields:
        A record a row, or a reject where a row has another number of cells than the header or a broken quote. A quote
        without its end breaks the line that it stands in, and none of those after it.

    Raises:
        InputError: If the header has no column of headlines.
    """
    csv.field_size_limit(_LARGEST_CELL)
    again = _Again(lines)
    reader = csv.reader(again, delimiter=mark, strict=True)
    header = _header(reader, file, wanted)
    while True:
        again.taken.clear()
        begin = first + reader.line_num - again.back
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            broken = again.put_back()
            cells = _unquoted(broken, mark) if len(again.taken) == 1 and str(error) != OPEN else []
            if len(cells) != len(header) or len(cells) == 1:
                yield Reject(file, begin, str(error), broken.strip()[:_SHOWN])
                continue
        if cells and len(cells) != len(header):
            text = mark.join(cells)[:_SHOWN]
            yield Reject(file, begin, f"{len(cells)} cells where the header has {len(header)}", text)
        elif cells:
            yield Record(begin, dict(zip(header, cells, strict=True)))


class _Again:
    """Lines of which those behind a broken one can be read again.

    Args:
        lines: The lines.

    Attributes:
        taken: Those of the row that is being read.
        back: How many were read again so far.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.taken: list[str] = []
        self.back = 0
        self._lines = iter(lines)
        self._before: deque[str] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._before.popleft() if self._before else next(self._lines)
        self.taken.append(line)
        return line

    def put_back(self) -> str:
        """Give the first line of the row; the others are read again."""
        self._before.extendleft(reversed(self.taken[1:]))
        self.back += len(self.taken) - 1
        return self.taken[0]


def _header(reader: Iterator[list[str]], file: str, wanted: str | None) -> list[str]:
    try:
        own = next(reader)
    except csv.Error as error:
        raise InputError(f"{file}, line 1", f"a broken header ({error})", "names of columns", "mend it") from error
    place = choose(own, wanted)
    if place is None:
        raise missing(own, wanted, f"{file}, line 1")
    return named(own, place)


def _unquoted(line: str, mark: str) -> list[str]:
    """Cut a line whose quote marks are but letters: «"Динамо" проиграло; 2025»."""
    return [] if len(line) > _LARGEST_CELL else line.rstrip("\r\n").split(mark)


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []
