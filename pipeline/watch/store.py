"""The headlines that a watch has seen: a SQLite file with full-text search, and the outbox of what is to be told.

A headline and its letters to the webhooks are kept in one transaction, so that a kill loses and doubles neither. A
headline is known again by its link and its words, within and across feeds.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from pipeline.answers import Tagged
from pipeline.database import Kind, opened, transaction
from pipeline.topics import TOPICS
from pipeline.watch.query import seen_of, selecting
from pipeline.watch.record import Hook, Item, Query, Seen
from pipeline.watch.search import indexed

KIND: Final = Kind(
    name="a store of watched headlines",
    mark=b"RubW",
    version=1,
    schema=(
        """CREATE TABLE headlines (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          key TEXT NOT NULL UNIQUE,
          headline TEXT NOT NULL,
          link TEXT NOT NULL,
          feed TEXT NOT NULL,
          published TEXT NOT NULL,
          seen TEXT NOT NULL,
          tags TEXT NOT NULL,
          unsure INTEGER NOT NULL,
          politics REAL NOT NULL,
          economy REAL NOT NULL,
          war REAL NOT NULL,
          model TEXT NOT NULL
        ) STRICT""",
        "CREATE VIRTUAL TABLE words USING fts5 (forms, lemmas, tokenize = 'unicode61 remove_diacritics 0')",
        """CREATE TABLE feeds (
          address TEXT PRIMARY KEY,
          due REAL NOT NULL,
          failures INTEGER NOT NULL,
          told TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE outbox (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          hook TEXT NOT NULL,
          headline INTEGER NOT NULL REFERENCES headlines (number),
          due REAL NOT NULL,
          failures INTEGER NOT NULL,
          sent TEXT,
          UNIQUE (hook, headline)
        ) STRICT""",
        "CREATE INDEX waiting ON outbox (due) WHERE sent IS NULL",
    ),
)

_KEEP: Final = """
    INSERT INTO headlines (key, headline, link, feed, published, seen, tags, unsure, politics, economy, war, model)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""


class Headlines:
    """A store of watched headlines; can be used by threads and processes at once.

    Args:
        path: The file; made by the first use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def fresh(self, items: Iterable[Item]) -> list[Item]:
        """Give the items that are not in the store, each once."""
        once = {item.key: item for item in items}
        with self.opened() as connection:
            known = "SELECT 1 FROM headlines WHERE key = ?"
            return [item for key, item in once.items() if connection.execute(known, (key,)).fetchone() is None]

    def keep(self, rows: Sequence[tuple[Item, Tagged]], model: str, seen: str, hooks: Sequence[Hook] = ()) -> int:
        """Keep tagged headlines, and what is to be told of them; all or none.

        Args:
            rows: The headlines with their tags; those that are in the store already are passed over.
            model: The model's version.
            seen: The time (ISO 8601, UTC).
            hooks: Who is to be told.

        Returns:
            How many were new.
        """
        with self.opened() as connection, transaction(connection):
            return sum(_kept(connection, item, tagged, (seen, model), hooks) for item, tagged in rows)

    def find(self, query: Query) -> list[Seen]:
        """Find headlines.

        Args:
            query: What to look for.

        Returns:
            The newest first.
        """
        statement, values = selecting(query)
        with self.opened() as connection:
            return [seen_of(row) for row in connection.execute(statement, values)]

    def count(self) -> int:
        """Give how many headlines there are."""
        with self.opened() as connection:
            return int(connection.execute("SELECT count(*) FROM headlines").fetchone()[0])

    def opened(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the store."""
        return opened(self.path, KIND)


def _kept(
    connection: sqlite3.Connection, item: Item, tagged: Tagged, when: tuple[str, str], hooks: Sequence[Hook]
) -> bool:
    seen, model = when
    scores = tuple(tagged.scores[topic] for topic in TOPICS)
    told = (item.key, item.headline, item.link, item.feed, item.published, seen)
    done = connection.execute(_KEEP, (*told, " ".join(tagged.tags), tagged.unsure, *scores, model))
    if not done.rowcount:
        return False
    number = done.lastrowid
    connection.execute("INSERT INTO words (rowid, forms, lemmas) VALUES (?, ?, ?)", (number, *indexed(item.headline)))
    letters = [(hook.address, number) for hook in hooks if hook.wants(tagged)]
    connection.executemany("INSERT INTO outbox (hook, headline, due, failures) VALUES (?, ?, 0, 0)", letters)
    return True
