"""Rows of tables as plain values: what JSON says, what a cell of CSV holds, and the words behind a tag."""

import re
from collections.abc import Iterator
from typing import Any, Final, TypeVar

import pyarrow as pa

from pipeline.ingest.columns import AS_JSON, KIND, SPARSE, as_json, plain
from pipeline.topics import TOPICS

T = TypeVar("T")

_SCORES: Final = "scores"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ENDS: Final = re.compile(r"[;\t\r\n]")
_WITHIN: Final = re.compile(r"[;\t\r\n][ \"]*(?=[=+@＝＋－＠-])")
_MARKED: Final = re.compile(r"(^|[;\t\r\n][ \"]*)'(?=[=+@＝＋－＠\t\r\n-])")
_NUMBER: Final = re.compile(r"[+-]?\d[\d\s]*(?:[.,]\d+)?%?")


def rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Give rows as plain values.

    Args:
        table: Any table.

    Yields:
        Values by column; a column of JSON texts as what they say, a column that the row did not have left out.
    """
    marks = {field.name: (field.metadata or {}).get(KIND) for field in table.schema}
    absent = [name for name, mark in marks.items() if mark in (AS_JSON, SPARSE)]
    coded = [name for name, mark in marks.items() if mark == AS_JSON]
    for row in listed(table):
        for name in absent:
            if row[name] is None:
                del row[name]
        for name in coded:
            if name in row:
                row[name] = said(row[name])
        yield row


def header(schema: pa.Schema) -> list[str]:
    """Give the columns of a CSV file: scores are spread over one for each topic."""
    if not is_tagged(schema):
        return [inert(name) for name in schema.names]
    return [*(inert(name) for name in schema.names if name != _SCORES), *(f"score_{topic}" for topic in TOPICS)]


def told(why: dict[str, Any]) -> list[tuple[str, Any]]:
    """Give the topics that are explained, with their words."""
    return [(topic, found) for topic, found in why.items() if found is not None]


def words(found: list[dict[str, Any]]) -> str:
    """Write words with their shares."""
    return ", ".join(f"{each['word']} {each['share']:+.2f}" for each in found)


def inert(cell: T) -> T | str:
    """Keep a spreadsheet from taking a text for a formula (OWASP, CSV injection): a quote mark goes before it.

    Also within a text, behind what a spreadsheet set to another language takes for the end of a cell. A plain number is
    none.

    >>> inert("=1+1"), inert("-5,3"), inert("Курс;=1+1")
    ("'=1+1", '-5,3', "Курс;'=1+1")
    """
    if not isinstance(cell, str):
        return cell
    text = f"'{cell}" if cell[:1] in _FORMULA and not _NUMBER.fullmatch(cell) else cell
    return _WITHIN.sub(r"\g<0>'", text) if _ENDS.search(text) else text


def meant(cell: str) -> str:
    """Give a text that ``inert`` has made inert as it was; a quote mark that stood just so before is lost.

    >>> meant("'=1+1"), meant("Курс;'=1+1"), meant("'Да' и нет")
    ('=1+1', 'Курс;=1+1', "'Да' и нет")
    """
    return _MARKED.sub(r"\1", cell)


def cell(value: object) -> object:
    """Give a value as a cell holds it: lists and objects as JSON, dates in ISO 8601, nothing as None."""
    if isinstance(value, dict | list):
        return as_json(value)
    return value if isinstance(value, str | int | float | bool | None) else plain(value)


def is_tagged(schema: pa.Schema) -> bool:
    """Tell whether a table has the tagger's columns."""
    place = schema.get_field_index(_SCORES)
    return place >= 0 and pa.types.is_struct(schema.field(place).type) and "iptc" in schema.names


def listed(table: pa.Table) -> list[dict[str, Any]]:
    """Give rows in Python's types; a date that Python's calendar does not reach as a text."""
    try:
        return table.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError):
        for place, field in enumerate(table.schema):
            if pa.types.is_temporal(field.type):
                table = table.set_column(place, field.with_type(pa.string()), table.column(place).cast(pa.string()))
        return table.to_pylist()  # type: ignore[no-any-return]


def said(text: str) -> object:
    """Read a JSON text; one that a stranger's file only says to be JSON stays as it is."""
    import json

    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
