"""Parquet and Arrow (Feather): batches as they are, columns with their types."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.ingest.columns import choose, missing, named
from pipeline.ingest.unfold import LARGEST, STEP, is_bounded, is_known, plain, small
from pipeline.ingest.unpack import FREE, LARGEST_RATIO, grows

ROWS: Final = 1 << 16
"""Rows of a table at most."""
_BUFFER: Final = 1 << 20
"""Bytes of a column that are read at a time; a row group may have gigabytes."""
_SOME: Final = 1 << 12
"""Rows that are taken at once of a large table at most: texts come plain, a few bytes may be one in each row."""
_FEW: Final = 1 << 10
"""The same where it has lists or the like."""
_REMEDY: Final = "write it without packing"
_VIEWED: Final = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
"""What stands for types of which Arrow does not take single rows yet."""


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
    most, given = max(LARGEST, LARGEST_RATIO * stream.seek(0, io.SEEK_END)), 0
    stream.seek(0)
    batches = _parquet(stream, file, groups) if kind == "parquet" else _arrow(stream, kind)
    try:
        for table in _gathered(_tables(batches, most, file, wanted)):
            yield table.rename_columns(named(table.column_names, _place(table, file, wanted)))
            given += table.nbytes
            if given > most:
                raise grows(file, _REMEDY)
    except MemoryError as error:  # Arrow's is one of its own errors, too
        if kind == "parquet":  # of a large one, what is read next may have room, and rows be lost
            raise
        found = f"an {kind} file that is damaged, or too large ({' '.join(str(error).split())[:200]})"
        raise InputError(
            file, found, "a whole one with batches that have room", "write or download it again"
        ) from error
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        found = f"a damaged {kind} file ({' '.join(str(error).split())[:200]})"
        raise InputError(file, found, "a whole one", "write or download it again") from error


def _gathered(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Put small tables together."""
    kept: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        if kept and rows + table.num_rows > ROWS:
            yield _one(kept)
            rows = size = 0
        rows, size = rows + table.num_rows, size + table.nbytes
        kept.append(table)
        if size > LARGEST:
            yield _one(kept)
            rows = size = 0
    if kept:
        yield _one(kept)


def _one(kept: list[pa.Table]) -> pa.Table:
    """Take small tables as one."""
    table = pa.concat_tables(kept).combine_chunks()
    kept.clear()
    return table


def _tables(
    batches: Iterable[tuple[pa.RecordBatch, pa.Schema]], most: int, file: str, wanted: str | None
) -> Iterator[pa.Table]:
    for batch, schema in batches:
        batch.validate(full=True)  # the offsets of a damaged file lead anywhere; a slice would follow them
        for part in small(batch, most, file, _REMEDY):
            yield _texts(_as(pa.table(part), schema, choose(schema.names, wanted)), file, wanted)


def _parquet(stream: IO[bytes], file: str, groups: Sequence[int] | None) -> Iterator[tuple[pa.RecordBatch, pa.Schema]]:
    """Give batches with texts in dictionaries, not repeated before it is known how long they are.

    Row groups are asked for of a large table: there texts come plain, which is quicker, but fewer rows at once.
    """
    import pyarrow.parquet as pq

    ask = {"pre_buffer": False, "buffer_size": _BUFFER}
    found = pq.ParquetFile(stream, **ask)
    size = _size(found.metadata)
    if size > FREE and size > LARGEST_RATIO * stream.seek(0, io.SEEK_END):
        raise grows(file, _REMEDY)
    schema, texts = found.schema_arrow, list[int]()
    rows = LARGEST * found.metadata.num_rows // max(size, 1)
    flat = all(map(is_bounded, schema.types))
    if groups is None and all(kind in _VIEWED or is_known(kind) for kind in schema.types):
        texts = [place for place, column in enumerate(found.schema) if column.physical_type == "BYTE_ARRAY"]
        rows = STEP if flat else max(_FEW, min(rows, STEP))
    else:
        rows = max(1, min(rows, _SOME if flat else _FEW))
    found = pq.ParquetFile(stream, metadata=found.metadata, read_dictionary=texts, **ask)
    every = range(found.num_row_groups) if groups is None else groups
    for some in [every] if flat else [[group] for group in every]:  # in lists is no second dictionary
        yield from ((batch, schema) for batch in found.iter_batches(rows, some, use_threads=groups is None))


def _arrow(stream: IO[bytes], kind: str) -> Iterator[tuple[pa.RecordBatch, pa.Schema]]:
    if kind == "arrow":
        with pa.ipc.open_file(stream) as whole:
            yield from ((whole.get_batch(place), whole.schema) for place in range(whole.num_record_batches))
    else:
        with pa.ipc.open_stream(stream) as flow:
            yield from ((batch, flow.schema) for batch in flow)


def _as(table: pa.Table, schema: pa.Schema, headline: int | None) -> pa.Table:
    """Give columns the types that they have in the file, but that of the headlines, which `_texts` sees to."""
    for place, field in enumerate(schema):
        kind = _VIEWED.get(field.type, field.type)
        if place != headline and table.column(place).type != kind:
            column = table.column(place)
            if pa.types.is_nested(kind):  # the cast of a slice would cast what is around it, too
                column = column.take(pa.array(range(len(column)), pa.int64()))
            table = table.set_column(place, field.with_type(kind), column.cast(kind))
    return table


def _size(metadata: Any) -> int:  # noqa: ANN401 - pyarrow has no types
    """Give the bytes of a file unpacked, as it tells them; texts in dictionaries count once."""
    # Not column by column: pyarrow's account of a damaged one ends the process.
    return sum(int(metadata.row_group(group).total_byte_size) for group in range(metadata.num_row_groups))


def _texts(table: pa.Table, file: str, wanted: str | None) -> pa.Table:
    """Give a table whose headlines are plain strings."""
    place = _place(table, file, wanted)
    column, field = table.column(place), table.schema.field(place)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise InputError(file, f"a column {field.name} of type {column.type}", "texts", "name another by --column")
    if pa.types.is_string(column.type):
        return table
    return table.set_column(place, field.with_type(pa.string()), plain(column))


def _place(table: pa.Table, file: str, wanted: str | None) -> int:
    place = choose(table.column_names, wanted)
    if place is None:
        raise missing(table.column_names, wanted, file)
    return place
