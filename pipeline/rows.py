"""One row of numbers for each distinct chunk: what the chunk adds to every topic's margin, and to the norms.

If a headline's vector is the sum of its chunks' vectors, a linear classifier's answer is the sum of its chunks'
answers. Unicode repair, lemmas and n-grams therefore happen once for each distinct chunk in the life of the process.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from pipeline.features import Features
from pipeline.language import Votes, votes
from pipeline.lemmatize import Word, lemmatize
from pipeline.model import Model
from pipeline.topics import TOPICS

WIDTH: Final = len(TOPICS) + 1
"""Numbers of one block in a row: what it adds to each topic's margin before the norm, then its squared norm."""

_REMEMBERED: Final = 1 << 20
"""Chunks whose rows are kept; when they are full, the table starts anew."""


class Rows:
    """The rows of all chunks met so far; safe between threads.

    Args:
        model: Whose features and weights make the rows.
    """

    def __init__(self, model: Model) -> None:
        self._features = Features.of(model.settings)
        self._tables = [_Table(model, block) for block in self._features.blocks]
        self._known: dict[str, int] = {}
        self._rows = np.zeros((1024, WIDTH * len(self._tables)))
        self._votes = np.zeros(1024, np.int64)
        self._lock = Lock()

    def of(self, chunks: Sequence[str]) -> npt.NDArray[np.float64]:
        """Give the rows of distinct chunks; only those never met before are analysed.

        Args:
            chunks: Different chunks.

        Returns:
            Shape (n_chunks, n_blocks * WIDTH).
        """
        return self.voted(chunks)[0]

    def voted(self, chunks: Sequence[str]) -> tuple[npt.NDArray[np.float64], Votes]:
        """Give the rows of distinct chunks, and their votes for languages; shape (n_chunks,)."""
        with self._lock:
            if len(self._known) + len(chunks) > _REMEMBERED:
                self._known = {}
            places = list(map(self._known.get, chunks))
            new = [chunk for chunk, place in zip(chunks, places, strict=True) if place is None]
            if new:
                self._learn(new)
                places = list(map(self._known.get, chunks))
            kept = np.array(places, dtype=np.intp)
            return self._rows[kept], self._votes[kept]

    def analyse(self, words: Sequence[Sequence[Word]]) -> npt.NDArray[np.float64]:
        """Work out rows from the words of chunks; shape (n_chunks, n_blocks * WIDTH)."""
        return np.hstack(
            [table.rows([self._features.of_words(table.block, chunk) for chunk in words]) for table in self._tables]
        )

    def _learn(self, chunks: list[str]) -> None:
        first, end = len(self._known), len(self._known) + len(chunks)
        if end > len(self._rows):
            more = max(2 * len(self._rows), end) - len(self._rows)
            self._rows = np.pad(self._rows, ((0, more), (0, 0)))
            self._votes = np.pad(self._votes, (0, more))
        self._rows[first:end] = self.analyse([lemmatize(chunk) for chunk in chunks])
        self._votes[first:end] = [votes(chunk) for chunk in chunks]
        self._known.update(zip(chunks, range(first, end), strict=True))


class _Table:
    """The vocabulary of one block, with what each feature is worth."""

    def __init__(self, model: Model, block: str) -> None:
        table = model.features.filter(pc.equal(model.features["block"], block))
        self.block = block
        self._places = dict(zip(table["feature"].to_pylist(), range(len(table)), strict=True))
        self._idf = table["idf"].to_numpy().astype(np.float64)
        self._weights = np.column_stack([table[topic].to_numpy().astype(np.float64) for topic in TOPICS])

    def rows(self, chunks: Sequence[Sequence[str]]) -> npt.NDArray[np.float64]:
        """Give what chunks add, from their features in this block; shape (n_chunks, WIDTH)."""
        places = np.array([self._places.get(feature, -1) for chunk in chunks for feature in chunk], dtype=np.int64)
        owners = np.repeat(np.arange(len(chunks)), [len(chunk) for chunk in chunks])
        known = places >= 0
        pairs, counts = np.unique(owners[known] * (len(self._idf) + 1) + places[known], return_counts=True)
        owner, place = np.divmod(pairs, len(self._idf) + 1)
        tfidf = counts * self._idf[place]
        columns = [*(self._weights[place].T * tfidf), tfidf**2]
        return np.column_stack([np.bincount(owner, column, minlength=len(chunks)) for column in columns])
