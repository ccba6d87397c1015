"""What was left out for each headline that was kept: how many copies, and the sources in which it and they stood."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline.beside import beside
from pipeline.ingest.text import whole
from pipeline.spool import put_aside, taken

_COLUMNS: Final = pa.schema([("copies", pa.int64()), ("sources", pa.list_(pa.string()))])


class Groups:
    """Counts copies by the headline kept, the headlines kept being numbered from 0 in their order."""

    def __init__(self) -> None:
        self._copies: dict[int, list[str]] = {}

    def add(self, number: int, source: str) -> None:
        """Count a copy of the headline of a number."""
        self._copies.setdefault(number, []).append(whole(source))

    def told(self, tables: Iterable[tuple[str, pa.Table]]) -> Iterator[tuple[str, pa.Table]]:
        """Tell the copies beside the headlines kept, which wait for the last row, as it may be a copy of the first.

        Args:
            tables: The headlines kept, in their order, each table with the name of its source.

        Yields:
            The same with two columns more: ``copies``, the count of headlines left out, and ``sources``, the names of
            the sources of all of them, the kept one's first, each once.
        """
        with tempfile.TemporaryDirectory() as folder:
            path, names = Path(folder) / "kept.arrow", list[str]()
            with path.open("wb") as file:
                put_aside(_counted(tables, names), file)
            first = 0
            for name, table in zip(names, taken(path), strict=True):
                yield name, beside(table, self._columns(range(first, first + len(table)), whole(name)))
                first += len(table)

    def _columns(self, numbers: range, own: str) -> pa.Table:
        copies = [self._copies.get(number, []) for number in numbers]
        rows = [{"copies": len(each), "sources": list(dict.fromkeys([own, *each]))} for each in copies]
        return pa.Table.from_pylist(rows, _COLUMNS)


def _counted(tables: Iterable[tuple[str, pa.Table]], names: list[str]) -> Iterator[pa.Table]:
    for name, table in tables:
        names.append(name)
        yield table.combine_chunks()  # one batch a table, so that they can be told apart again
