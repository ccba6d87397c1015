"""Tagged headlines as a table for people, JSONL, CSV or Parquet: in the order of the input, whole or not at all."""

import csv
import io
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import pyarrow as pa

from pipeline.atomic import replace_file
from pipeline.errors import InputError
from pipeline.ingest.columns import AS_JSON, KIND, SPARSE, as_json, plain
from pipeline.topics import OTHER, TOPICS, Topic

T = TypeVar("T")

FORMATS: Final = ("table", "jsonl", "csv", "parquet")

_SCORES: Final = "scores"
_JOINED: Final = ("tags", "iptc")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?\d[\d\s]*(?:[.,]\d+)?%?")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What would move a terminal's cursor or turn its lines round."""


def format_for(out: Path | None, on_terminal: bool) -> str:
    """Choose the format that is meant.

    Args:
        out: The file to write, if any; its ending decides.
        on_terminal: Whether a person reads the standard output.

    Returns:
        One of ``FORMATS``.

    Raises:
        InputError: If the file's ending is none of a format.
    """
    if out is None:
        return "table" if on_terminal else "jsonl"
    ending = out.suffix.lower().lstrip(".").replace("txt", "table")
    if ending not in FORMATS:
        raise InputError(out, f"the ending “{out.suffix}”", "one of .jsonl, .csv, .parquet, .txt", "or say --format")
    return ending


def write(tables: Iterable[pa.Table], kind: str, out: Path | None) -> None:
    """Write tagged tables.

    Args:
        tables: Tables with the columns that the tagger adds.
        kind: One of ``FORMATS``.
        out: Where; nothing means the standard output.

    Raises:
        InputError: If the file cannot be written.
    """
    if out is None:
        _WRITERS[kind](tables, sys.stdout.buffer)
        sys.stdout.flush()
        return
    try:
        with replace_file(out) as file:
            _WRITERS[kind](tables, file)
    except OSError as error:
        found = f"a place that cannot be written ({error.strerror})"
        raise InputError(out, found, "a folder that exists and has room", "name another by --out") from error


def _jsonl(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    for table in tables:
        for row in _rows(table):
            file.write(_line(row).encode() + b"\n")


def _line(row: dict[str, Any]) -> str:
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False, default=plain)
    except ValueError:  # JSON has no NaN and no infinity
        return json.dumps(_finite(row), ensure_ascii=False, default=plain)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _csv(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    from pipeline.spool import one_schema

    text = io.TextIOWrapper(file, "utf-8", newline="")
    writer = csv.writer(text)
    for place, table in enumerate(one_schema(tables)):
        if place == 0:
            writer.writerow(_header(table.schema))
        writer.writerows([_inert(cell) for cell in _flat(row, table.schema)] for row in _rows(table))
    text.flush()
    text.detach()


def _header(schema: pa.Schema) -> list[str]:
    if not _is_tagged(schema):
        return list(schema.names)
    return [*(name for name in schema.names if name != _SCORES), *(f"score_{topic}" for topic in TOPICS)]


def _is_tagged(schema: pa.Schema) -> bool:
    place = schema.get_field_index(_SCORES)
    return place >= 0 and pa.types.is_struct(schema.field(place).type) and "iptc" in schema.names


def _flat(row: dict[str, Any], schema: pa.Schema) -> Iterator[Any]:
    """Spread a row's lists and scores over plain cells."""
    tagged = _is_tagged(schema)
    for name in schema.names:
        value = row.get(name)
        if tagged and name in _JOINED:
            yield " ".join(value or ())
        elif not (tagged and name == _SCORES):
            yield as_json(value) if isinstance(value, dict | list) else plain(value) if _is_special(value) else value
    if tagged:
        yield from (round(row[_SCORES][topic], 4) for topic in TOPICS)


def _is_special(value: object) -> bool:
    return not isinstance(value, str | int | float | bool | None)


def _inert(cell: T) -> T | str:
    """Keep a spreadsheet from taking a text for a formula (OWASP, CSV injection): a quote mark goes before it.

    A plain number is none: «-5,3» stays.
    """
    if isinstance(cell, str) and cell[:1] in _FORMULA and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _parquet(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    import pyarrow.parquet as pq  # 0.05 s: only when it is wanted

    from pipeline.spool import one_schema

    writer = None
    for table in one_schema(tables):
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def _table(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    from rich.console import Console  # 0.05 s: only when a person reads
    from rich.table import Table
    from rich.text import Text

    text = io.TextIOWrapper(file, "utf-8")
    console = Console(file=text, highlight=False, width=None if file.isatty() else 110)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("headline", "tags", "p"):
        shown.add_column(name, overflow="fold", no_wrap=name == "p", justify="right" if name == "p" else "left")
    for row in (row for table in tables for row in _rows(table)):
        tags = Text(" ").join(Text(tag, style=Topic(tag).colour) for tag in row["tags"]) or Text(OTHER, style="dim")
        likeliest = max(row["scores"][topic] for topic in TOPICS)
        sure = row["scores"][row["topic"]] if row["tags"] else 1 - likeliest
        headline = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", row["headline"])
        shown.add_row(Text(headline), tags + Text(" ?" if row["unsure"] else ""), f"{sure:.2f}")
    console.print(shown)
    text.flush()
    text.detach()


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Give rows as plain values; what is JSON as what it says, what a row did not have left out."""
    marks = {field.name: (field.metadata or {}).get(KIND) for field in table.schema}
    absent = [name for name, mark in marks.items() if mark in (AS_JSON, SPARSE)]
    coded = [name for name, mark in marks.items() if mark == AS_JSON]
    try:
        rows = table.to_pylist()
    except (ValueError, OverflowError):  # a date that Python's calendar does not reach
        rows = _timeless(table).to_pylist()
    for row in rows:
        for name in absent:
            if row[name] is None:
                del row[name]
        for name in coded:
            if name in row:
                row[name] = json.loads(row[name])
        yield row


def _timeless(table: pa.Table) -> pa.Table:
    for place, field in enumerate(table.schema):
        if pa.types.is_temporal(field.type):
            table = table.set_column(place, field.with_type(pa.string()), table.column(place).cast(pa.string()))
    return table


_WRITERS: Final[dict[str, Callable[[Iterable[pa.Table], IO[bytes]], None]]] = {
    "table": _table,
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
}
