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
_STEP: Final = 1 << 14
"""Rows that are taken at once where texts come in dictionaries; fewer are slow, as each step may bring all of one."""
_SOME: Final = 1 << 12
"""The same of a large table at most, where texts come plain: a few bytes may become a text in each row."""
_FEW: Final = 1 << 10
"""The same where texts are within lists or the like."""
_VIEWED: Final = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
"""What stands for types of which Arrow does not take single rows yet."""
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
        for table in _gathered(_texts(step, file, wanted) for step in _steps(stream, kind, file, wanted, groups)):
            yield table.rename_columns(named(table.column_names, _place(table, file, wanted)))
            given += table.nbytes
            if given > LARGEST and given > LARGEST_RATIO * size:
                raise _grows(file)
    except MemoryError:  # Arrow's is one of its own errors, too; what is read next may have room, and rows be lost
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        found = f"a damaged {kind} file ({' '.join(str(error).split())[:200]})"
        raise InputError(file, found, "a whole one", "write or download it again") from error


def _gathered(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Put small tables together."""
    kept: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        if kept and (rows + table.num_rows > ROWS or size > LARGEST):
            yield pa.concat_tables(kept).combine_chunks()
            kept, rows, size = [], 0, 0
        kept.append(table)
        rows, size = rows + table.num_rows, size + table.nbytes
    if kept:
        yield pa.concat_tables(kept).combine_chunks()


def _steps(
    stream: IO[bytes], kind: str, file: str, wanted: str | None, groups: Sequence[int] | None
) -> Iterator[pa.Table]:
    batches = _parquet(stream, file, groups) if kind == "parquet" else _arrow(stream, kind)
    for batch, schema in batches:
        batch.validate(full=True)  # the offsets of a damaged file lead anywhere; a slice would follow them
        step = max(1, min(_STEP, LARGEST // max(_longest(batch), 1)))
        for start in range(0, batch.num_rows, step):
            yield _as(pa.table(batch.slice(start, step)), schema, choose(schema.names, wanted))


def _parquet(stream: IO[bytes], file: str, groups: Sequence[int] | None) -> Iterator[tuple[pa.RecordBatch, pa.Schema]]:
    """Give batches with texts in dictionaries, not repeated before it is known how long they are.

    Row groups are asked for of a large table: there texts come plain, which is quicker, but fewer rows at once.
    """
    import pyarrow.parquet as pq

    ask = {"pre_buffer": False, "buffer_size": _BUFFER}
    found = pq.ParquetFile(stream, **ask)
    size = _size(found.metadata)
    if size > FREE and size > LARGEST_RATIO * stream.seek(0, io.SEEK_END):
        raise _grows(file)
    schema = found.schema_arrow
    if not all(_is_bounded(kind) for kind in schema.types):
        rows = _FEW
    elif groups is None:
        texts = [field.name for field in schema if _is_text(field.type)]
        found, rows = pq.ParquetFile(stream, metadata=found.metadata, read_dictionary=texts, **ask), _STEP
    else:
        rows = max(1, min(_SOME, LARGEST * found.metadata.num_rows // max(size, 1)))
    yield from ((batch, schema) for batch in found.iter_batches(rows, groups, use_threads=groups is None))


def _arrow(stream: IO[bytes], kind: str) -> Iterator[tuple[pa.RecordBatch, pa.Schema]]:
    if kind == "arrow":
        with pa.ipc.open_file(stream) as whole:
            yield from ((whole.get_batch(place), whole.schema) for place in range(whole.num_record_batches))
    else:
        with pa.ipc.open_stream(stream) as flow:
            yield from ((batch, flow.schema) for batch in flow)


def _longest(batch: pa.RecordBatch) -> int:
    """Give the bytes of the longest text in a dictionary, which may be the text of every row."""
    kept = [column.dictionary for column in batch.columns if pa.types.is_dictionary(column.type)]
    return max((_length(texts) for texts in kept if _is_text(texts.type)), default=0)


def _length(texts: pa.Array) -> int:
    return int(pc.max(pc.binary_length(texts)).as_py() or 0)


def _is_text(kind: pa.DataType) -> bool:
    plain = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(plain or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_bounded(kind: pa.DataType) -> bool:
    """Tell whether a row's value takes few bytes: one of fixed width, or a place in a dictionary."""
    few = pa.types.is_primitive, pa.types.is_dictionary, pa.types.is_null, pa.types.is_decimal
    return _is_text(kind) or any(is_of(kind) for is_of in few)


def _as(table: pa.Table, schema: pa.Schema, headline: int | None) -> pa.Table:
    """Give columns the types that they have in the file, but that of the headlines, which `_texts` sees to."""
    for place, field in enumerate(schema):
        kind = _VIEWED.get(field.type, field.type)
        if place != headline and table.column(place).type != kind:
            table = table.set_column(place, field.with_type(kind), table.column(place).cast(kind))
    return table


def _size(metadata: Any) -> int:  # noqa: ANN401 - pyarrow has no types
    """Give the bytes of a file unpacked, as it tells them; texts in dictionaries count once."""
    # Not column by column: pyarrow's account of a damaged one ends the process.
    return sum(int(metadata.row_group(group).total_byte_size) for group in range(metadata.num_row_groups))


def _grows(file: str) -> InputError:
    found = f"a packed file that grows more than {LARGEST_RATIO} times"
    return InputError(file, found, "headlines, which grow some 5 times", "write it without packing")


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give texts as such; of a dictionary, whose texts may be long and in every row, what is looked at."""
    if pa.types.is_dictionary(column.type):
        chunks = [pa.DictionaryArray.from_arrays(chunk.indices, _cut(chunk.dictionary)) for chunk in column.chunks]
        column = pa.chunked_array(chunks, pa.dictionary(column.type.index_type, chunks[0].dictionary.type))
    return column.cast(pa.string())


def _cut(texts: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(texts, 0, _LONGEST) if _length(texts) > _LONGEST else texts


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
