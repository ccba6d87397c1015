"""From a source to batches of rows: unpack it, see what it is, and let the right reader read it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Final, TypeAlias

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.ingest import article, lines, page, ribbon, sniff, table
from pipeline.ingest.columns import missing
from pipeline.ingest.record import Options, Record, Reject
from pipeline.ingest.source import HEAD, Source, peek, seekable
from pipeline.ingest.text import Recoded, encoding_of, stream_lines, text_head

DEEPEST: Final = 3
"""Packings within packings: a zip of gzips is met, more is a trick."""
LARGEST_PAGE: Final = 1 << 22
"""Letters of a copied page, which is read whole to find its lists: 4 million, a thousand front pages."""
_TABLES: Final = (".csv", ".tsv")
_EXPECTED: Final = "headlines: a page, a table, or one a line"

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


def batches(source: Source, options: Options) -> Iterator[tuple[str, Item]]:
    """Read a source.

    Args:
        source: Where the bytes are from.
        options: How to read.

    Yields:
        What its readers give, each with the name of the file that it stands in.

    Raises:
        InputError: If the user named the source and nothing of it can be read. What breaks off later, or stands in a
            folder or an archive beside others, is a reject.
    """
    begun = False
    try:
        with source.open() as stream:
            for item in _read(Flow(source.name, stream, source), options):
                begun = True
                yield item
    except InputError as error:
        if source.named and not begun:
            raise
        yield source.name, _reject(source.name, error)


def _reject(name: str, error: InputError) -> Reject:
    return Reject(name, 0, f"{error.found}; expected {error.expected}", "")


def _read(flow: Flow, options: Options) -> Iterator[tuple[str, Item]]:
    head, stream = peek(flow.stream)
    if not head.strip():
        raise InputError(flow.name, "no text", _EXPECTED, "give a file with headlines")
    flow = Flow(flow.name, stream, flow.source, flow.depth)
    kind = sniff.binary(head)
    if kind in sniff.PACKED or kind == "zip":
        if flow.depth == DEEPEST:
            raise InputError(flow.name, f"more than {DEEPEST} packings", "headlines", "unpack it yourself")
        yield from _unzipped(flow, options) if kind == "zip" else _unpacked(flow, kind or "", options)
    else:
        items = _binary(flow, kind, options) if kind else _text(flow, head, options)
        yield from ((flow.name, item) for item in items)


def _unpacked(flow: Flow, kind: str, options: Options) -> Iterator[tuple[str, Item]]:
    from pipeline.ingest.unpack import unpack

    with unpack(kind, flow.stream, flow.name) as stream:
        yield from _read(Flow(flow.name, stream, flow.source, flow.depth + 1), options)


def _unzipped(flow: Flow, options: Options) -> Iterator[tuple[str, Item]]:
    from pipeline.ingest import unpack, xlsx

    stream = seekable(flow.stream, flow.name)
    archive = unpack.open_zip(stream, flow.name)
    if xlsx.is_workbook(archive):
        yield from ((flow.name, item) for item in xlsx.read(archive, stream, flow.name, options.column))
        return
    found = list(unpack.members(archive))
    for member, info in found:
        name = f"{flow.name}/{member}"
        begun = False
        try:
            with unpack.open_member(archive, info, name) as stream:
                for item in _read(Flow(name, stream, flow.source, flow.depth + 1), options):
                    begun = True
                    yield item
        except InputError as error:
            if len(found) == 1 and not begun:
                raise
            yield name, _reject(name, error)
    if not found:
        raise InputError(flow.name, "a zip without files", _EXPECTED, "check it")


def _binary(flow: Flow, kind: str, options: Options) -> Iterator[Item]:
    stream = seekable(flow.stream, flow.name)
    if kind == "sqlite":
        from pipeline.ingest import sqlite

        return sqlite.read(stream, flow.name, flow.source.table, options.column)
    from pipeline.ingest import columnar

    return columnar.read(stream, kind, flow.name, options.column)


def _text(flow: Flow, head: bytes, options: Options) -> Iterator[Item]:
    foreign = sniff.foreign(head)
    if foreign:
        raise InputError(flow.name, foreign, _EXPECTED, "save it as text or as a table")
    complete = len(head) < HEAD
    encoding = encoding_of(head, complete, options.encoding, flow.source.charset, flow.name)
    start = text_head(head, encoding, flow.name)
    if complete and not start.strip():
        raise InputError(flow.name, "no text", _EXPECTED, "give a file with headlines")
    kind = sniff.text(start, flow.name)
    if kind == "plain":
        return _plain(stream_lines(flow.stream, encoding), start, flow.name, options)
    if kind == "jsonl":
        from pipeline.ingest import jsons

        return jsons.read_lines(stream_lines(flow.stream, encoding), flow.name, options.column)
    return _marked(kind, flow, encoding, options)


def _marked(kind: str, flow: Flow, encoding: str, options: Options) -> Iterator[Item]:
    """Read what a parser in C takes: bytes in UTF-8."""
    import io

    stream = io.BufferedReader(Recoded(flow.stream, encoding), 1 << 16)
    if kind == "json":
        from pipeline.ingest import jsons

        return jsons.read(stream, flow.name, options.column)
    if kind == "telegram":
        from pipeline.ingest import telegram

        return telegram.read(stream, flow.name)
    if kind == "html":
        from pipeline.ingest import html

        return html.read(stream, flow.name)
    from pipeline.ingest import feed

    return feed.read(stream, flow.name)


def _plain(rows: Iterator[str], start: str, name: str, options: Options) -> Iterator[Item]:
    first = next((row for row in rows if row.strip()), "") if not start[:1].strip() else next(rows)
    rows = chain([first], rows)
    is_table = name.lower().endswith(_TABLES)
    mark = table.delimiter(first, options.column, is_table)
    if mark:
        return table.read(rows, mark, name, options.column)
    if is_table or options.column:
        raise missing(table.header_of(first)[1], options.column, f"{name}, line 1")
    look = start.splitlines()
    if page.is_page(look):
        return page.read(_all(rows, name))
    if ribbon.is_ribbon(look):
        return ribbon.read(_all(rows, name))
    return article.read(_all(rows, name)) if article.is_article(look) else lines.read(rows)


def _all(rows: Iterable[str], name: str) -> list[str]:
    kept, letters = [], 0
    for row in rows:
        letters += len(row)
        kept.append(row)
        if letters > LARGEST_PAGE:
            found = f"a copied page of more than {LARGEST_PAGE:,} letters"
            raise InputError(name, found, "a page, or one headline a line", "take the numbers out of it")
    return kept
