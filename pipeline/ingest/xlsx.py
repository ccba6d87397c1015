"""Excel workbooks (.xlsx): the rows of every sheet that has a column of headlines, as a stream, by openpyxl.

openpyxl trusts what a file says of itself, so the sizes that the zip tells are weighed before it sees the file (zipfile
gives no byte more than told), and defusedxml refuses entities. It keeps the shared texts in memory together.
"""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final

from pipeline.errors import InputError
from pipeline.ingest.columns import choose, missing, named, plain
from pipeline.ingest.record import COLUMN, Record, Reject
from pipeline.ingest.unpack import FREE, LARGEST_RATIO

LONGEST: Final = 1 << 20
"""Rows of a sheet: Excel's own bound; a damaged number of a row would make openpyxl fill in billions of empty ones."""
LARGEST_TEXTS: Final = 1 << 28
"""Bytes of the shared texts: 256 MB, a million rows of Excel's greatest sheet."""
_HEADER_WITHIN: Final = 20
"""Rows in which the header stands, after a logo and a title."""
_TEXTS: Final = "xl/sharedStrings.xml"
# What openpyxl and the parsers below it let out at a damaged file; SyntaxError is ElementTree's ParseError.
_BROKEN: Final = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError, RuntimeError),
    *(SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error),
)


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Tell whether a zip is a workbook."""
    return "xl/workbook.xml" in archive.namelist()


def read(archive: zipfile.ZipFile, stream: IO[bytes], file: str, wanted: str | None) -> Iterator[Record | Reject]:
    """Give the rows of the sheets that have a column of headlines.

    Args:
        archive: The workbook as a zip.
        stream: The workbook, as a stream that can seek.
        file: What to call the input in a reject.
        wanted: The column of the headlines, if it is not to be found by its name.

    Yields:
        A record a row; a sheet of one column needs no header.

    Raises:
        InputError: If the workbook is damaged, or no sheet has a column of headlines.
    """
    _weigh(archive, file)
    found: list[str] = []
    served = False
    try:
        for title, rows in _sheets(stream):
            for item in _records(rows, f"{file}, {title}", wanted, found):
                served = True
                yield item
    except _BROKEN as error:
        told = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(file, f"a damaged workbook ({told})", "a whole one", "save it again, or as CSV") from error
    if not served:
        raise missing(found or ["none"], wanted, file)


def _weigh(archive: zipfile.ZipFile, file: str) -> None:
    for info in archive.infolist():
        if info.file_size > FREE and info.file_size > LARGEST_RATIO * info.compress_size:
            found = f"a packed file that grows more than {LARGEST_RATIO} times"
            raise InputError(file, found, "a workbook, which grows some 10 times", "save it as CSV if you trust it")
        if info.filename == _TEXTS and info.file_size > LARGEST_TEXTS:
            found = f"more than {LARGEST_TEXTS >> 20} MB of texts"
            raise InputError(file, found, "a smaller workbook", "save it as CSV")


def _sheets(stream: IO[bytes]) -> Iterator[tuple[str, Iterator[tuple[int, list[Any]]]]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that are left out
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a sheet says of its size is often wrong
            yield sheet.title, _rows(sheet)


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:  # noqa: ANN401 - openpyxl has no types
    """Give the rows of a sheet that are not blank, with their numbers, cut after their last cell."""
    for number, row in enumerate(sheet.iter_rows(max_row=LONGEST, values_only=True), start=1):
        cells = [cell if isinstance(cell, str | int | float | None) else plain(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield number, cells


def _records(
    rows: Iterator[tuple[int, list[Any]]], sheet: str, wanted: str | None, found: list[str]
) -> Iterator[Record | Reject]:
    """Give the records of a sheet; if it has none, add its first row to ``found``."""
    above: list[tuple[int, list[Any]]] = []
    for number, cells in rows:
        names = list(map(_name, cells))
        place = choose(names, wanted)
        if place is not None:
            yield from _below(rows, named(names, place), sheet)
            return
        above.append((number, cells))
        if len(above) == _HEADER_WITHIN:
            break
    if above and wanted is None and all(len(cells) == 1 for _, cells in above):
        yield from (Record(number, {COLUMN: cells[0]}) for number, cells in (*above, *rows) if len(cells) == 1)
    elif above:
        found.extend(map(_name, above[0][1]))


def _below(rows: Iterator[tuple[int, list[Any]]], header: list[str], sheet: str) -> Iterator[Record | Reject]:
    for number, cells in rows:
        if len(cells) > len(header):
            text = " | ".join(map(_name, cells))[:500]
            yield Reject(sheet, number, f"{len(cells)} cells where the header has {len(header)}", text)
        else:
            padded = [*cells, *[None] * (len(header) - len(cells))]
            yield Record(number, dict(zip(header, padded, strict=True)))


def _name(cell: object) -> str:
    return "" if cell is None else str(cell)
