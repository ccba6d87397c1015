"""A large table as pieces that are read alone, by ingest's readers: row groups of Parquet, blocks of lines of text."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.ingest import jsons, table
from pipeline.ingest.record import Record, Reject
from pipeline.ingest.stream import stream_lines
from pipeline.large import Table

_ROWS: Final = 1 << 18
"""Rows of a piece of a Parquet file, unless a row group has more."""
_BYTES: Final = 1 << 22
"""Bytes of a piece of a text file at most, unless a line has more: some 30,000 rows."""
_CELL: Final = 1 << 20
"""Bytes at the end of a block in which a line end outside quotes is looked for: the largest cell that is read."""


class Piece(NamedTuple):
    """A part of a table.

    Attributes:
        begin: The first row group, or byte.
        end: The row group, or byte, behind the last.
        amount: How much it is: rows of Parquet, bytes of text.
        before: Rows, or lines, before it.
    """

    begin: int
    end: int
    amount: int
    before: int


def cut(whole: Table) -> list[Piece]:
    """Cut a table into pieces.

    A block of CSV is cut where no quote seems open; ``read`` sees whether that was right.

    Args:
        whole: The table.

    Returns:
        The pieces in order, at least one.

    Raises:
        InputError: If the file cannot be read.
    """
    try:
        pieces = list(_row_groups(whole.path) if whole.kind == "parquet" else _blocks(whole))
    except MemoryError:  # Arrow's is one of its own errors, too
        raise
    except (OSError, pa.ArrowException) as error:
        found = f"a damaged {whole.kind} file ({' '.join(str(error).split())[:200]})"
        raise InputError(whole.path, found, "a whole one", "write or download it again") from error
    start = len(whole.before) + len(whole.header)
    return pieces or [Piece(start, start, 0, 0)]


def read(whole: Table, piece: Piece) -> Iterator[Record | Reject | pa.Table]:
    """Read one piece of a table.

    Args:
        whole: The table.
        piece: One of its pieces, or several that follow each other as one.

    Yields:
        What the reader of the format gives; lines are counted from ``shift``.
    """
    if whole.kind == "parquet":
        from pipeline.ingest import columnar

        groups, wanted = range(piece.begin, piece.end), whole.options.column
        with whole.path.open("rb") as file:
            yield from columnar.read(file, "parquet", str(whole.path), wanted, groups)
        return
    with whole.path.open("rb") as file:
        stretch = io.BufferedReader(_Stretch(_head(whole, piece), file, piece.begin, piece.end), 1 << 16)
        lines = stream_lines(stretch, whole.encoding)
        name, wanted = str(whole.path), whole.options.column
        if whole.kind == "csv":
            yield from table.read(lines, whole.mark, name, wanted)
        else:
            yield from jsons.read_lines(lines, name, wanted)


def shift(whole: Table, piece: Piece) -> int:
    """Give what the number of a line of a piece lacks to its number in the table."""
    return piece.before - _lines(_head(whole, piece))


def _head(whole: Table, piece: Piece) -> bytes:
    """Give what is read before a piece: the header; before lines of JSON an empty line, as only a first has a mark."""
    return b"\n" if whole.kind == "jsonl" and piece.begin else whole.header


def _row_groups(path: Path) -> Iterator[Piece]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    begin, before = 0, 0
    for end in range(1, len(sizes) + 1):
        if end == len(sizes) or sum(sizes[begin : end + 1]) > _ROWS:
            amount = sum(sizes[begin:end])
            yield Piece(begin, end, amount, before)
            begin, before = end, before + amount


def _blocks(whole: Table) -> Iterator[Piece]:
    quoted = whole.kind == "csv"
    begin = end = len(whole.before) + len(whole.header)
    before = lines = _lines(whole.before) + _lines(whole.header)
    with whole.path.open("rb") as file:
        file.seek(begin)
        while block := file.read(_BYTES):
            size = _row_end(block, quoted) if len(block) == _BYTES else len(block)
            taken = size or len(block.removesuffix(b"\r"))  # its "\n" may follow: one line end, not two
            end += taken
            lines += _lines(block[:taken])
            if size:
                yield Piece(begin, end, end - begin, before)
                begin, before = end, lines
            file.seek(end)
    if end > begin:
        yield Piece(begin, end, end - begin, before)


def _row_end(block: bytes, quoted: bool) -> int:
    """Give where the last row that ends in a block ends; 0 if none does."""
    end = last = block.rfind(b"\n") + 1
    odd = quoted and block.count(b'"', 0, end) % 2
    while odd and end > max(len(block) - _CELL, 0):
        earlier = block.rfind(b"\n", 0, end - 1) + 1
        odd ^= block.count(b'"', earlier, end) % 2
        end = earlier
    return end if end and not odd else last


def _lines(data: bytes) -> int:
    """Count line ends of any system."""
    return data.count(b"\n") + (data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0)


class _Stretch(io.RawIOBase):
    """Some bytes, then a stretch of a file."""

    def __init__(self, head: bytes, file: IO[bytes], begin: int, end: int) -> None:
        super().__init__()
        self._head, self._file, self._left = head, file, end - begin
        file.seek(begin)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] or self._file.read(min(len(buffer), self._left))
        if self._head:
            self._head = self._head[len(data) :]
        else:
            self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)
