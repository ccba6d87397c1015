"""From a source to batches of rows: unpack it, see what it is, and let the right reader read it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from pipeline.errors import InputError
from pipeline.ingest import sniff, texts
from pipeline.ingest.bytestream import peek, seekable
from pipeline.ingest.look import EXPECTED
from pipeline.ingest.record import Options, Reject
from pipeline.ingest.source import Source
from pipeline.ingest.texts import Flow, Item

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

DEEPEST: Final = 3
"""Packings within packings: a zip of gzips is met, more is a trick."""


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
    yield from surely(source.name, _opened(source, options), must=source.named)


def surely(name: str, items: Iterable[tuple[str, Item]], *, must: bool) -> Iterator[tuple[str, Item]]:
    """Give what is read; what breaks off is a reject.

    Args:
        name: What to call the source.
        items: What its readers give.
        must: Whether something must be read of it.

    Yields:
        The same, and a reject if a reader fails.

    Raises:
        InputError: If something must be read and nothing was.
    """
    begun = not must
    try:
        for item in items:
            begun = True
            yield item
    except InputError as error:
        if not begun:
            raise
        yield name, _reject(name, error)


def _opened(source: Source, options: Options) -> Iterator[tuple[str, Item]]:
    with source.open() as stream:
        yield from _read(Flow(source.name, stream, source), options)


def _reject(name: str, error: InputError) -> Reject:
    return Reject(name, 0, f"{error.found}; expected {error.expected}", "")


def _read(flow: Flow, options: Options) -> Iterator[tuple[str, Item]]:
    head, stream = peek(flow.stream)
    if not head.strip():
        raise InputError(flow.name, "no text", EXPECTED, "give a file with headlines")
    flow = Flow(flow.name, stream, flow.source, flow.depth)
    kind = sniff.binary(head)
    if kind in sniff.PACKED or kind == "zip":
        if flow.depth == DEEPEST:
            raise InputError(flow.name, f"more than {DEEPEST} packings", "headlines", "unpack it yourself")
        yield from _unzipped(flow, options) if kind == "zip" else _unpacked(flow, kind or "", options)
    else:
        items = _binary(flow, kind, options) if kind else texts.read(flow, head, options)
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
        yield from surely(name, _member(flow, archive, info, name, options), must=len(found) == 1)
    if not found:
        raise InputError(flow.name, "a zip without files", EXPECTED, "check it")


def _member(flow: Flow, archive: "ZipFile", info: "ZipInfo", name: str, options: Options) -> Iterator[tuple[str, Item]]:
    from pipeline.ingest import unpack

    with unpack.open_member(archive, info, name) as stream:
        yield from _read(Flow(name, stream, flow.source, flow.depth + 1), options)


def _binary(flow: Flow, kind: str, options: Options) -> Iterator[Item]:
    stream = seekable(flow.stream, flow.name)
    if kind == "sqlite":
        from pipeline.ingest import sqlite

        return sqlite.read(stream, flow.name, flow.source.table, options.column)
    from pipeline.ingest import columnar

    return columnar.read(stream, kind, flow.name, options.column)
