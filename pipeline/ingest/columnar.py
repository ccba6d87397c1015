"""Parquet and Arrow (Feather): batches as they are, columns with their types."""

from collections.abc import Iterator
from typing import IO, Any, Final

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.ingest.columns import choose, missing, named

ROWS: Final = 1 << 16
"""Rows of a batch at most."""


def read(stream: IO[bytes], kind: str, file: str, wanted: str | None) -> Iterator[pa.Table]:
    """Give the rows of a file, batch by batch.

    Args:
        stream: A stream that can seek.
        kind: ``parquet``, ``arrow`` or ``arrow stream``.
        file: What to call the input in an error.
        wanted: The column of the headlines, if it is not to be found by its name.

    Yields:
        Tables of at most ``ROWS`` rows, the column ``headline`` as strings, the others with their types.

    Raises:
        InputError: If the file is damaged, or has no column of headlines, or that one is no text.
    """
    try:
        for batch in _batches(stream, kind):
            batch.validate(full=True)  # the offsets of a damaged file lead anywhere; a slice would follow them
            for start in range(0, batch.num_rows, ROWS):
                yield _renamed(pa.table(batch.slice(start, ROWS)), file, wanted)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        found = f"a damaged {kind} file ({' '.join(str(error).split())[:200]})"
        raise InputError(file, found, "a whole one", "write or download it again") from error


def _batches(stream: IO[bytes], kind: str) -> Iterator[Any]:
    if kind == "parquet":
        import pyarrow.parquet as pq

        yield from pq.ParquetFile(stream, pre_buffer=False).iter_batches(batch_size=ROWS)
    elif kind == "arrow":
        with pa.ipc.open_file(stream) as file:
            yield from (file.get_batch(place) for place in range(file.num_record_batches))
    else:
        with pa.ipc.open_stream(stream) as flow:
            yield from flow


def _renamed(table: pa.Table, file: str, wanted: str | None) -> pa.Table:
    place = choose(table.column_names, wanted)
    if place is None:
        raise missing(table.column_names, wanted, file)
    column = table.column(place)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        name = table.column_names[place]
        raise InputError(file, f"a column {name} of type {column.type}", "texts", "name another by --column")
    field = table.schema.field(place).with_type(pa.string())
    return table.set_column(place, field, column.cast(pa.string())).rename_columns(named(table.column_names, place))
