"""Tagged headlines as a table for people, JSONL, CSV or Parquet: in the order of the input, whole or not at all."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
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
        tables: Tables with the columns that the tagger adds, one at least.
        kind: One of ``FORMATS``.
        out: Where; nothing means the standard output.

    """
    if out is None:
        _WRITERS[kind](tables, sys.stdout.buffer)
        sys.stdout.flush()
        return
    with whole_file(out) as file:
        _WRITERS[kind](tables, file)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its place only when all of it is written.

    Args:
        path: Where.

    Yields:
        A binary file to write to.

    Raises:
        InputError: If it cannot be written; what stood there still stands.
    """
    try:
        with replace_file(path) as file:
            yield file
    except OSError as error:
        found = f"a place that cannot be written ({error.strerror})"
        raise InputError(path, found, "a folder that exists and has room", "name another") from error


def _jsonl(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    for table in tables:
        for row in table.to_pylist():
            if "why" in row:
                row["why"] = {topic: [list(told.values()) for told in words] for topic, words in _told(row["why"])}
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _csv(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, "utf-8", newline="")
    writer = csv.writer(text)
    for place, table in enumerate(_aligned(tables)):
        if place == 0:
            scores = [f"score_{topic}" for topic in TOPICS]
            writer.writerow([_inert(name) for name in table.column_names if name != "scores"] + scores)
        writer.writerows([_inert(cell) for cell in _flat(row)] for row in table.to_pylist())
    text.flush()
    text.detach()


def _aligned(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Give every table the columns of the first; one that has more cannot stand in the same file."""
    names: list[str] = []
    for table in tables:
        names = names or table.column_names
        more = [name for name in table.column_names if name not in names]
        if more:
            found = f"the columns {', '.join(more)}, which an input before has not"
            raise InputError("inputs", found, "equal columns", "write --format jsonl, or one input at a time")
        missing = {name: pa.nulls(len(table), pa.string()) for name in names if name not in table.column_names}
        yield pa.table({name: missing[name] if name in missing else table[name] for name in names})


def _flat(row: dict[str, Any]) -> list[Any]:
    """Spread a row's lists and scores over plain cells."""
    scores = row.pop("scores")
    row |= {"tags": " ".join(row["tags"]), "iptc": " ".join(row["iptc"])}
    if "why" in row:
        row["why"] = "; ".join(f"{topic}: {_words(words)}" for topic, words in _told(row["why"]))
    return [*row.values(), *(round(score, 4) for score in scores.values())]


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

    aligned = _aligned(tables)
    first = next(aligned)
    with pq.ParquetWriter(file, first.schema) as writer:
        for table in chain([first], aligned):
            writer.write_table(table)


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
