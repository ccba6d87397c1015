"""From what an editor gives, a text, a file or an address, to a sheet of tagged headlines."""

import io
from collections.abc import Iterator
from typing import IO, Final

import pyarrow as pa

from pipeline.collect import at_least_one
from pipeline.errors import InputError, memory_wanted
from pipeline.ingest.clean import clean_column
from pipeline.ingest.keep import Keeper
from pipeline.ingest.reader import batches
from pipeline.ingest.record import COLUMN, Counts, Options
from pipeline.ingest.source import Source, sources
from pipeline.serve.champion import Champion
from pipeline.serve.sheets import Sheet
from pipeline.spool import one_schema

MOST: Final = 100_000
"""Headlines of a sheet; more are work for ``rubrika predict``."""
LARGEST: Final = 1 << 27
"""Bytes of a sheet, its own columns with it: 128 MB."""
_WEB: Final = ("http://", "https://")
_NAMED: Final = 200


def address_in(text: str) -> str | None:
    """Give the address that a pasted text is, if it is one and nothing else."""
    text = text.strip()
    return text if text.lower().startswith(_WEB) and not any(map(str.isspace, text)) else None


def of_text(text: str, name: str) -> Source:
    """Give what was pasted as a source."""
    return Source(name, lambda: io.BufferedReader(io.BytesIO(text.encode("utf-8", "surrogatepass"))))


def of_file(file: IO[bytes], name: str) -> Source:
    """Give what was dropped as a source; its name is only a name, and no path is made of it."""
    plain = "".join(letter for letter in name if letter.isprintable()).rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    return Source(plain[-_NAMED:] or "file", lambda: io.BufferedReader(io.BytesIO(file.read())))  # that can seek


def of_address(address: str, options: Options) -> Source:
    """Fetch an address.

    Args:
        address: With ``http://`` or ``https://``.
        options: Whether it may lead into the own network.

    Returns:
        What came.

    Raises:
        InputError: If it is no address, or cannot or may not be fetched.
    """
    if address_in(address) is None:  # without this, a path of this machine could be asked for
        raise InputError(address, "no address of a page", "http:// or https://, a name, a path", "check it")
    return next(sources(address.strip(), options))


def take(source: Source, champion: Champion, options: Options) -> Sheet:
    """Read the headlines of a source and tag them.

    Args:
        source: Where the bytes are from.
        champion: The model at work.
        options: How to read.

    Returns:
        A sheet.

    Raises:
        InputError: If nothing can be read, or it is more than a page can show.
        MemoryBoundError: If there is no room for it.
    """
    counts = Counts()
    kept = Keeper(counts, options).keep(batches(source, options))
    with memory_wanted():
        table = pa.concat_tables(one_schema(at_least_one(_within(source, kept)))).combine_chunks()
        seen = clean_column(table[COLUMN])
        return Sheet(source.name, champion.tagger.tag_arrow(table, seen), seen, counts, champion)


def _within(source: Source, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Give tables on, as long as they are not too many or too large."""
    rows = size = 0
    for table in tables:
        rows, size = rows + table.num_rows, size + table.nbytes
        if rows > MOST or size > LARGEST:
            found = f"more than {MOST:,} headlines" if rows > MOST else f"more than {LARGEST >> 20} MB of columns"
            raise InputError(source.name, found, f"at most {MOST:,} headlines", "use `rubrika predict`")
        yield table
