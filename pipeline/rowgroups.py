"""Parquet files of one schema put together without reading a page: their row groups behind each other, one footer.

Of a row group nothing changes but where it stands in the file. Source: the format's
https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

import io
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import IO, Final

from pipeline.compact import Field, Struct, read, write

_MAGIC: Final = b"PAR1"
_TAIL: Final = 4 + len(_MAGIC)
"""Bytes behind the footer: its length, and the magic ones."""
_COPIED: Final = 1 << 18
"""Bytes copied at a time."""

# The numbers of fields in parquet.thrift.
_ROWS, _GROUPS = 3, 4  # of FileMetaData
_COLUMNS, _FIRST_PAGE, _ORDINAL = 1, 5, 7  # of RowGroup
_METADATA, _INDEXES = 3, (4, 5, 6, 7)  # of ColumnChunk
_DATA_PAGE, _DICTIONARY_PAGE = 9, 11  # of ColumnMetaData


def concatenate(paths: Iterable[Path], file: IO[bytes]) -> None:
    """Put files together.

    Args:
        paths: Parquet files of one schema, at least one, not encrypted.
        file: Where; it need not seek.

    Raises:
        ValueError: If there is no file.
    """
    file.write(_MAGIC)
    first, groups, rows, by = None, list[bytes](), 0, 0
    for path in paths:
        footer, size = _append(path, file)
        first = first or footer
        groups += [write(_moved(group, by)) for group in footer[_GROUPS][1][1]]  # as bytes: a tenth of the memory
        rows += footer[_ROWS][1]
        by += size
    if first is None:
        msg = "no files to put together"
        raise ValueError(msg)
    whole = write(first | {_ROWS: (first[_ROWS][0], rows), _GROUPS: _with(first[_GROUPS], groups)})
    file.write(whole + len(whole).to_bytes(4, "little") + _MAGIC)


def _append(path: Path, file: IO[bytes]) -> tuple[Struct, int]:
    """Append a file without its footer; give that, and how many bytes there were."""
    with path.open("rb") as part:
        size = part.seek(-_TAIL, io.SEEK_END)
        begin = size - int.from_bytes(part.read(4), "little")
        part.seek(begin)
        footer = read(io.BytesIO(part.read(size - begin)))
        left = begin - part.seek(len(_MAGIC))
        while block := part.read(min(_COPIED, left)):
            file.write(block)
            left -= len(block)
    return footer, begin - len(_MAGIC)


def _moved(group: Struct, by: int) -> Struct:
    columns = [_moved_column(column, by) for column in group[_COLUMNS][1][1]]
    moved = {number: field for number, field in group.items() if number != _ORDINAL}  # only encryption asks for it
    return _shifted(moved, (_FIRST_PAGE,), by) | {_COLUMNS: _with(group[_COLUMNS], columns)}


def _moved_column(column: Struct, by: int) -> Struct:
    kind, metadata = column[_METADATA]
    moved = {number: field for number, field in column.items() if number not in _INDEXES}  # they tell places, too
    return moved | {_METADATA: (kind, _shifted(metadata, (_DATA_PAGE, _DICTIONARY_PAGE), by))}


def _shifted(fields: Struct, places: Collection[int], by: int) -> Struct:
    return {number: (kind, value + by if number in places else value) for number, (kind, value) in fields.items()}


def _with(field: Field, elements: Sequence[object]) -> Field:
    """Give a field of a list with other elements."""
    kind, (of, _) = field
    return kind, (of, elements)
