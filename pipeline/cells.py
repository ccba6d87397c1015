"""Tables as rows of CSV, column by column in Arrow; Python sees only the cells that Arrow would write otherwise."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.columns import AS_JSON, KIND
from pipeline.jsonl import TEXT, each, floats, joined, patched
from pipeline.plain import cell, inert, is_tagged, said, told, words
from pipeline.topics import TOPICS

_QUOTED: Final = r'[",\r\n]'
"""What stands in a cell only between quotes."""
_LIVE: Final = r"^[=+\-@＝＋－＠]|[;\t\r\n]"
"""Stands, for Arrow, in every text that ``inert`` may change."""
_JOINED: Final = ("tags", "iptc")
_SCORES: Final = "scores"
_STEPS: Final = 10_000
"""Steps of a score as it is written, with four digits."""
_CLOSE: Final = 1e-6
"""How near to half a step a score is rounded by Python, which looks at all of its digits."""


def lines(table: pa.Table) -> pa.Array:
    """Give the rows of a table as lines of CSV, with their ends, in the order of ``plain.header``.

    Args:
        table: Any table; if the tagger's columns are in it, tags are joined and scores spread and rounded.

    Returns:
        Texts.
    """
    tagged = is_tagged(table.schema)
    columns = [(field, column.combine_chunks()) for field, column in zip(table.schema, table.columns, strict=True)]
    texts = [_texts(column, field, tagged) for field, column in columns if not (tagged and field.name == _SCORES)]
    if tagged:
        scores = next(column for field, column in columns if field.name == _SCORES)
        texts += [_rounded(scores.field(topic)) for topic in TOPICS]
    parts = [part for text in texts for part in (pa.scalar(",", TEXT), text)]
    return joined(*parts[1:], "\r\n")


def _texts(column: pa.Array, field: pa.Field, tagged: bool) -> pa.Array:
    if tagged and field.name in _JOINED:
        return each(column, lambda value: " ".join(value or ())) if column.null_count else _spaced(column)
    if tagged and field.name == "why":
        return _quoted(each(column, _why))
    if (field.metadata or {}).get(KIND) == AS_JSON:
        return _quoted(each(column, lambda text: _plain(text and said(text))))
    work = next((work for holds, work in _WORKS if holds(column.type)), None)
    texts = each(column, _plain) if work is None else pc.fill_null(work(column), pa.scalar("", TEXT))
    return _quoted(texts)


def _spaced(column: pa.Array) -> pa.Array:
    return pc.binary_join(column, " ").cast(TEXT)


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever stands in a table
    """Give a cell as the csv module writes it, but for quotes."""
    text = inert(cell(value))
    return "" if text is None else text if isinstance(text, str) else repr(text)


def _why(value: dict[str, Any] | None) -> str:
    return _plain("; ".join(f"{topic}: {words(found)}" for topic, found in told(value or {})))


def _inert(column: pa.Array) -> pa.Array:
    texts = column.cast(TEXT)
    return patched(texts, pc.match_substring_regex(texts, _LIVE), texts, inert)


def _quoted(texts: pa.Array) -> pa.Array:
    marked = pc.match_substring_regex(texts, _QUOTED)
    if not pc.any(marked).as_py():
        return texts
    return pc.replace_with_mask(texts, marked, joined('"', pc.replace_substring(texts.filter(marked), '"', '""'), '"'))


def _rounded(scores: pa.Array) -> pa.Array:
    """Write scores, 0 to 1, with four digits at most."""
    steps = scores.to_numpy(zero_copy_only=False) * _STEPS
    near = np.abs(np.abs(steps - np.floor(steps)) - 0.5) < _CLOSE
    texts = _numbers().take(pa.array(np.rint(steps).astype(np.int64)))
    return patched(texts, pa.array(near), scores, lambda score: repr(round(score, 4)))


def _numbers() -> pa.Array:
    return pa.array([repr(step / _STEPS) for step in range(_STEPS + 1)], TEXT)


_WORKS: Final[tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.Array]], ...]] = (
    (pa.types.is_boolean, lambda column: pc.if_else(column, pa.scalar("True", TEXT), pa.scalar("False", TEXT))),
    (pa.types.is_integer, lambda column: column.cast(TEXT)),
    (pa.types.is_float64, lambda column: floats(column, repr)),
    (lambda kind: kind in (pa.string(), TEXT), _inert),
)
"""How Arrow writes cells of some types; a null stays one."""
