"""Tables of different columns as tables of one schema: put aside on disk until every column is known, then given again.

CSV and Parquet have one header for all rows, and JSON lines or a folder of files may bring a column with the last row.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

import pyarrow as pa

from pipeline.ingest.columns import AS_JSON, KIND, as_json


def one_schema(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Give tables with the columns of all of them, in the order in which they were met.

    Args:
        tables: Any tables.

    Yields:
        The same rows; where a table lacked a column, nulls. A column of several types becomes one of JSON texts.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spool.arrow"
        with path.open("wb") as file:
            put_aside(tables, file)
        yield from together([path])


def put_aside(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    """Write tables as streams of one schema each, one after the other.

    Args:
        tables: Any tables.
        file: Where.
    """
    writer = schema = None
    for table in tables:
        if writer is None or not table.schema.equals(schema, check_metadata=True):
            if writer:
                writer.close()
            schema = table.schema
            writer = pa.ipc.new_stream(file, schema, options=_WHOLE)
        writer.write_table(table)
    if writer:
        writer.close()


def together(paths: Sequence[Path]) -> Iterator[pa.Table]:
    """Give the tables that were put aside, with the columns of all of them, in the order in which they were met.

    Args:
        paths: Files that ``put_aside`` wrote.

    Yields:
        The tables, and at the end one without rows, so that an output without rows has its columns.
    """
    whole = _union(flow.schema for path in paths for flow in _streams(path, pa.memory_map))
    for path in paths:
        yield from (_conform(table, whole) for table in taken(path))
    yield whole.empty_table()


def taken(path: Path) -> Iterator[pa.Table]:
    """Give the tables that were put aside as they were.

    Args:
        path: A file that ``put_aside`` wrote.

    Yields:
        The tables.
    """
    yield from (pa.table(batch) for flow in _streams(path, pa.OSFile) for batch in flow)


def _streams(path: Path, opened: Callable[[str], pa.NativeFile]) -> Iterator[pa.RecordBatchReader]:
    """Open the streams of a file in turn; of a mapped one, nothing is read from the disk before it is looked at."""
    if not path.stat().st_size:
        return
    with opened(str(path)) as file:
        while file.tell() < file.size():
            with pa.ipc.open_stream(file) as flow:
                yield flow
                for _ in flow:  # to the end, if that was not read
                    pass


_WHOLE = pa.ipc.IpcWriteOptions(unify_dictionaries=False, emit_dictionary_deltas=False)


def _union(schemas: Iterable[pa.Schema]) -> pa.Schema:
    fields: dict[str, pa.Field] = {}
    for schema in schemas:
        for field in schema:
            known = fields.get(field.name)
            fields[field.name] = field if known is None else _both(known, field)
    return pa.schema(list(fields.values()))


def _both(one: pa.Field, other: pa.Field) -> pa.Field:
    if pa.types.is_null(other.type):
        return one
    if pa.types.is_null(one.type):
        return other
    if one.type == other.type and is_json(one) == is_json(other):
        return one if one.metadata else other
    return pa.field(one.name, pa.string(), metadata={KIND: AS_JSON})


def is_json(field: pa.Field) -> bool:
    """Tell whether the texts of a column are JSON."""
    return bool(field.metadata and field.metadata.get(KIND) == AS_JSON)


def _conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    if table.schema.equals(schema, check_metadata=True):
        return table
    columns = []
    for field in schema:
        place = table.schema.get_field_index(field.name)
        if place < 0:
            columns.append(pa.nulls(len(table), field.type))
        elif is_json(field) and not is_json(table.schema.field(place)):
            texts = [None if value is None else as_json(value) for value in table.column(place).to_pylist()]
            columns.append(pa.array(texts, pa.string()))
        else:
            columns.append(table.column(place).cast(field.type))
    return pa.table(columns, schema=schema)
