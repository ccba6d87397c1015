"""A large table as pieces that can be read alone: row groups of a Parquet file, blocks of lines of JSONL and CSV."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.json as pa_json
import pyarrow.parquet as pq

from pipeline.errors import InputError

_ROWS: Final = 1 << 18
"""Rows of a piece of a Parquet file, unless a row group has more."""
_BATCH: Final = 1 << 16
"""Rows in memory at a time."""
_BYTES: Final = 1 << 25
"""Bytes of a piece of a text file, give or take a line."""


class Piece(NamedTuple):
    """A part of a table.

    Attributes:
        begin: The first row group, or byte.
        end: The row group, or byte, behind the last.
        amount: How much it is: rows of Parquet, bytes of text.
    """

    begin: int
    end: int
    amount: int


def pieces(path: Path) -> list[Piece]:
    """Cut a table into pieces.

    Args:
        path: A file with one of the endings ``large.FORMATS``.

    Returns:
        The pieces in order, at least one.

    Raises:
        InputError: If the file cannot be read or has no text column ``headline``.
    """
    try:
        return _row_groups(path) if path.suffix == ".parquet" else _blocks(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(path, f"a file that cannot be read ({error})", "Parquet, JSONL or CSV", "check it") from error


def read_piece(path: Path, piece: Piece) -> Iterator[pa.Table]:
    """Read one piece of a table.

    Args:
        path: The table.
        piece: One of its pieces.

    Yields:
        Tables of some 65,000 rows at most.

    Raises:
        InputError: If the piece cannot be read.
    """
    try:
        yield from _READERS[path.suffix](path, piece)
    except pa.ArrowException as error:
        where = f"{path}, {'row group' if path.suffix == '.parquet' else 'byte'} {piece.begin} and after"
        raise InputError(where, f"what cannot be read ({error})", f"{path.suffix[1:]} throughout", "mend it") from error


def _row_groups(path: Path) -> list[Piece]:
    with pq.ParquetFile(path) as file:
        _check(path, file.schema_arrow)
        sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    found, begin = [], 0
    for end in range(1, len(sizes) + 1):
        if end == len(sizes) or sum(sizes[begin : end + 1]) > _ROWS:
            found.append(Piece(begin, end, sum(sizes[begin:end])))
            begin = end
    return found or [Piece(0, 0, 0)]


def _blocks(path: Path) -> list[Piece]:
    """Cut at line ends; in CSV, only where no quote is open."""
    size = path.stat().st_size
    with path.open("rb") as file:
        begin = len(read_row(file)) if path.suffix == ".csv" else 0
        if path.suffix == ".csv":
            _check(path, _header(path, begin))
        file.seek(begin)
        found: list[Piece] = []
        while begin < size or not found:
            block = file.read(_BYTES)
            rest = _rest_of_row(file, block) if path.suffix == ".csv" else file.readline()
            end = begin + len(block) + len(rest)
            found.append(Piece(begin, end, end - begin))
            begin = end
    return found


def read_row(file: IO[bytes], odd: bool = False) -> bytes:
    """Read on to the end of a row of CSV.

    Args:
        file: Where to read on.
        odd: Whether a quote is open.

    Returns:
        The bytes up to the first line end outside quotes, or up to the end of the file.
    """
    read = b""
    while line := file.readline():
        read += line
        if (read.count(b'"') % 2 == 1) == odd:
            break
    return read


def _rest_of_row(file: IO[bytes], block: bytes) -> bytes:
    odd = block.count(b'"') % 2 == 1  # a quote in a quoted cell stands doubled
    return read_row(file, odd) if odd or block[-1:] != b"\n" else b""


def _header(path: Path, size: int) -> pa.Schema:
    with path.open("rb") as file:
        return pa_csv.read_csv(io.BytesIO(file.read(size)), parse_options=_QUOTED).schema


def _check(path: Path, schema: pa.Schema) -> None:
    if "headline" not in schema.names:
        found = f"the columns {', '.join(schema.names)}"
        raise InputError(path, found, "a text column headline", "name the column of the headlines so")
    kind = schema.field("headline").type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        raise InputError(path, f"a column headline of type {kind}", "text", "name the column of the headlines so")


def _read_parquet(path: Path, piece: Piece) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        if not piece.amount:
            yield file.schema_arrow.empty_table()
        for batch in file.iter_batches(_BATCH, row_groups=range(piece.begin, piece.end)):
            yield pa.Table.from_batches([batch])


def _read_jsonl(path: Path, piece: Piece) -> Iterator[pa.Table]:
    data = _bytes(path, piece.begin, piece.end)
    table = pa.table({"headline": pa.array([], pa.string())})
    if data.strip():
        table = pa_json.read_json(io.BytesIO(data), pa_json.ReadOptions(block_size=len(data)))
        _check(path, table.schema)
    yield from _batches(table)


def _read_csv(path: Path, piece: Piece) -> Iterator[pa.Table]:
    with path.open("rb") as file:
        header = read_row(file)
    text = {name: pa.string() for name in _header(path, len(header)).names}
    data = header + _bytes(path, piece.begin, piece.end)
    options = pa_csv.ConvertOptions(column_types=text, strings_can_be_null=False)
    yield from _batches(pa_csv.read_csv(io.BytesIO(data), parse_options=_QUOTED, convert_options=options))


def _bytes(path: Path, begin: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(begin)
        return file.read(end - begin)


def _batches(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, max(len(table), 1), _BATCH):
        yield table[start : start + _BATCH]


_QUOTED: Final = pa_csv.ParseOptions(newlines_in_values=True)
_READERS: Final[dict[str, Callable[[Path, Piece], Iterator[pa.Table]]]] = {
    ".parquet": _read_parquet,
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
}
