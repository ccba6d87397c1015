"""A batch of headlines, with what else is known of each: the day, and the tags that people gave it."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.errors import InputError
from pipeline.ingest import Counts, Options, read
from pipeline.ingest.record import COLUMN
from pipeline.topics import TOPICS, parse_tags

Flags = npt.NDArray[np.bool_]

MOST: Final = 5000
"""Headlines of a batch that are looked at; of a larger one so many are drawn."""
FEWEST: Final = 50
"""Headlines below which nothing can be told."""
_DAYS: Final = ("date", "published", "pubdate", "дата")
"""Names of the column of days, the surest first."""
_ISO: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


@dataclass(frozen=True)
class Batch:
    """Headlines of one input.

    Attributes:
        name: The input.
        headlines: Some of the headlines, drawn by lot where there are many.
        days: The day of each as YYYY-MM-DD, or as much of it as is known; empty where nothing is.
        labels: Whether each carries each topic, if people have said so; shape (n_headlines, n_topics).
        counts: What became of the rows of the input.
    """

    name: str
    headlines: list[str]
    days: list[str]
    labels: Flags | None
    counts: Counts

    @property
    def broken(self) -> int:
        """Rows of the input that had to be mended or rejected."""
        return self.counts.repaired + self.counts.rejected

    def __len__(self) -> int:
        """How many headlines are looked at."""
        return len(self.headlines)


def read_batch(source: str, options: Options, seed: int) -> Batch:
    """Read a batch.

    Args:
        source: As ``ingest.read`` takes it.
        options: How to read.
        seed: Of the lots by which some headlines of many are drawn.

    Returns:
        The batch.

    Raises:
        InputError: If the input cannot be read, or holds too few headlines to tell anything.
    """
    counts = Counts()
    tables = list(read(source, counts, options))
    if counts.kept < FEWEST:
        raise InputError(source, f"{counts.kept} headlines", f"{FEWEST} or more to tell drift", "give a larger batch")
    table = pa.concat_tables(tables, promote_options="permissive")
    if len(table) > MOST:
        table = table.take(np.sort(np.random.default_rng(seed).choice(len(table), MOST, replace=False)))
    return Batch(source, table[COLUMN].to_pylist(), _days(table), _labels(table), counts)


def _days(table: pa.Table) -> list[str]:
    names = {name.strip().lower(): name for name in table.column_names}
    found = next((names[name] for name in _DAYS if name in names), None)
    return [_day(value) for value in table[found].to_pylist()] if found else [""] * len(table)


def _day(value: Any) -> str:  # noqa: ANN401 (a cell of a stranger's table)
    """Give a day, whether it is written as ISO 8601 or as feeds have it (RFC 2822)."""
    from email.utils import parsedate_to_datetime

    text = "" if value is None else str(value).strip()
    if iso := _ISO.match(text):
        return iso[0]
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except ValueError:
        return ""


def _labels(table: pa.Table) -> Flags | None:
    """Take a column of tags as labels if all of it reads as such; any other site's tags are no labels."""
    if "tags" not in table.column_names:
        return None
    try:
        tags = [parse_tags(_tags(value)) for value in table["tags"].to_pylist()]
    except ValueError:
        return None
    carried = np.array([[topic in row for topic in TOPICS] for row in tags], dtype=bool)
    return carried if carried.any() else None


def _tags(value: Any) -> str:  # noqa: ANN401 (a cell of a stranger's table)
    """Give tags as a labelled table writes them, from a text, a list, or a list that a JSON column keeps as text."""
    if isinstance(value, str) and value.startswith("["):
        value = json.loads(value)
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
