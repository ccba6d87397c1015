"""What is kept of the rows read: those with a headline, mended, once each if duplicates are not wanted; all counted."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.columns import one_chunk, table_of
from pipeline.ingest.mojibake import DOUBTFUL
from pipeline.ingest.record import COLUMN, Counts, Options, Record, Reject
from pipeline.ingest.text import sound

if TYPE_CHECKING:
    from pipeline.ingest.duplicates import Duplicates
    from pipeline.ingest.groups import Groups

ROWS: Final = 1 << 16
"""Rows of a table at most."""
_LARGEST: Final = 1 << 25
"""Letters of a table of rows, but for its last row: 32 million, four times as many as 65,536 headlines have."""
LONGEST: Final = 10_000
"""Letters of a headline; the longest in the corpus has 350, and what is longer is an article or a broken quote."""
_SHOWN: Final = 500
_EDGE: Final = r"[\x00-\x20\x{7f}-\x{a0}\x{1680}\x{2000}-\x{200f}\x{2028}-\x{202f}\x{205f}\x{3000}]"
"""White space of all kinds, and some of what looks like it."""
_DOUBTFUL: Final = rf"^$|^{_EDGE}|{_EDGE}$|\x00|{DOUBTFUL}"
"""Stands, for Arrow, in every text that is not kept as it is, unless that is too long."""


class Keeper:
    """Takes rows, gives tables.

    Args:
        counts: Where to count what became of the rows.
        options: Whether to leave out duplicates.

    Attributes:
        groups: What was left out for each headline kept; None where duplicates are kept.
    """

    groups: "Groups | None" = None

    def __init__(self, counts: Counts, options: Options) -> None:
        self._counts = counts
        self._seen = None
        if options.dedupe:
            from pipeline.ingest.duplicates import Duplicates
            from pipeline.ingest.groups import Groups

            self._seen, self.groups = Duplicates(near=options.dedupe == "near"), Groups()

    def keep(self, items: Iterable[tuple[str, Record | Reject | pa.Table]]) -> Iterator[pa.Table]:
        """Keep what is worth it.

        Args:
            items: Rows, or tables of them, each with the file that it stands in.

        Yields:
            Tables of 65,536 rows at most, each of one file.
        """
        batch: list[Record] = []
        name, row, held = "", 1, 0
        for file, item in items:
            if batch and (file != name or len(batch) == ROWS or held > _LARGEST or isinstance(item, pa.Table)):
                yield from self._rows(batch, name)
                batch, held = [], 0
            name, row = file, row if file == name else 1
            if isinstance(item, pa.Table):
                yield from self._columns(item, row, file)
                row += item.num_rows
            elif isinstance(item, Reject):
                self._counts.read += 1
                self._counts.reject(item)
            else:
                batch.append(item)
                for value in item.values.values():
                    held += len(value) if isinstance(value, str) else 0
        yield from self._rows(batch, name)

    def _rows(self, batch: list[Record], file: str) -> Iterator[pa.Table]:
        headlines = self._of_any([record.values[COLUMN] for record in batch], [record.line for record in batch], file)
        kept = headlines.is_valid().to_pylist() if headlines.null_count else repeat(True)
        rows = [record.values for record, keep in zip(batch, kept, strict=False) if keep]
        if rows:
            table = table_of(rows)
            place = table.column_names.index(COLUMN)
            yield table.set_column(place, pa.field(COLUMN, pa.string()), headlines.drop_null())

    def _columns(self, table: pa.Table, first: int, file: str) -> Iterator[pa.Table]:
        texts = self._of_texts(one_chunk(table[COLUMN]), range(first, first + table.num_rows), file)
        place = table.column_names.index(COLUMN)
        kept = table.set_column(place, table.schema.field(place), texts)
        if texts.null_count:
            kept = kept.filter(texts.is_valid())
        if kept.num_rows:
            yield kept

    def _of_any(self, values: list[Any], lines: Sequence[int], file: str) -> pa.Array:
        """Give the headlines to keep, mended, and null for the others; count all."""
        if set(map(type, values)) <= {str, type(None)}:
            with suppress(UnicodeEncodeError):  # lone surrogates
                return self._of_texts(pa.array(values, pa.string()), lines, file)
        mended = [self._headline(value, line, file) for value, line in zip(values, lines, strict=True)]
        return self._counted(pa.array(mended, pa.string()), lines, file)

    def _of_texts(self, texts: pa.Array, lines: Sequence[int], file: str) -> pa.Array:
        """Do the same for texts; Python looks at none but those that may need a hand."""
        long = pc.greater(pc.binary_length(texts), LONGEST)
        doubtful = pc.fill_null(pc.or_(pc.match_substring_regex(texts, _DOUBTFUL), long), True)
        places = pc.indices_nonzero(doubtful).to_pylist()
        if places:
            values = texts.take(pa.array(places)).to_pylist()
            mended = [self._headline(value, lines[place], file) for value, place in zip(values, places, strict=True)]
            texts = pc.replace_with_mask(texts, doubtful, pa.array(mended, pa.string()))
        return self._counted(texts, lines, file)

    def _counted(self, texts: pa.Array, lines: Sequence[int], file: str) -> pa.Array:
        self._counts.read += len(texts)
        if self._seen and self.groups:
            texts = self._once(self._seen, self.groups, texts.to_pylist(), lines, file)
        self._counts.kept += len(texts) - texts.null_count
        return texts

    def _once(
        self, seen: "Duplicates", groups: "Groups", texts: list[str | None], lines: Sequence[int], file: str
    ) -> pa.Array:
        for place, copy in seen.find(texts, lines, file):
            groups.add(copy.number, file)
            found = f"{copy.kind} of {copy.file}, line {copy.line}"
            self._counts.copy(Reject(file, lines[place], found, texts[place] or ""), copy.file)
            texts[place] = None
        return pa.array(texts, pa.string())

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
