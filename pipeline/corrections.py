"""What people corrected: an append-only store that a kill at any moment leaves whole and that two editors can use.

Nothing is changed or deleted, which the file itself forbids by triggers: to undo is a new row that takes back an
earlier one. What stands of a headline is the latest of its rows that nothing took back.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from pipeline.correction import KIND, Correction, Tags, correction_of, now
from pipeline.database import opened, transaction
from pipeline.errors import InputError

__all__ = ["Correction", "Corrections", "Tags", "existing", "now"]

_ADD: Final = "INSERT INTO corrections (headline, old, new, model, time, editor, undoes) VALUES (?, ?, ?, ?, ?, ?, ?)"
_STANDING: Final = """
    SELECT * FROM corrections AS each WHERE undoes IS NULL
    AND NOT EXISTS (SELECT 1 FROM corrections WHERE undoes = each.number)
"""


class Corrections:
    """A store of corrections; can be used by threads and processes at once.

    Args:
        path: The file; made by the first use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, headline: str, *, old: Tags | None, new: Tags, model: str, editor: str) -> Correction:
        """Keep a correction; when this returns, it is on the disk.

        Args:
            headline: The text.
            old: The tags that the model gave, the main one first; None if nobody knows.
            new: The tags that the editor gives.
            model: The model's version.
            editor: Who corrects.

        Returns:
            The row.

        Raises:
            InputError: If the headline is empty.
            StoreError: If the store cannot be written.
        """
        return self.keep([Correction(headline, old, new, model, editor, now())])[0]

    def keep(self, rows: Iterable[Correction]) -> list[Correction]:
        """Keep several corrections, all or none of them.

        Args:
            rows: Corrections; their numbers are given here.

        Returns:
            The rows as they are kept.

        Raises:
            InputError: If a headline is empty.
            StoreError: If the store cannot be written.
        """
        with self._opened() as connection, transaction(connection):
            return [_insert(connection, row) for row in rows]

    def undo(self, number: int) -> Correction | None:
        """Take a correction back.

        Args:
            number: The number of its row.

        Returns:
            The new row, or None if there is no such correction or it was taken back before.
        """
        with self._opened() as connection, transaction(connection):
            found = connection.execute(f"{_STANDING} AND number = ?", (number,)).fetchone()
            return _undone(connection, found) if found else None

    def undo_last(self, editor: str) -> Correction | None:
        """Take back the latest correction of an editor that stands.

        Args:
            editor: Who.

        Returns:
            The new row, or None if nothing of the editor's stands.
        """
        with self._opened() as connection, transaction(connection):
            latest = f"{_STANDING} AND editor = ? ORDER BY number DESC LIMIT 1"
            found = connection.execute(latest, (editor,)).fetchone()
            return _undone(connection, found) if found else None

    def history(self) -> list[Correction]:
        """Give every row, those that undo among them, in the order in which they were kept."""
        return self._select("SELECT * FROM corrections ORDER BY number")

    def standing(self) -> dict[str, Correction]:
        """Give the correction that stands for each headline: the latest, whoever's it is."""
        return {row.headline: row for row in self._select(f"{_STANDING} ORDER BY number")}

    def opinions(self) -> dict[tuple[str, str], Correction]:
        """Give what stands of each editor for each headline, by headline and editor."""
        return {(row.headline, row.editor): row for row in self._select(f"{_STANDING} ORDER BY number")}

    def _select(self, query: str) -> list[Correction]:
        with self._opened() as connection:
            return [correction_of(row) for row in connection.execute(query)]

    def _opened(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self.path, KIND)


def existing(path: Path) -> Corrections:
    """Give a store that must be there.

    Args:
        path: The file.

    Returns:
        The store.

    Raises:
        InputError: If there is no such file.
    """
    if not path.is_file():
        raise InputError(path, "no such file", KIND.name, "check the path, or correct something first")
    return Corrections(path)


def _insert(connection: sqlite3.Connection, row: Correction) -> Correction:
    headline = " ".join(row.headline.split())
    if not headline:
        raise InputError("a correction", "an empty headline", "text", "name the headline that is corrected")
    old = None if row.old is None else " ".join(row.old)
    values = (headline, old, " ".join(row.new), row.model, row.time, row.editor, row.undoes)
    number = connection.execute(_ADD, values).lastrowid
    return Correction(headline, row.old, row.new, row.model, row.editor, row.time, number or 0, row.undoes)


def _undone(connection: sqlite3.Connection, found: sqlite3.Row) -> Correction:
    row = correction_of(found)
    back = Correction(row.headline, row.old, row.new, row.model, row.editor, now(), undoes=row.number)
    return _insert(connection, back)
