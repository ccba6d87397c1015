"""Texts in dictionaries, as columnar files have them: a few bytes may stand for a long text in each of many rows."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.unpack import grows

STEP: Final = 1 << 14
"""Rows that are taken at once where texts come in dictionaries; fewer are slow, as each step may bring all of one."""
LARGEST: Final = 1 << 23
"""Bytes from which a table is given on with fewer rows: 8 MB, as much as 65,536 headlines."""
_LONGEST: Final = 10_001
"""Letters that are taken of a headline in a dictionary; one of more than 10,000 is rejected."""


def small(batch: pa.RecordBatch, most: int, file: str, remedy: str) -> Iterator[pa.RecordBatch]:
    """Halve a batch until the texts of its dictionaries, each in all its places, have room in a table.

    Args:
        batch: Rows, with texts in dictionaries or not.
        most: Bytes that a row may have.
        file: What to call the input in an error.
        remedy: What to do about it.

    Yields:
        Batches of at most ``STEP`` rows, and of ``LARGEST`` bytes or one row.

    Raises:
        InputError: If a row has more.
    """
    unfolded = sum(map(_unfolded, (leaf for column in batch.columns for leaf in _leaves(column))))
    if batch.num_rows == 1 and unfolded > most:
        raise grows(file, remedy)
    if batch.num_rows == 1 or (unfolded <= LARGEST and batch.num_rows <= STEP):
        yield batch
        return
    half = batch.num_rows // 2
    yield from small(batch.slice(0, half), most, file, remedy)
    yield from small(batch.slice(half), most, file, remedy)


def _leaves(column: pa.Array) -> Iterator[pa.Array]:
    """Give the dictionaries of texts that a column is, or has within lists, maps and structs."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        yield from [column] if is_text(kind.value_type) else ()
    elif not _has_dictionary(kind):  # lists of numbers need not be copied
        return
    elif pa.types.is_struct(kind):
        yield from (leaf for field in column.flatten() for leaf in _leaves(field))
    elif pa.types.is_map(kind):
        pairs = pa.StructArray.from_arrays([column.keys, column.items], ["key", "value"])
        yield from _leaves(pa.ListArray.from_arrays(column.offsets, pairs).flatten())
    else:
        yield from _leaves(column.flatten())


def _has_dictionary(kind: pa.DataType) -> bool:
    return pa.types.is_dictionary(kind) or (_is_open(kind) and any(map(_has_dictionary, _within(kind))))


def _within(kind: pa.DataType) -> list[pa.DataType]:
    return [kind.field(place).type for place in range(kind.num_fields)]


def _unfolded(leaf: pa.Array) -> int:
    return pc.sum(pc.binary_length(leaf.dictionary).take(leaf.indices)).as_py() or 0


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give headlines as such; of those in a dictionary, which may be long and in every row, what is looked at.

    Args:
        column: Texts.

    Returns:
        Strings.
    """
    if pa.types.is_dictionary(column.type):
        chunks = [pa.DictionaryArray.from_arrays(chunk.indices, _cut(chunk.dictionary)) for chunk in column.chunks]
        column = pa.chunked_array(chunks, pa.dictionary(column.type.index_type, chunks[0].dictionary.type))
    return column.cast(pa.string())


def _cut(texts: pa.Array) -> pa.Array:
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    return pc.utf8_slice_codeunits(texts, 0, _LONGEST) if longest > _LONGEST else texts


def is_text(kind: pa.DataType) -> bool:
    """Tell whether values are strings or bytes, each by itself, of any length."""
    few = pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary
    return any(is_of(kind) for is_of in few)


def is_known(kind: pa.DataType) -> bool:
    """Tell whether a type's texts can be had in dictionaries, and be put in their places."""
    if not _is_open(kind):
        return is_bounded(kind)
    return all(is_known(each) and not pa.types.is_null(each) for each in _within(kind))  # Arrow loses count of nulls


def _is_open(kind: pa.DataType) -> bool:
    few = pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list, pa.types.is_struct, pa.types.is_map
    return any(is_of(kind) for is_of in few)


def is_bounded(kind: pa.DataType) -> bool:
    """Tell whether a row's value is a text, or takes few bytes: one of fixed width, or a place in a dictionary."""
    few = pa.types.is_primitive, pa.types.is_dictionary, pa.types.is_null, pa.types.is_decimal
    return is_text(kind) or any(is_of(kind) for is_of in few)
