"""The tagger: raw headlines in; tags, probabilities and the words that decided out."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Final, Self, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.answers import Tagged, answers
from pipeline.beside import beside
from pipeline.chunks import split
from pipeline.language import readable
from pipeline.machine import processors
from pipeline.model import Model, load
from pipeline.registry.fetch import folder_of
from pipeline.rows import VOTES, WIDTH, Rows
from pipeline.spans import cut
from pipeline.topics import TOPICS

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Headlines: TypeAlias = pa.Array | pa.ChunkedArray
Part = TypeVar("Part")

_BATCH: Final = 1 << 14
"""Headlines worked on at a time; few enough for the processor's caches."""


class Tagger:
    """A model at work; needs neither scikit-learn nor MLflow, and can be shared between threads.

    Args:
        model: A model in memory.
        threads: How many threads tag a table of many headlines; all processors that the process may use if None.
    """

    def __init__(self, model: Model, threads: int | None = None) -> None:
        self.model = model
        self.threads = threads or processors()
        self.decision = model.decision
        self._rows = Rows(model)
        self._intercepts = np.array(model.card.intercepts)

    @classmethod
    def load(cls, folder: str | Path, min_precision: float | None = None) -> Self:
        """Load a saved model.

        Args:
            folder: A model's folder, such as ``models/champion``, or a name as ``--model`` takes it.
            min_precision: The precision wanted of every tag, 0 to 1, instead of the best F1; see ``Decision.precise``.

        Returns:
            A tagger.

        Raises:
            ModelError: If the folder is no model, is damaged, or is of a format that this version does not read.
            RegistryError: If nothing on the tracking server is called so.
            SettingsError: If no threshold reaches the precision.
            StoreError: If the server cannot be reached, and the model is not in the cache.
        """
        tagger = cls(load(folder_of(str(folder))))
        if min_precision is not None:
            tagger.decision = tagger.decision.precise(min_precision)
        return tagger

    def tag(self, headlines: Sequence[str]) -> list[Tagged]:
        """Tag headlines.

        Args:
            headlines: Raw headlines.

        Returns:
            One answer a headline, in order.
        """
        table = pa.table({"headline": pa.array(headlines, pa.string())})
        return [Tagged.of(row) for row in self.tag_arrow(table).to_pylist()]

    def tag_arrow(self, table: pa.Table, seen: pa.Array | None = None) -> pa.Table:
        """Tag a table's column ``headline``.

        Args:
            table: Any table with a text column ``headline``.
            seen: What to look at instead of that column, text by text, such as cleaned headlines.

        Returns:
            The table with the columns of ``answers.RESULT``; one of its own by such a name becomes ``input_…``.
        """
        headlines = table["headline"] if seen is None else seen
        added = pa.concat_tables(self._each(headlines, lambda batch: answers(self.decision, *self._score(batch))))
        return beside(table, added)

    def scores(self, headlines: Headlines) -> tuple[Floats, Flags]:
        """Give the probabilities of topics, and whether the headlines' language is one that can be read.

        Args:
            headlines: Strings; a null counts as empty.

        Returns:
            Probabilities, 0 to 1, of shape (n_headlines, n_topics), those before any word for a headline in another
            language; and whether it can be read, of shape (n_headlines,).
        """
        scores, read = zip(*self._each(headlines, self._score), strict=True)
        return np.concatenate(scores), np.concatenate(read)

    def margins(self, headlines: Headlines) -> Floats:
        """Give the signed distance of headlines to each topic's boundary.

        Args:
            headlines: Strings; a null counts as empty.

        Returns:
            Shape (n_headlines, n_topics).
        """
        return np.concatenate(self._each(headlines, lambda batch: self._judge(batch)[0]))

    def shares(self, headline: str) -> tuple[list[str], Floats]:
        """Give what each chunk of a headline adds to its margins.

        Args:
            headline: A raw headline.

        Returns:
            The chunks in order, and an array of shape (n_chunks, n_topics); with the intercepts it sums to the margins
            behind the scores.
        """
        chunks = split(pa.array([headline], pa.string()))
        rows = self._rows.of(chunks.distinct)[chunks.codes]
        if not readable(rows[:, -VOTES:].sum(axis=0, keepdims=True))[0]:
            rows = np.zeros_like(rows)
        parts = [block[:, :-1] / _norm(block[:, -1].sum(keepdims=True)) for block in _blocks(rows)]
        return [chunks.distinct[code] for code in chunks.codes], np.sum(parts, axis=0)

    def _each(self, headlines: Headlines, work: Callable[[Headlines], Part]) -> list[Part]:
        """Do a work on one batch of headlines after the other, in threads if there are many."""
        count = -(-len(headlines) // (self.threads * _BATCH)) * self.threads if len(headlines) > _BATCH else 1
        edges = [len(headlines) * place // count for place in range(count + 1)]
        batches = [headlines[begin:end] for begin, end in pairwise(edges)]
        if len(batches) == 1 or self.threads == 1:
            return [work(batch) for batch in batches]
        coming = enumerate(batches)

        def labour() -> list[tuple[int, Part]]:
            try:
                return [(place, work(batch)) for place, batch in coming]
            finally:
                deque(coming, maxlen=0)  # after an error, or Ctrl-C, nothing more is begun

        with ThreadPoolExecutor(self.threads - 1) as pool:
            others = [pool.submit(labour) for _ in range(self.threads - 1)]
            done = labour()  # here, too: a thread that only waited would wake for every batch, in the way of the others
            done += [each for other in others for each in other.result()]
        return [part for _, part in sorted(done, key=itemgetter(0))]

    def _score(self, headlines: Headlines) -> tuple[Floats, Flags]:
        """Give probabilities, and whether the headlines' language is one that can be read."""
        margins, read = self._judge(headlines)
        margins[~read] = self._intercepts
        return self.decision.scores(margins), read

    def _judge(self, headlines: Headlines) -> tuple[Floats, Flags]:
        """Give margins, and whether the headlines' language is one that can be read."""
        sums = self._rows.sums(cut(headlines))
        total = np.full((len(headlines), len(TOPICS)), self._intercepts, order="F")  # column by column, as the sums are
        for block in _blocks(sums):
            total += block[:, :-1] / _norm(block[:, -1:])
        return total, readable(sums[:, -VOTES:])


def _blocks(rows: Floats) -> list[Floats]:
    """Cut rows of numbers into their blocks, each of shape (n, WIDTH)."""
    return [rows[:, begin : begin + WIDTH] for begin in range(0, rows.shape[1] - VOTES, WIDTH)]


def _norm(squares: Floats) -> Floats:
    """Give the root of squared norms, 1 for an empty vector."""
    return np.sqrt(np.where(squares > 0, squares, 1))
