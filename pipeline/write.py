"""Tagged headlines as a table for people, JSONL, CSV or Parquet: in the order of the input, whole or not at all."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import pyarrow as pa

from pipeline.atomic import replace_file
from pipeline.errors import InputError
from pipeline.topics import OTHER, TOPICS, Topic

T = TypeVar("T")

_SHOWN: Final = 5
"""Words that a table for people shows to explain a tag."""

FORMATS: Final = ("table", "jsonl", "csv", "parquet")


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
        for row in table.to_pylist():
            if "why" in row:
                row["why"] = {topic: [list(told.values()) for told in words] for topic, words in _told(row["why"])}
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _csv(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, "utf-8", newline="")
    writer = csv.writer(text)
    for place, table in enumerate(tables):
        rows = [_flat(row) for row in table.to_pylist()]
        if place == 0:
            writer.writerow(rows[0])
        writer.writerows([_inert(cell) for cell in row.values()] for row in rows)
    text.flush()
    text.detach()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Spread a row's lists and scores over plain cells."""
    scores = row.pop("scores")
    row |= {"tags": " ".join(row["tags"]), "iptc": " ".join(row["iptc"])}
    if "why" in row:
        row["why"] = "; ".join(f"{topic}: {_words(words)}" for topic, words in _told(row["why"]))
    return row | {f"score_{name}": round(score, 4) for name, score in scores.items()}


def _told(why: dict[str, Any]) -> list[tuple[str, Any]]:
    """Give the topics that are explained, with their words."""
    return [(topic, words) for topic, words in why.items() if words is not None]


def _words(words: list[dict[str, Any]]) -> str:
    return ", ".join(f"{told['word']} {told['share']:+.2f}" for told in words)


def _inert(cell: T) -> T | str:
    """Keep a spreadsheet from taking a text for a formula (OWASP, CSV injection): a quote mark goes before it."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _parquet(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    import pyarrow.parquet as pq  # 0.05 s: only when it is wanted

    writer = None
    for table in tables:
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
    for row in _rows(tables):
        tags = Text(" ").join(Text(tag, style=Topic(tag).colour) for tag in row["tags"]) or Text(OTHER, style="dim")
        likeliest = max(row["scores"][topic] for topic in TOPICS)
        sure = row["scores"][row["topic"]] if row["tags"] else 1 - likeliest
        headline = Text(row["headline"])
        if "why" in row:
            for topic, words in _told(row["why"]):
                headline.append(f"\n{topic}: {_words(words[:_SHOWN])}", style="dim")
        shown.add_row(headline, tags + Text(" ?" if row["unsure"] else ""), f"{sure:.2f}")
    console.print(shown)
    text.flush()
    text.detach()


def _rows(tables: Iterable[pa.Table]) -> Iterator[dict[str, Any]]:
    for table in tables:
        yield from table.to_pylist()


_WRITERS: Final[dict[str, Callable[[Iterable[pa.Table], IO[bytes]], None]]] = {
    "table": _table,
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
}
