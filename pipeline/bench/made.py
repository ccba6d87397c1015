"""Large tables made of the words of a corpus, shuffled: what the measurements of large tables read."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from pipeline.bench.race import headlines

_BATCH: Final = 100_000
"""Rows made at a time, and of a row group."""


def make(words: Sequence[str], rows: int, path: Path) -> None:
    """Make a table of headlines of eight words each, with a number and a date.

    Args:
        words: To draw from, as often as they stand.
        rows: How many.
        path: Where; its ending says Parquet, JSONL or CSV.
    """
    batches = _batches(words, rows)
    if path.suffix == ".jsonl":
        with path.open("w", encoding="utf-8") as file:
            for table in batches:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist())
        return
    first = next(batches)
    writer = pq.ParquetWriter if path.suffix == ".parquet" else pa_csv.CSVWriter
    with writer(path, first.schema) as target:
        target.write_table(first)
        for table in batches:
            target.write_table(table)


def _batches(words: Sequence[str], rows: int) -> Iterator[pa.Table]:
    for begin in range(0, rows, _BATCH):
        numbers = range(begin, min(begin + _BATCH, rows))
        dates = [f"2025-11-{number % 30 + 1:02}" for number in numbers]
        texts = headlines(words, len(numbers), begin)
        yield pa.table({"id": pa.array(numbers), "headline": pa.array(texts, pa.string()), "date": dates})
