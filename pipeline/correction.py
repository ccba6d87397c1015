"""A correction, and how the store keeps it."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pipeline.database import Kind
from pipeline.topics import Topic, parse_tags

Tags = tuple[Topic, ...]

KIND: Final = Kind(
    name="a store of corrections",
    mark=b"RubC",
    version=1,
    schema=(
        """CREATE TABLE corrections (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          headline TEXT NOT NULL CHECK (headline <> ''),
          old TEXT,
          new TEXT NOT NULL,
          model TEXT NOT NULL,
          time TEXT NOT NULL,
          editor TEXT NOT NULL,
          undoes INTEGER UNIQUE REFERENCES corrections (number)
        ) STRICT""",
        "CREATE TRIGGER no_change BEFORE UPDATE ON corrections BEGIN SELECT RAISE(ABORT, 'rows stay as they are'); END",
        "CREATE TRIGGER no_loss BEFORE DELETE ON corrections BEGIN SELECT RAISE(ABORT, 'rows are never deleted'); END",
    ),
)


@dataclass(frozen=True)
class Correction:
    """A row of the store.

    Attributes:
        headline: The text, its white space as single spaces.
        old: The tags that the model gave, the main one first; None if nobody knows.
        new: The tags that the editor gave.
        model: The model's version, such as the beginning of its digest; empty if there was none.
        editor: Who.
        time: When (ISO 8601, UTC).
        number: Its place in the store, from 1; 0 if it is in none yet.
        undoes: The number of the row that this one takes back; the tags are that row's.
    """

    headline: str
    old: Tags | None
    new: Tags
    model: str
    editor: str
    time: str
    number: int = 0
    undoes: int | None = None


def now() -> str:
    """Give the time as the store keeps it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def correction_of(row: sqlite3.Row) -> Correction:
    """Give the correction that a row of the store is of."""
    old = None if row["old"] is None else parse_tags(row["old"])
    return Correction(
        row["headline"],
        old,
        parse_tags(row["new"]),
        row["model"],
        row["editor"],
        row["time"],
        row["number"],
        row["undoes"],
    )
