"""Which reader a text needs, once it is unpacked and no program's own format."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Final, TypeAlias

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.ingest import article, lines, page, ribbon, table
from pipeline.ingest.look import look, mark_of
from pipeline.ingest.record import Options, Record, Reject
from pipeline.ingest.source import Source
from pipeline.ingest.stream import Recoded, stream_lines

LARGEST_PAGE: Final = 1 << 22
"""Letters of a copied page, which is read whole to find its lists: 4 million, a thousand front pages."""

Item: TypeAlias = Record | Reject | pa.Table


@dataclass(frozen=True)
class Flow:
    """Bytes on their way to a reader.

    Attributes:
        name: What to call them.
        stream: The bytes.
        source: Where they are from.
        depth: Packings they were taken out of.
    """

    name: str
    stream: IO[bytes]
    source: Source
    depth: int = 0


def read(flow: Flow, head: bytes, options: Options) -> Iterator[Item]:
    """Read a text.

    Args:
        flow: Its bytes.
        head: How they begin.
        options: How to read.

    Returns:
        What its reader gives.

    Raises:
        InputError: If it has no letters, or is of a format that is not read.
    """
    seen = look(flow.name, head, options, flow.source.charset)
    if seen.kind == "plain":
        return _plain(stream_lines(flow.stream, seen.encoding), seen.start, flow.name, options)
    if seen.kind == "jsonl":
        from pipeline.ingest import jsons

        return jsons.read_lines(stream_lines(flow.stream, seen.encoding), flow.name, options.column)
    return _marked(seen.kind, flow, seen.encoding, options)


def _marked(kind: str, flow: Flow, encoding: str, options: Options) -> Iterator[Item]:
    """Read what a parser in C takes: bytes in UTF-8."""
    stream = io.BufferedReader(Recoded(flow.stream, encoding), 1 << 16)
    if kind == "json":
        from pipeline.ingest import jsons

        return jsons.read(stream, flow.name, options.column)
    if kind == "telegram":
        from pipeline.ingest import telegram

        return telegram.read(stream, flow.name, options.column)
    if kind == "html":
        from pipeline.ingest import html

        return html.read(stream, flow.name)
    from pipeline.ingest import feed

    return feed.read(stream, flow.name)


def _plain(rows: Iterator[str], start: str, name: str, options: Options) -> Iterator[Item]:
    number, first = next(((number, row) for number, row in enumerate(rows, start=1) if row.strip()), (1, ""))
    rows = chain([first], rows)
    mark = mark_of(first, name, options)
    if mark:
        return table.read(rows, mark, name, options.column, number)
    begin = start.splitlines()
    if page.is_page(begin):
        return page.read(_all(rows, name))
    if ribbon.is_ribbon(begin):
        return ribbon.read(_all(rows, name))
    return article.read(_all(rows, name)) if article.is_article(begin) else lines.read(rows)


def _all(rows: Iterable[str], name: str) -> list[str]:
    kept, letters = [], 0
    for row in rows:
        letters += len(row)
        kept.append(row)
        if letters > LARGEST_PAGE:
            found = f"a copied page of more than {LARGEST_PAGE:,} letters"
            raise InputError(name, found, "a page, or one headline a line", "take the numbers out of it")
    return kept
