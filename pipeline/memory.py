"""What was worked out once: rows of numbers by the keys of the texts that they belong to.

An open-addressing hash table in NumPy arrays. Looking up is a few array operations however many keys are asked for, it
waits for no lock, and it lets other threads work. Rows are added under a lock; a row is there before its key is.
"""

from collections.abc import Callable
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_ROOM: Final = 4
"""Slots for each row, at least: the more, the fewer keys are not where they are looked for first."""


class _Table:
    """Slots of keys, and the rows that they lead to.

    Args:
        rows: How many rows there will be at most; row 0 is of zeros.
        width: Numbers of a row.
    """

    def __init__(self, rows: int, width: int) -> None:
        bits = (rows * _ROOM - 1).bit_length()
        self.shift = np.uint64(64 - bits)
        self.keys = np.zeros(1 << bits, np.uint64)
        self.places = np.zeros((1 << bits) + 1, np.int64)  # one more: nowhere
        self.rows = np.zeros((rows + 1, width), np.float32)
        self.count = 0

    def find(self, keys: Keys) -> Places:
        """Give the rows' places; 0 for keys that are not there."""
        slots, last = (keys >> self.shift).view(np.int64), len(self.keys) - 1
        away = np.flatnonzero(self.keys.take(slots) != keys)
        while len(away):
            free = self.keys[slots[away]] == 0
            slots[away[free]] = len(self.keys)  # nowhere: another thread may fill the slot by now
            away = away[~free]
            slots[away] = (slots[away] + 1) & last
            away = away[self.keys[slots[away]] != keys[away]]
        return np.asarray(self.places.take(slots))

    def add(self, keys: Keys, rows: npt.NDArray[np.floating]) -> None:
        """Add rows under keys that are different and not there."""
        first = self.count + 1
        self.rows[first : first + len(keys), : rows.shape[1]] = rows
        places = np.arange(first, first + len(keys))
        slots, last = (keys >> self.shift).view(np.int64), len(self.keys) - 1
        while len(keys):
            slot, winner = np.unique(slots, return_index=True)
            winner = winner[self.keys[slot] == 0]
            self.places[slots[winner]] = places[winner]
            self.keys[slots[winner]] = keys[winner]
            keys, places = np.delete(keys, winner), np.delete(places, winner)
            slots = (np.delete(slots, winner) + 1) & last
        self.count = first + len(rows) - 1


class Found(NamedTuple):
    """Rows, and where among them those asked for stand.

    Attributes:
        rows: All rows; the first is of zeros; shape (n_rows, width).
        places: Shape (n_keys,).
    """

    rows: Rows
    places: Places


class Memory:
    """Rows by keys, bounded; safe between threads.

    Args:
        width: Numbers of a row.
        most: Rows that are kept; when they are full, the memory starts anew.
    """

    def __init__(self, width: int, most: int) -> None:
        self._width, self._most = width, most
        self._table = _Table(1, width)
        self._lock = Lock()

    def __len__(self) -> int:
        """How many rows are kept."""
        return self._table.count

    def of(self, keys: Keys, work_out: Callable[[Places], npt.NDArray[np.floating]]) -> Found:
        """Give the rows of keys; those never met before are worked out.

        Args:
            keys: None is 0; shape (n_keys,).
            work_out: Gives the rows of some of the keys, by their places in ``keys``.

        Returns:
            The rows.
        """
        table = self._table
        places = table.find(keys)
        if not places.all():
            with self._lock:
                table = self._learn(keys, work_out)
                places = table.find(keys)
        return Found(table.rows, places)

    def _learn(self, keys: Keys, work_out: Callable[[Places], npt.NDArray[np.floating]]) -> _Table:
        new, table = self._new(keys, self._table), self._table
        if table.count + len(new) > self._most:
            table = _Table(1, self._width)
            new = self._new(keys, table)
        if table.count + len(new) >= len(table.rows):
            table = self._grown(table, table.count + len(new))
        if len(new):
            table.add(keys[new], work_out(new))
        self._table = table
        return table

    def _new(self, keys: Keys, table: _Table) -> Places:
        """Give the places of the different keys that are not there, in the order met."""
        missing = np.flatnonzero(table.find(keys) == 0)
        _, first = np.unique(keys[missing], return_index=True)
        return np.sort(missing[first])

    def _grown(self, table: _Table, rows: int) -> _Table:
        """Give a table with the same rows and room for as many again, within the bound."""
        grown = _Table(max(rows, min(2 * rows, self._most)), self._width)
        taken = np.flatnonzero(table.keys)
        order = taken[np.argsort(table.places[taken])]
        grown.add(table.keys[order], table.rows[1 : table.count + 1])
        return grown
