"""What is kept of the rows read: those with a headline, mended, once each if duplicates are not wanted; all counted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.columns import table_of
from pipeline.ingest.record import COLUMN, Counts, Options, Record, Reject
from pipeline.ingest.text import sound

ROWS: Final = 1 << 16
"""Rows of a table at most."""
LONGEST: Final = 10_000
"""Letters of a headline; the longest in the corpus has 350, and what is longer is an article or a broken quote."""
_SHOWN: Final = 500


class Keeper:
    """Takes rows, gives tables.

    Args:
        counts: Where to count what became of the rows.
        options: Whether to leave out duplicates.
    """

    def __init__(self, counts: Counts, options: Options) -> None:
        self._counts = counts
        self._seen = None
        if options.dedupe:
            from pipeline.ingest.duplicates import Duplicates

            self._seen = Duplicates(near=options.dedupe == "near")

    def keep(self, items: Iterable[tuple[str, Record | Reject | pa.Table]]) -> Iterator[pa.Table]:
        """Keep what is worth it.

        Args:
            items: Rows, or tables of them, each with the file that it stands in.

        Yields:
            Tables of 65,536 rows at most, each of one file.
        """
        batch: list[Record] = []
        name, row = "", 1
        for file, item in items:
            if batch and (file != name or len(batch) == ROWS or isinstance(item, pa.Table)):
                yield from self._rows(batch, name)
                batch = []
            name, row = file, row if file == name else 1
            if isinstance(item, pa.Table):
                yield from self._columns(item, row, file)
                row += item.num_rows
            elif isinstance(item, Reject):
                self._counts.read += 1
                self._counts.reject(item)
            else:
                batch.append(item)
        yield from self._rows(batch, name)

    def _rows(self, batch: list[Record], file: str) -> Iterator[pa.Table]:
        headlines = self._headlines([record.values[COLUMN] for record in batch], [r.line for r in batch], file)
        kept = [record for record, headline in zip(batch, headlines, strict=True) if headline is not None]
        if kept:
            rows = [record.values for record in kept]
            texts = pa.array([headline for headline in headlines if headline is not None], pa.string())
            table = table_of(rows)
            place = table.column_names.index(COLUMN)
            yield table.set_column(place, pa.field(COLUMN, pa.string()), texts)

    def _columns(self, table: pa.Table, first: int, file: str) -> Iterator[pa.Table]:
        headlines = self._headlines(table[COLUMN].to_pylist(), range(first, first + table.num_rows), file)
        texts = pa.array(headlines, pa.string())
        place = table.column_names.index(COLUMN)
        kept = table.set_column(place, table.schema.field(place), texts).filter(pc.is_valid(texts))
        if kept.num_rows:
            yield kept

    def _headlines(self, values: list[Any], lines: Sequence[int], file: str) -> list[str | None]:
        """Give the headlines to keep, mended, and None for the others; count all."""
        self._counts.read += len(values)
        texts = [self._headline(value, line, file) for value, line in zip(values, lines, strict=True)]
        if self._seen:
            for place, copy in self._seen.find(texts, lines, file):
                found = f"{copy.kind} of {copy.file}, line {copy.line}"
                self._counts.copy(Reject(file, lines[place], found, texts[place] or ""), copy.file)
                texts[place] = None
        self._counts.kept += sum(text is not None for text in texts)
        return texts

    def _headline(self, value: object, line: int, file: str) -> str | None:
        if value is None:
            value = ""
        if not isinstance(value, str):
            self._counts.reject(Reject(file, line, f"a headline of type {type(value).__name__}", str(value)[:_SHOWN]))
            return None
        text = value.strip()
        mended = sound(text).strip() if len(text) <= LONGEST else text
        if not mended:
            self._counts.empty += 1
            return None
        if len(text) > LONGEST:
            self._counts.reject(Reject(file, line, f"a headline longer than {LONGEST:,} letters", text[:_SHOWN]))
            return None
        self._counts.repaired += mended != text
        return mended
