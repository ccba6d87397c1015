"""What is to be done with a large table, where each of its parts lies, and what is told of them.

``000000.parquet``, …       the tagged rows of a piece; ``.arrow`` where the header needs the columns of all pieces
``000000.counts.jsonl``     what became of the others, there before: a line for each that could not be used (file, line,
                            reason, text), then the sums and the piece behind the last that this part covers
"""

import json
from pathlib import Path
from typing import NamedTuple

from pipeline.ingest.record import Counts, Reject
from pipeline.large import Table
from pipeline.pieces import Piece


class Job(NamedTuple):
    """What is to be done.

    Attributes:
        table: The table to tag.
        cut: Its pieces.
        model: The model's folder.
        min_precision: The precision wanted of every tag, if any.
        kind: The format to write.
        folder: Where the parts go.
    """

    table: Table
    cut: tuple[Piece, ...]
    model: Path
    min_precision: float | None
    kind: str
    folder: Path

    @property
    def aside(self) -> bool:
        """Whether the header of the output needs the columns of all pieces, so that parts are put aside as tables."""
        return {"parquet": self.table.kind != "parquet", "csv": self.table.kind == "jsonl"}.get(self.kind, False)

    def part(self, number: int) -> Path:
        """Give the place of a part."""
        return self.folder / f"{number:06}.{'arrow' if self.aside else self.kind}"

    def rows(self, number: int) -> Path:
        """Give the place of what a reader has put aside of a text, until it is tagged."""
        return self.folder / f"{number:06}.rows"

    def counts(self, number: int) -> Path:
        """Give the place of what is told of a part."""
        return self.folder / f"{number:06}.counts.jsonl"

    def sums(self, number: int, counts: Counts) -> dict[str, int]:
        """Give the sums that are told of a part; count its rejects.

        Args:
            number: Of the part.
            counts: Where to count.

        Returns:
            How many rows were read, kept, empty and repaired, and ``end``, the piece behind the last one covered.
        """
        sums: dict[str, int] = {}
        with self.counts(number).open(encoding="utf-8") as file:
            for told in map(json.loads, file):
                if isinstance(told, dict):
                    sums = told
                else:
                    counts.reject(Reject(*told))
        return sums
