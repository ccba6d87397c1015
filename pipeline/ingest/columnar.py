"""Parquet and Arrow (Feather): batches as they are, columns with their types."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import InputError
from pipeline.ingest.columns import choose, missing, named
from pipeline.ingest.unpack import FREE, LARGEST_RATIO

ROWS: Final = 1 << 16
"""Rows of a table at most."""
LARGEST: Final = 1 << 23
"""Bytes from which a table is given on with fewer rows: 8 MB, as much as 65,536 headlines."""
_BUFFER: Final = 1 << 20
"""Bytes of a column that are read at a time; a row group may have gigabytes."""
_STEP: Final = 1024
"""Rows that are taken at once: of a dictionary a few bytes in the file become a text each."""
_LONGEST: Final = 10_001
"""Letters that are taken of a text in a dictionary; a headline of more than 10,000 is rejected."""


def read(
    stream: IO[bytes], kind: str, file: str, wanted: str | None, groups: Sequence[int] | None = None
) -> Iterator[pa.Table]:
    """Give the rows of a file, batch by batch.

    Args:
        stream: A stream that can seek.
        kind: ``parquet``, ``arrow`` or ``arrow stream``.
        file: What to call the input in an error.
        wanted: The column of the headlines, if it is not to be found by its name.
        groups: Row groups of Parquet to which to keep; all if None.

    Yields:
        Tables of at most ``ROWS`` rows, the column ``headline`` as strings, the others with their types.

    Raises:
        InputError: If the file is damaged, or has no column of headlines, or that one is no text.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    given = 0
    try:
        for table in _gathered(_texts(step, file, wanted) for step in _steps(stream, kind, file, groups)):
            yield table.rename_columns(named(table.column_names, _place(table, file, wanted)))
            given += table.nbytes
            if given > LARGEST and given > LARGEST_RATIO * size:
                raise _grows(file)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        found = f"a damaged {kind} file ({' '.join(str(error).split())[:200]})"
        raise InputError(file, found, "a whole one", "write or download it again") from error


def _gathered(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Put small tables together."""
    kept: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        kept.append(table)
        rows, size = rows + table.num_rows, size + table.nbytes
        if rows + _STEP > ROWS or size > LARGEST:
            yield pa.concat_tables(kept).combine_chunks()
            kept, rows, size = [], 0, 0
    if kept:
        yield pa.concat_tables(kept).combine_chunks()


def _steps(stream: IO[bytes], kind: str, file: str, groups: Sequence[int] | None) -> Iterator[pa.Table]:
    for batch in _batches(stream, kind, file, groups):
        batch.validate(full=True)  # the offsets of a damaged file lead anywhere; a slice would follow them
        yield from (pa.table(batch.slice(start, _STEP)) for start in range(0, batch.num_rows, _STEP))


def _batches(stream: IO[bytes], kind: str, file: str, groups: Sequence[int] | None) -> Iterator[Any]:
    if kind == "parquet":
        import pyarrow.parquet as pq

        parquet = pq.ParquetFile(stream, pre_buffer=False, buffer_size=_BUFFER)
        _weigh(parquet.metadata, stream.seek(0, io.SEEK_END), file)
        yield from parquet.iter_batches(batch_size=_STEP, row_groups=groups)
    elif kind == "arrow":
        with pa.ipc.open_file(stream) as whole:
            yield from (whole.get_batch(place) for place in range(whole.num_record_batches))
    else:
        with pa.ipc.open_stream(stream) as flow:
            yield from flow


def _weigh(metadata: Any, packed: int, file: str) -> None:  # noqa: ANN401 - pyarrow has no types
    # Not column by column: pyarrow's account of a damaged one ends the process.
    size = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    if size > FREE and size > LARGEST_RATIO * packed:
        raise _grows(file)


def _grows(file: str) -> InputError:
    found = f"a packed file that grows more than {LARGEST_RATIO} times"
    return InputError(file, found, "headlines, which grow some 5 times", "write it without packing")


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give texts as such; of a dictionary, whose texts may be long and in every row, what is looked at."""
    if pa.types.is_dictionary(column.type):
        chunks = [
            pa.DictionaryArray.from_arrays(chunk.indices, pc.utf8_slice_codeunits(chunk.dictionary, 0, _LONGEST))
            for chunk in column.chunks
        ]
        column = pa.chunked_array(chunks, pa.dictionary(column.type.index_type, chunks[0].dictionary.type))
    return column.cast(pa.string())


def _texts(table: pa.Table, file: str, wanted: str | None) -> pa.Table:
    """Give a table whose headlines are plain strings."""
    place = _place(table, file, wanted)
    column, field = table.column(place), table.schema.field(place)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise InputError(file, f"a column {field.name} of type {column.type}", "texts", "name another by --column")
    if pa.types.is_string(column.type):
        return table
    return table.set_column(place, field.with_type(pa.string()), _plain(column))


def _place(table: pa.Table, file: str, wanted: str | None) -> int:
    place = choose(table.column_names, wanted)
    if place is None:
        raise missing(table.column_names, wanted, file)
    return place
