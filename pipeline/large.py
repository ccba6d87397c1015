"""Which inputs are one large table, that can be tagged piece by piece (``bulk.py``) by the same rules of ingest."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.errors import SettingsError
from pipeline.ingest import sniff
from pipeline.ingest.bytestream import HEAD
from pipeline.ingest.look import look, mark_of
from pipeline.ingest.record import Options
from pipeline.ingest.source import sources

LARGE: Final = 1 << 25
"""Bytes from which a table is tagged piece by piece: 32 MB, 200,000 headlines; the processes take a second to start."""
_ONE: Final = (
    "one table of Parquet, JSON lines or CSV, in any encoding but UTF-16, with --out, without --explain and --dedupe"
)


class Table(NamedTuple):
    """A table that can be cut into pieces.

    Attributes:
        path: The file.
        kind: ``parquet``, ``jsonl`` or ``csv``.
        options: How to read it.
        encoding: Of a text.
        mark: The delimiter, of CSV.
        header: The bytes of its header, of CSV.
        before: The bytes of blank lines before the header.
    """

    path: Path
    kind: str
    options: Options
    encoding: str = ""
    mark: str = ""
    header: bytes = b""
    before: bytes = b""


def one_table(inputs: Sequence[str], options: Options, *, forced: bool, allowed: bool) -> Table | None:
    """Give the one table that is to be tagged piece by piece.

    Args:
        inputs: As the command was given them.
        options: How to read.
        forced: Whether the user asks for it, as ``--resume`` does; if not, a table must be large.
        allowed: Whether nothing else is asked for that pieces cannot give.

    Returns:
        The table, or None if the inputs are none, or a small one.

    Raises:
        InputError: If a table cannot be read or has no column of headlines.
        SettingsError: If the user asks for it, and it cannot be.
    """
    path = Path(inputs[0]) if len(inputs) == 1 else None
    found = None
    if allowed and not options.dedupe and path and _is_file(path) and (forced or path.stat().st_size >= LARGE):
        with next(sources(inputs[0], options)).open() as file:
            found = _table(path, file.read(HEAD), options)
    if forced and found is None:
        raise SettingsError("--resume", "other inputs or options", _ONE, "leave it out")
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a headline given for a file
        return False


def _table(path: Path, head: bytes, options: Options) -> Table | None:
    if sniff.binary(head):
        return Table(path, "parquet", options) if sniff.binary(head) == "parquet" else None
    seen = look(str(path), head, options)
    if not _cuttable(seen.encoding):
        return None
    if seen.kind == "jsonl":
        return Table(path, "jsonl", options, seen.encoding)
    return _csv(path, head, options, seen.encoding) if seen.kind == "plain" else None


def _csv(path: Path, head: bytes, options: Options, encoding: str) -> Table | None:
    rows = head.splitlines(keepends=True)
    texts = [row.decode(encoding, "surrogateescape") for row in rows]
    texts[0] = texts[0].removeprefix("\ufeff")
    blank = next((place for place, text in enumerate(texts) if text.strip()), 0)
    mark = mark_of(texts[blank], str(path), options)
    if not mark:
        return None
    reader = csv.reader(texts[blank:], delimiter=mark, strict=True)
    try:
        next(reader)
    except csv.Error:  # the ordinary way tells
        return None
    end = blank + reader.line_num
    return Table(path, "csv", options, encoding, mark, b"".join(rows[blank:end]), b"".join(rows[:blank]))


def _cuttable(encoding: str) -> bool:
    """Tell whether a line end is the same byte wherever it stands, and nothing else is."""
    every = bytes(range(256))
    try:
        ascii_ = every[:128].decode(encoding) == every[:128].decode("ascii")
    except UnicodeDecodeError:
        return False
    return ascii_ and (encoding in ("utf-8", "utf-8-sig") or len(every.decode(encoding, "replace")) == len(every))
