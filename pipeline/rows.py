"""One row of numbers for each distinct chunk: what the chunk adds to every topic's margin, and to the norms.

If a headline's vector is the sum of its chunks' vectors, a linear classifier's answer is the sum of its chunks'
answers. Unicode repair, lemmas and n-grams therefore happen once for each distinct chunk in the life of the process.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.features import NGRAM_BLOCK, Features
from pipeline.language import ballots
from pipeline.lemmatize import Word, lemmatize
from pipeline.memory import Found, Memory
from pipeline.model import Model
from pipeline.spans import Spans, whole
from pipeline.topics import TOPICS
from pipeline.vocabulary import Ngrams, Words

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

WIDTH: Final = len(TOPICS) + 1
"""Numbers of one block in a row: what it adds to each topic's margin before the norm, then its squared norm."""

VOTES: Final = 2
"""Numbers at the end of a row: what the chunk says for a language that can be read, and for another one."""

_REMEMBERED: Final = 1 << 20
"""Chunks whose rows are kept; when they are full, the table starts anew."""

_AT_ONCE: Final = 1 << 11
"""Chunks analysed at a time; the n-grams of all new chunks of a batch of headlines would take hundreds of megabytes."""


class Rows:
    """The rows of all chunks met so far; safe between threads.

    Args:
        model: Whose features and weights make the rows.
    """

    def __init__(self, model: Model) -> None:
        self._features = Features.of(model.settings)
        self._tables = [_Table(model, block) for block in self._features.blocks]
        self._width = self.analyse([]).shape[1] + VOTES
        self._memory = Memory(self._width + self._width % 2, _REMEMBERED)

    def of(self, chunks: Sequence[str]) -> Floats:
        """Give the rows of chunks; only those never met before are analysed.

        Args:
            chunks: Chunks.

        Returns:
            Shape (n_chunks, n_blocks * WIDTH + VOTES).
        """
        found = self._find(whole(pa.array(chunks, pa.large_string())))
        return found.rows[found.places, : self._width].astype(np.float64)

    def sums(self, spans: Spans) -> Floats:
        """Give the sum of the rows of each headline's chunks; shape (n_headlines, n_blocks * WIDTH + VOTES)."""
        found = self._find(spans)
        # A row of zeros more, as what reduceat gives for an empty headline is the row behind it.
        rows = found.rows.take(np.append(found.places, 0), axis=0)
        # Two numbers at a time, as one complex number: half the work. Column by column: so reduceat lets threads work.
        pairs = rows.view(np.complex64).T
        sums = np.empty((2 * len(pairs), len(spans.offsets) - 1))
        for place, column in enumerate(pairs):
            each = np.add.reduceat(column, spans.offsets)[:-1]
            sums[2 * place], sums[2 * place + 1] = each.real, each.imag
        sums[:, spans.offsets[1:] == spans.offsets[:-1]] = 0
        return sums[: self._width].T

    def analyse(self, words: Sequence[Sequence[Word]]) -> Floats:
        """Work out rows from the words of chunks; shape (n_chunks, n_blocks * WIDTH)."""
        owners = np.repeat(np.arange(len(words)), [len(chunk) for chunk in words])
        flat = [word for chunk in words for word in chunk]
        return np.hstack([table.rows(flat, owners, len(words)) for table in self._tables])

    def _find(self, spans: Spans) -> Found:
        return self._memory.of(spans.keys(), lambda new: self._work_out([spans.chunk(place) for place in new]))

    def _work_out(self, chunks: Sequence[str]) -> Floats:
        some = [chunks[begin : begin + _AT_ONCE] for begin in range(0, len(chunks), _AT_ONCE)]
        return np.concatenate([self._work_out_some(each) for each in some])

    def _work_out_some(self, chunks: Sequence[str]) -> Floats:
        voted = np.array([ballots(chunk) for chunk in chunks], np.float64).reshape(len(chunks), VOTES)
        return np.hstack([self.analyse([lemmatize(chunk) for chunk in chunks]), voted])


class _Table:
    """The vocabulary of one block, with what each feature is worth."""

    def __init__(self, model: Model, block: str) -> None:
        table = model.features.filter(pc.equal(model.features["block"], pa.scalar(block)))
        names, settings = table["feature"].combine_chunks(), model.settings
        ngrams = block == NGRAM_BLOCK
        self._vocabulary = Ngrams(names, settings.tfidf_ngram_min, settings.tfidf_ngram_max) if ngrams else Words(names)
        self._lemmas = not ngrams and settings.lemmatize_words == "lemma"
        self._idf = table["idf"].to_numpy().astype(np.float64)
        self._weights = np.column_stack([table[topic].to_numpy().astype(np.float64) for topic in TOPICS])

    def rows(self, words: Sequence[Word], owners: Places, chunks: int) -> Floats:
        """Give what chunks add in this block, from words and the chunks that own them; shape (chunks, WIDTH)."""
        found = self._vocabulary.find([word.lemma if self._lemmas else word.form for word in words])
        pairs = owners[found.owners] * (len(self._idf) + 1) + found.places
        pairs, counts = np.unique(pairs, return_counts=True)
        owner, place = np.divmod(pairs, len(self._idf) + 1)
        tfidf = counts * self._idf[place]
        columns = [*(self._weights[place].T * tfidf), tfidf**2]
        return np.column_stack([np.bincount(owner, column, minlength=chunks) for column in columns])
