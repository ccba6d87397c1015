"""Columns: which one holds the headlines, and how rows of any values become a table without a change to them.

A column of texts, of numbers or of truth values becomes an Arrow column of that type. Any other mixture, as JSON allows
it, is kept as JSON text; the field says so, and the writers turn it back.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.ingest.record import COLUMN
from pipeline.ingest.text import whole

KNOWN: Final = (COLUMN, "title", "заголовок", "header", "заголовок новости", "название", "name", "text", "текст")
"""Names under which headlines stand in people's tables, the surest first."""

KIND: Final = b"rubrika"
"""The key of a field's metadata; its value is one of the two below."""
AS_JSON: Final = b"json"
"""The texts of the column are JSON."""
SPARSE: Final = b"sparse"
"""Where the column is null, the row did not have it."""

_ABSENT: Final = object()
_LARGEST: Final = 1 << 63
_EXACT: Final = 1 << 53


def choose(names: Sequence[str], wanted: str | None) -> int | None:
    """Find the column of the headlines.

    Args:
        names: The columns.
        wanted: The one that the user asks for, if any.

    Returns:
        Its place, or None if there is none.
    """
    if wanted is not None and wanted in names:
        return names.index(wanted)
    plain = [name.strip().lower() for name in names]
    known = KNOWN if wanted is None else (wanted.strip().lower(),)
    return next((plain.index(name) for name in known if name in plain), None)


def named(names: Sequence[str], place: int) -> list[str]:
    """Name the columns of the output: the chosen one ``headline``, the others as they are, each name once."""
    given: list[str] = []
    for own, name in enumerate(names):
        new = COLUMN if own == place else f"input_{name}" if name == COLUMN else name
        taken = {COLUMN, *given} - ({COLUMN} if own == place else set())
        given.append(new if new not in taken else _free(new, taken | set(names)))
    return given


def missing(names: Sequence[str], wanted: str | None, where: str) -> InputError:
    """Give the error that a table has no column of headlines."""
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")  # noqa: PLR2004 - a line on a screen
    expected = f"a column named {wanted}" if wanted is not None else f"a column named {COLUMN}"
    return InputError(where, f"the columns “{shown}”", expected, "name the column of the headlines so, or say --column")


def table_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Make a table of rows.

    Args:
        rows: Values by column; a column may be absent from a row.

    Returns:
        The table, its columns in the order in which they were met.
    """
    names = list(rows[0])
    if any(len(row) != len(names) or row.keys() != rows[0].keys() for row in rows):
        names = list(dict.fromkeys(name for row in rows for name in row))
    made = [_column(name, [row.get(name, _ABSENT) for row in rows]) for name in names]
    return pa.table([column for _, column in made], schema=pa.schema([field for field, _ in made]))


def one_chunk(column: pa.ChunkedArray) -> pa.Array:
    """Give a column as one array; it is copied only if it is none."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def as_json(value: object) -> str:
    """Write a value as JSON; dates in ISO 8601."""
    return json.dumps(value, ensure_ascii=False, default=plain)


def _column(name: str, values: list[Any]) -> tuple[pa.Field, pa.Array]:
    name = whole(name)
    kinds = set(map(type, values))
    if kinds == {str}:
        return pa.field(name, pa.string()), pa.array(_texts(values), pa.string())
    absent, null = object in kinds, type(None) in kinds
    plain = [None if value is _ABSENT else value for value in values] if absent else values
    marks = {KIND: SPARSE} if absent else None
    for accepted, of, fits in _TYPES:
        if not (absent and null) and kinds - {object, type(None)} <= accepted and fits(plain):
            return pa.field(name, of, metadata=marks), pa.array(_texts(plain) if str in kinds else plain, of)
    texts = [None if value is _ABSENT else whole(as_json(value)) for value in values]
    return pa.field(name, pa.string(), metadata={KIND: AS_JSON}), pa.array(texts, pa.string())


def _texts(values: list[Any]) -> list[Any]:
    try:
        "".join(filter(None, values)).encode()
    except UnicodeEncodeError:
        return [value and whole(value) for value in values]
    return values


def _free(name: str, taken: set[str]) -> str:
    return next(new for number in range(2, len(taken) + 3) if (new := f"{name}_{number}") not in taken)


def plain(value: object) -> object:
    """Give a value that JSON has: dates in ISO 8601, bytes as text, anything else as it prints."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _whole_numbers(values: list[Any]) -> bool:
    return all(value is None or -_LARGEST <= value < _LARGEST for value in values)


def _numbers(values: list[Any]) -> bool:
    """Tell whether each number is one that a float holds as it is."""
    return all(value is None or (math.isfinite(value) and abs(value) < _EXACT) for value in values)


_TYPES: Final[tuple[tuple[set[type], pa.DataType, Callable[[list[Any]], bool]], ...]] = (
    (set(), pa.null(), lambda _: True),
    ({str}, pa.string(), lambda _: True),
    ({bool}, pa.bool_(), lambda _: True),
    ({int}, pa.int64(), _whole_numbers),
    ({int, float}, pa.float64(), _numbers),
)
