"""Sheets as files: what is looked at, with the corrections, as CSV, JSON lines, Excel, or lines for the clipboard."""

import io
from collections.abc import Callable, Iterator
from typing import IO, Final

import pyarrow as pa

from pipeline.ingest.record import COLUMN
from pipeline.plain import cell, header, inert, rows
from pipeline.serve.view import View, Wish
from pipeline.topics import OTHER, TOPICS
from pipeline.write import put

_CORRECTED: Final = "corrected"
_JOINED: Final = ("tags", "iptc")
_SCORES: Final = "scores"
KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain; charset=utf-8",
}
"""What a sheet can be downloaded as, with media types."""
_BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
_LONGEST: Final = 32_767
"""Letters that Excel takes in a cell."""


def written(view: View, wish: Wish, kind: str) -> bytes:
    """Write what is looked at as a file.

    Args:
        view: The sheet with its corrections.
        wish: Which headlines, in which order; all of them, wherever it starts.
        kind: One of ``KINDS``.

    Returns:
        Its bytes.
    """
    file = io.BytesIO()
    _WRITERS[kind](_table(view, wish), file)
    return file.getvalue()


def _table(view: View, wish: Wish) -> pa.Table:
    """Give the headlines that are wished for, with the tags that hold now."""
    places = view.places(wish)
    table = view.sheet.table.take(pa.array(places))
    tags = [view.tags(int(place)) for place in places]
    new = {
        "topic": pa.array([each[0] if each else OTHER for each in tags], pa.string()),
        "tags": pa.array([list(each) for each in tags], pa.list_(pa.string())),
        "unsure": pa.array(view.unsure[places]),
        "iptc": pa.array([[tag.iptc for tag in each] for each in tags], pa.list_(pa.string())),
    }
    for name, column in new.items():
        place = table.column_names.index(name)
        table = table.set_column(place, table.schema.field(place), column)
    own = _CORRECTED if _CORRECTED not in table.column_names else f"rubrika_{_CORRECTED}"
    return table.append_column(own, pa.array([int(place) in view.corrected for place in places], pa.bool_()))


def _csv(table: pa.Table, file: IO[bytes]) -> None:
    file.write(_BOM)  # by which Excel knows UTF-8
    put([table], "csv", file)


def _jsonl(table: pa.Table, file: IO[bytes]) -> None:
    put([table], "jsonl", file)


def _xlsx(table: pa.Table, file: IO[bytes]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    page = book.create_sheet("Rubrika")
    for line in _lines(table):
        page.append(
            [ILLEGAL_CHARACTERS_RE.sub("", each)[:_LONGEST] if isinstance(each, str) else each for each in line]
        )
    book.save(file)


def _lines(table: pa.Table) -> Iterator[list[object]]:
    yield list(header(table.schema))
    for row in rows(table):
        row |= {name: " ".join(row[name]) for name in _JOINED}
        scores = row.pop(_SCORES)
        yield [*(inert(cell(row.get(name))) for name in table.column_names if name != _SCORES), *_rounded(scores)]


def _rounded(scores: dict[str, float]) -> list[float]:
    return [round(scores[topic], 4) for topic in TOPICS]


def _txt(table: pa.Table, file: IO[bytes]) -> None:
    for headline, tags in zip(table[COLUMN].to_pylist(), table["tags"].to_pylist(), strict=True):
        file.write(f"{' '.join(headline.split())}\t{' '.join(tags) or OTHER}\n".encode())


_WRITERS: Final[dict[str, Callable[[pa.Table, IO[bytes]], None]]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "xlsx": _xlsx,
    "txt": _txt,
}
