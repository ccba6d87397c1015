"""CSV and TSV: a header, one row a headline, the other columns kept."""

import csv
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.ingest.record import Record, Reject

COLUMN: Final = "headline"
_DELIMITERS: Final = ",;\t|"
# A first line longer than this names no columns.
_LONGEST_HEADER: Final = 1 << 16
# A cell larger than this is no headline and no column of a headline; the reader rejects its row.
_LARGEST_CELL: Final = 1 << 20


def delimiter(header: str) -> str | None:
    """Find the delimiter of a header that names a column ``headline``.

    Args:
        header: The first line of a text.

    Returns:
        The delimiter, or None if the line is no such header.
    """
    if len(header) > _LONGEST_HEADER:
        return None
    for mark in _DELIMITERS:
        names = next(csv.reader([header], delimiter=mark), [])
        if COLUMN in [name.strip().lower() for name in names]:
            return mark
    return None


def read(lines: Iterable[str], mark: str, file: str) -> Iterator[Record | Reject]:
    """Give the rows of a table.

    Args:
        lines: Its lines, with their ends, the header first.
        mark: The delimiter.
        file: What to call the input in a reject.

    Yields:
        A record a row, or a reject where a row has another number of cells than the header or a broken quote.
    """
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(lines, delimiter=mark, strict=True)
    header = [COLUMN if name.strip().lower() == COLUMN else name for name in next(reader)]
    while True:
        begin = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject(file, begin, str(error), "")
            continue
        if cells and len(cells) != len(header):
            yield Reject(file, begin, f"{len(cells)} cells where the header has {len(header)}", mark.join(cells))
        elif cells:
            yield Record(begin, dict(zip(header, cells, strict=True)))
