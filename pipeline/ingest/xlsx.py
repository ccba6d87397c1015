"""Excel workbooks (.xlsx): the rows of every sheet that has a column of headlines, as a stream."""

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pipeline.errors import InputError
from pipeline.ingest.columns import choose, missing, named
from pipeline.ingest.record import COLUMN, Record, Reject
from pipeline.ingest.unpack import open_member

if TYPE_CHECKING:
    from lxml.etree import _Element

WIDEST: Final = 1 << 14
"""Columns of a sheet: Excel's own bound, which a damaged cell reference would pass by billions."""
MOST_TEXTS: Final = 10_000_000
"""Shared texts of a workbook; they must be in memory together, and ten sheets of Excel's length have no more."""
_HEADER_WITHIN: Final = 20
"""Rows in which the header stands, after a logo and a title."""
_EPOCH: Final = datetime(1899, 12, 30)
_DATE_FORMATS: Final = frozenset({*range(14, 23), *range(45, 48)})  # ECMA-376, 18.8.30
_DATE_CODE: Final = re.compile(r"[ymdhs]", re.I)
_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
Cell: TypeAlias = str | int | float | bool | None

_LETTERS: Final = re.compile(r"([A-Z]{1,3})\d+")


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Tell whether a zip is a workbook."""
    return "xl/workbook.xml" in archive.namelist()


def read(archive: zipfile.ZipFile, file: str, wanted: str | None) -> Iterator[Record | Reject]:
    """Give the rows of the sheets that have a column of headlines.

    Args:
        archive: The workbook.
        file: What to call the input in a reject.
        wanted: The column of the headlines, if it is not to be found by its name.

    Yields:
        A record a row; a sheet of one column needs no header.

    Raises:
        InputError: If the workbook is damaged, or no sheet has a column of headlines.
    """
    texts = list(_shared(archive, file))
    dates = _date_styles(archive, file)
    found: list[str] = []
    served = False
    for member in sorted(filter(_SHEET.fullmatch, archive.namelist()), key=lambda name: (len(name), name)):
        rows = _rows(archive, member, texts, dates, file)
        for item in _records(rows, f"{file}, {member[len('xl/worksheets/') : -len('.xml')]}", wanted, found):
            served = True
            yield item
    if not served:
        raise missing(found or ["none"], wanted, file)


_SHEET: Final = re.compile(r"xl/worksheets/sheet\d{1,4}\.xml")


def _records(
    rows: Iterator[tuple[int, list[Any]]], sheet: str, wanted: str | None, found: list[str]
) -> Iterator[Record | Reject]:
    """Give the records of a sheet; if it has none, add its first row to ``found``."""
    above: list[tuple[int, list[Any]]] = []
    for number, cells in rows:
        place = choose(list(map(_name, cells)), wanted)
        if place is not None:
            yield from _below(rows, named(list(map(_name, cells)), place), sheet)
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
        elif any(cell is not None for cell in cells):
            padded = [*cells, *[None] * (len(header) - len(cells))]
            yield Record(number, dict(zip(header, padded, strict=True)))


def _rows(
    archive: zipfile.ZipFile, member: str, texts: list[str], dates: set[int], file: str
) -> Iterator[tuple[int, list[Any]]]:
    """Give the rows of a sheet that are not blank, with their numbers, cut after their last cell."""
    number = 0
    for row in _elements(archive, member, "row", file):
        number = int(row.get("r")) if (row.get("r") or "").isdecimal() and len(row.get("r")) < 9 else number + 1  # noqa: PLR2004
        cells: list[Any] = []
        for cell in row.iterchildren("{*}c"):
            place = _place(cell.get("r") or "", len(cells))
            if place < WIDEST:
                cells += [None] * (place + 1 - len(cells))
                cells[place] = _value(cell, texts, dates)
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield number, cells


def _value(cell: "_Element", texts: list[str], dates: set[int]) -> Cell:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(cell.itertext("{*}t"))
    value = str(cell.findtext("{*}v") or "")
    if not value:
        return None
    if kind == "s":
        place = int(value) if value.isdecimal() and len(value) < 10 else len(texts)  # noqa: PLR2004
        return texts[place] if place < len(texts) else None
    if kind in ("str", "e", "d"):
        return value
    return value == "1" if kind == "b" else _number(value, (cell.get("s") or "") in map(str, dates))


def _number(value: str, is_date: bool) -> Cell:
    try:
        number = float(value)
        if is_date:
            return (_EPOCH + timedelta(days=round(number * 86400) / 86400)).isoformat()
    except (ValueError, OverflowError):
        return value
    return int(number) if number.is_integer() and abs(number) < 1 << 53 else number


def _shared(archive: zipfile.ZipFile, file: str) -> Iterator[str]:
    if "xl/sharedStrings.xml" in archive.namelist():
        for count, element in enumerate(_elements(archive, "xl/sharedStrings.xml", "si", file)):
            if count == MOST_TEXTS:
                raise InputError(file, f"more than {MOST_TEXTS:,} texts", "a smaller workbook", "save it as CSV")
            yield "".join(part for part in element.itertext("{*}t"))


def _date_styles(archive: zipfile.ZipFile, file: str) -> set[int]:
    """Give the numbers of the styles that show a number as a date."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    formats, styles = set(map(str, _DATE_FORMATS)), set()
    for sheet in _elements(archive, "xl/styles.xml", "styleSheet", file):
        for own in sheet.iterfind("{*}numFmts/{*}numFmt"):
            if _DATE_CODE.search(_QUOTED.sub("", own.get("formatCode") or "")):
                formats.add(own.get("numFmtId"))
        for number, style in enumerate(sheet.iterfind("{*}cellXfs/{*}xf")):
            if style.get("numFmtId") in formats:
                styles.add(number)
    return styles


def _elements(archive: zipfile.ZipFile, member: str, name: str, file: str) -> Iterator[Any]:
    from lxml import etree

    with open_member(archive, archive.getinfo(member), f"{file}/{member}") as stream:
        walk = etree.iterparse(
            stream, tag=f"{{*}}{name}", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            for _, element in walk:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.LxmlError as error:
            found = f"a damaged workbook ({' '.join(str(error).split())[:200]})"
            raise InputError(file, found, "a whole one", "save it again, or as CSV") from error


def _place(reference: str, following: int) -> int:
    match = _LETTERS.fullmatch(reference)
    if not match:
        return following
    place = 0
    for letter in match[1]:
        place = place * 26 + ord(letter) - 64
    return max(place - 1, 0)


def _name(cell: "_Element") -> str:
    return "" if cell is None else str(cell)
