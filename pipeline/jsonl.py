"""Tables as lines of JSON, column by column in Arrow; Python sees only the values that Arrow would write otherwise."""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.columns import AS_JSON, KIND, SPARSE, plain
from pipeline.plain import listed, said, told
from pipeline.topics import TOPICS

TEXT: Final = pa.large_string()
"""The type of everything that is written."""
_ESCAPED: Final = r'["\\\x00-\x1f]'
"""What does not stand in a text of JSON as it is."""


def lines(table: pa.Table) -> pa.Array:
    """Give the rows of a table as lines of JSON, with their ends.

    Args:
        table: Any table; a value that JSON has not (NaN, infinity) becomes null.

    Returns:
        Texts; a column of JSON texts says what they say, a column that a row did not have is left out of it.
    """
    fields = list(table.schema)
    texts = [_column(column.combine_chunks(), field) for column, field in zip(table.columns, fields, strict=True)]
    return joined(_objects([field.name for field in fields], texts), "\n")


def _column(column: pa.Array, field: pa.Field) -> pa.Array:
    """Give the values of a column as JSON; null where it is left out."""
    mark = (field.metadata or {}).get(KIND)
    if mark == AS_JSON:
        return each(column, lambda text: None if text is None else _dumped(said(text)))
    if field.name == "why" and _is_why(field.type):
        return each(column, _why)
    texts = _values(column)
    return pc.if_else(column.is_valid(), texts, pa.scalar(None, TEXT)) if mark == SPARSE else texts


def _values(column: pa.Array) -> pa.Array:
    """Give values as JSON, by their type."""
    kind = column.type
    if pa.types.is_struct(kind) and not column.null_count:
        return _objects([field.name for field in kind], [_values(inner) for inner in column.flatten()])
    work = next((work for holds, work in _WORKS if holds(kind)), None)
    return each(column, _dumped) if work is None else pc.fill_null(work(column), pa.scalar("null", TEXT))


def _objects(names: Sequence[str], texts: Sequence[pa.Array]) -> pa.Array:
    """Give objects of values as JSON; a null is left out."""
    parts = [joined(pa.scalar(f", {_dumped(name)}: ", TEXT), text) for name, text in zip(names, texts, strict=True)]
    whole = pc.binary_join_element_wise(*parts, pa.scalar("", TEXT), null_handling="replace", null_replacement="")
    return joined(pc.binary_replace_slice(whole, 0, 2, "{"), "}")


def _lists(column: pa.Array) -> pa.Array:
    inner = column.flatten()
    if inner.null_count or pc.any(pc.match_substring_regex(inner, _ESCAPED)).as_py():
        return each(column, _dumped)
    texts = joined('["', pc.binary_join(column, '", "').cast(TEXT), '"]')
    return pc.if_else(pc.equal(pc.list_value_length(column), 0), pa.scalar("[]", TEXT), texts)


def _quoted(texts: pa.Array) -> pa.Array:
    return patched(joined('"', texts, '"'), pc.match_substring_regex(texts, _ESCAPED), texts, _dumped)


def floats(column: pa.Array, work: Callable[[float], str]) -> pa.Array:
    """Write floats as Python does: the fewest digits that tell them, a whole one with a point.

    Args:
        column: Floats of 64 bits.
        work: Writes those that Arrow would write otherwise.

    Returns:
        Texts; a null stays one.
    """
    size = pc.abs(column)
    usual = pc.and_(pc.and_(pc.greater(size, 1e-4), pc.less(size, 1e10)), pc.not_equal(column, pc.floor(column)))
    return patched(column.cast(TEXT), pc.invert(usual), column, work)


_WORKS: Final[tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.Array]], ...]] = (
    (pa.types.is_boolean, lambda column: pc.if_else(column, pa.scalar("true", TEXT), pa.scalar("false", TEXT))),
    (pa.types.is_integer, lambda column: column.cast(TEXT)),
    (pa.types.is_float64, lambda column: floats(column, _dumped)),
    (
        lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
        lambda column: _quoted(column.cast(TEXT)),
    ),
    (lambda kind: pa.types.is_list(kind) and pa.types.is_string(kind.value_type), _lists),
)
"""How Arrow writes values of some types; a null stays one."""


def patched(texts: pa.Array, wrong: pa.Array, values: pa.Array, work: Callable[[Any], str]) -> pa.Array:
    """Put right some texts.

    Args:
        texts: All texts.
        wrong: Which are to be put right; a null is not.
        values: What the texts are of.
        work: Gives the right text of a value.

    Returns:
        The texts, those put right among them.
    """
    wrong = pc.fill_null(wrong, False)
    if not pc.any(wrong).as_py():
        return texts
    right = pa.array([work(value) for value in values.filter(wrong).to_pylist()], texts.type)
    return pc.replace_with_mask(texts, wrong, right)


def joined(*parts: pa.Array | pa.Scalar | str) -> pa.Array:
    """Join texts row by row.

    Args:
        *parts: Texts, some of them the same for all rows.

    Returns:
        A text a row; null where one of the parts is.
    """
    typed = [pa.scalar(part, TEXT) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*typed, pa.scalar("", TEXT))


def each(column: pa.Array, work: Callable[[Any], str | None]) -> pa.Array:
    """Write values one by one, in Python.

    Args:
        column: Any values.
        work: Writes one of them.

    Returns:
        Texts.
    """
    rows = listed(pa.table([column], names=["value"]))
    return pa.array([work(row["value"]) for row in rows], TEXT)


def _is_why(kind: pa.DataType) -> bool:
    return pa.types.is_struct(kind) and [field.name for field in kind] == list(TOPICS)


def _why(value: dict[str, Any] | None) -> str:
    return _dumped(value and {topic: [list(word.values()) for word in found] for topic, found in told(value)})


def _dumped(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=plain)
    except ValueError:  # JSON has no NaN and no infinity
        return json.dumps(_finite(value), ensure_ascii=False, default=plain)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
