"""Stage 1, ingest: from what an editor has to tables of headlines.

One file a format; a reader turns lines or a stream of bytes into records and touches no disk. What is read
decides which one serves (``sniff``), and everything but a web page and a copied page is read as a stream:

``page``      a page copied as text: the headlines of its lists, and nothing else of it; ``ribbon``: of a ribbon with
              times; ``article``: where there is no list, the lines that read as headlines
``table``     CSV or TSV
``lines``     any other text: one headline a line
``html``      a saved web page: of what is ``visible`` the ``titles`` and their ``times``, and its ``jsonld``
``feed``      RSS, Atom, news sitemaps
``jsons``     JSON and JSON lines; ``telegram``: the export of a channel
``columnar``  Parquet and Arrow; ``unfold``: their dictionaries
``xlsx``      Excel workbooks; ``sqlite``: a table of a database

``reader`` looks and ``texts`` chooses. Where the bytes come from is ``source``'s; ``unpack`` opens gzip, bzip2, xz,
zstd and zip, ``fetch`` an address (``public``, ``robots``, ``question``, ``remembered``).
"""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from pipeline.ingest.record import Counts, Options
from pipeline.ingest.source import STDIN

__all__ = ["STDIN", "Counts", "Options", "read", "read_all", "read_named"]


def read(source: str, counts: Counts, options: Options | None = None) -> Iterator[pa.Table]:
    """Read the headlines of an input.

    Args:
        source: ``-``, a file, a folder, a pattern with ``*``, ``file.db::table``, or an address.
        counts: Where to count what became of the rows.
        options: How to read.

    Yields:
        Tables of 65,536 rows at most, with a text column ``headline``; the other columns are the input's own.

    Raises:
        InputError: If the input cannot be read, is empty, or has no column of headlines.
    """
    yield from read_all([source], counts, options)


def read_all(inputs: Iterable[str], counts: Counts, options: Options | None = None) -> Iterator[pa.Table]:
    """Read the headlines of several inputs, in their order.

    Args:
        inputs: As ``read`` takes them.
        counts: Where to count what became of the rows.
        options: How to read; duplicates are looked for across all inputs.

    Yields:
        Tables as ``read`` gives them; those of different inputs may have different columns.

    Raises:
        InputError: If an input that was named cannot be read, is empty, or has no column of headlines.
    """
    for _, table in read_named(inputs, counts, options):
        yield table


def read_named(inputs: Iterable[str], counts: Counts, options: Options | None = None) -> Iterator[tuple[str, pa.Table]]:
    """Read the headlines of several inputs, as ``read_all`` does, each table with the name of its source.

    Args:
        inputs: As ``read`` takes them.
        counts: Where to count what became of the rows.
        options: How to read; duplicates are looked for across all inputs, and columns tell what was left out.

    Yields:
        The name of a file or an address, and a table of it.

    Raises:
        InputError: If an input that was named cannot be read, is empty, or has no column of headlines.
    """
    from pipeline.ingest.keep import Keeper
    from pipeline.ingest.reader import batches
    from pipeline.ingest.source import sources

    options = options or Options()
    keeper = Keeper(counts, options)
    met = (source for text in inputs for source in sources(text, options))
    tables = ((source.name, table) for source in met for table in keeper.keep(batches(source, options)))
    yield from keeper.groups.told(tables) if keeper.groups else tables
