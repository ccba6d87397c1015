"""Labelled tables: headlines with the tags that people gave them, checked line by line."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.errors import InputError
from pipeline.ingest.text import decode, lines_of
from pipeline.topics import TOPICS, parse_tags

REQUIRED: Final = ("headline", "tags")
WRITTEN: Final = ("written", "hard")
"""Origins of headlines that retell no single event."""
CORRECTED: Final = "corrected"
"""Origin of headlines whose tags an editor corrected."""
OPTIONAL: Final = ("date", "origin", "theme", "source")
_DATE: Final = re.compile(r"(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?")
_TABLE: Final = f"a table with the columns {' and '.join(REQUIRED)}, and if known {', '.join(OPTIONAL)}"


def read_labelled(path: Path) -> pd.DataFrame:
    """Read a labelled table and check every row.

    Args:
        path: A CSV or TSV file with a header.

    Returns:
        A frame of text columns (at least those of ``REQUIRED`` and ``OPTIONAL``, empty where unknown), indexed by the
        line on which each row begins.

    Raises:
        InputError: If the file cannot be read as text, a column is missing, a row has another number of cells, or a
            headline, a tag or a date is not what it should be. The error names the line.
    """
    lines = lines_of(decode(path))
    if not any(line.strip() for line in lines):
        raise InputError(path, "an empty file", _TABLE, "give a file with rows")
    rows = list(_rows(path, lines))
    header = _header(path, rows[0][1])
    if len(rows) == 1:
        raise InputError(path, "a header without rows", _TABLE, "give a file with rows")
    for line, cells in rows[1:]:
        _check(path, line, header, cells)
    frame = pd.DataFrame(
        [cells for _, cells in rows[1:]], columns=header, index=[line for line, _ in rows[1:]], dtype=str
    )
    return frame.reindex(columns=[*header, *(name for name in OPTIONAL if name not in header)], fill_value="")


def tagged(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Give whether each headline carries each topic.

    Args:
        frame: A labelled table.

    Returns:
        Shape (n_headlines, n_topics).
    """
    tags = [parse_tags(text) for text in frame["tags"]]
    return np.array([[topic in row for topic in TOPICS] for row in tags], dtype=bool).reshape(len(tags), len(TOPICS))


def _rows(path: Path, lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    delimiter = "\t" if "\t" in lines[0] else ";" if ";" in lines[0] and "," not in lines[0] else ","
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            if cells:
                yield begin, cells
            begin = reader.line_num + 1
    except csv.Error as error:
        where = f"{path}, line {begin}"
        raise InputError(where, f"a broken row ({error})", "quoted cells that end", "mend the quotes") from error


def _header(path: Path, cells: list[str]) -> list[str]:
    header = [name.strip().lower() for name in cells]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        found = f"the columns {', '.join(header)} without {' and '.join(missing)}"
        raise InputError(f"{path}, line 1", found, _TABLE, "name the columns in the first line")
    if len(set(header)) != len(header):
        raise InputError(f"{path}, line 1", "two columns of one name", _TABLE, "rename one")
    return header


def _check(path: Path, line: int, header: list[str], cells: list[str]) -> None:
    where = f"{path}, line {line}"
    if len(cells) != len(header):
        raise InputError(where, f"{len(cells)} cells", f"{len(header)}, as in the header", "quote cells with commas")
    row = dict(zip(header, cells, strict=True))
    if not row["headline"].strip():
        raise InputError(where, "an empty headline", "text", "delete the row or write the headline")
    try:
        parse_tags(row["tags"])
    except ValueError as error:
        expected = f"none or some of {', '.join(TOPICS)}, each once, parted by spaces"
        raise InputError(where, str(error), expected, "mend the tags") from error
    if not _DATE.fullmatch(row.get("date", "")):
        raise InputError(where, f"the date “{row['date']}”", "YYYY, YYYY-MM or YYYY-MM-DD", "mend the date")
