"""Stage 3, tfidf: from chunks to rows of numbers.

Two blocks of features: the words' lemmas, and the character n-grams of the words as written, which see through endings
and new coinages. In each block a headline is the sum of its chunks' TF-IDF rows, divided by the root of the sum of the
chunks' squared norms: the usual L2 norm, with the chunks taken as if orthogonal. So a linear classifier's answer for a
headline is a sum over its chunks, which is what makes tagging fast (``rows.py``). Counting is scikit-learn's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer

from pipeline.chunks import Chunks
from pipeline.factors import Factors
from pipeline.features import NGRAM_BLOCK, WORD_BLOCK, Features
from pipeline.lemmatize import Word
from pipeline.settings import Settings

_BATCH: Final = 1 << 14
"""Headlines multiplied out at a time."""


@dataclass(frozen=True)
class Counts:
    """Headlines as counts, in two factors: headlines by chunks, and chunks by features.

    Attributes:
        headlines: How often each chunk stands in each headline; shape (n_headlines, n_chunks).
        features: The features of each block, shorter ones first; per block, shape (n_features,).
        chunks: How often every feature of a block stands in every chunk; per block, shape (n_chunks, n_features).
    """

    headlines: sp.csr_array
    features: dict[str, npt.NDArray[np.object_]]
    chunks: dict[str, sp.csr_array]

    def __getitem__(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Self:
        """Take some of the headlines."""
        return replace(self, headlines=self.headlines[rows])


def count(chunks: Chunks, words: Sequence[Sequence[Word]], features: Features) -> Counts:
    """Count chunks in headlines and features in chunks.

    Args:
        chunks: The headlines, cut.
        words: The words of each distinct chunk.
        features: What words are counted as.

    Returns:
        The counts.

    Raises:
        ValueError: If no chunk has any word.
    """
    shape = (len(chunks.offsets) - 1, len(chunks.distinct))
    headlines: sp.csr_array = sp.csr_array((np.ones(len(chunks.codes)), chunks.codes, chunks.offsets), shape)
    headlines.sum_duplicates()
    names, tables = {}, {}
    for block in features.blocks:
        vectorizer = CountVectorizer(analyzer=partial(features.of_words, block), dtype=np.float64)
        table, found = vectorizer.fit_transform(words), vectorizer.get_feature_names_out()
        order = np.lexsort((found, [len(name) for name in found]))  # as vocabulary.py numbers them: it need not sort
        tables[block], names[block] = sp.csr_array(table[:, order]), found[order]
    return Counts(headlines, names, tables)


@dataclass(frozen=True)
class Block:
    """The vocabulary of a block, learnt from the training side.

    Attributes:
        name: ``word`` or ``ngram``.
        columns: Which of the counted features are kept; shape (n_features,).
        idf: Their smoothed inverse document frequencies over headlines, raised to a power; shape (n_features,).
    """

    name: str
    columns: npt.NDArray[np.intp]
    idf: npt.NDArray[np.float64]


def fit(counts: Counts, settings: Settings) -> list[Block]:
    """Learn which features to keep, and their idf.

    Args:
        counts: The training headlines.
        settings: How rare a feature may be, and how much rare ones outweigh common ones.

    Returns:
        The blocks.
    """
    min_df = {WORD_BLOCK: settings.tfidf_word_min_df, NGRAM_BLOCK: settings.tfidf_ngram_min_df}
    blocks = []
    for name, chunks in counts.chunks.items():
        df = _df(counts.headlines, chunks)
        columns = np.flatnonzero(df >= min_df[name])
        # The smoothed idf of scikit-learn's TfidfTransformer, which wants all headlines multiplied out.
        idf = (np.log((counts.headlines.shape[0] + 1) / (df[columns] + 1)) + 1) ** settings.tfidf_idf_power
        # Kept as float32, so that what is measured now is exactly what is saved.
        blocks.append(Block(name, columns, idf.astype(np.float32).astype(np.float64)))
    return blocks


def _df(headlines: sp.csr_array, chunks: sp.csr_array) -> npt.NDArray[np.int64]:
    """Count in how many headlines each feature stands, some headlines at a time."""
    total = np.zeros(chunks.shape[1], np.int64)
    for start in range(0, headlines.shape[0], _BATCH):
        total += np.bincount((headlines[start : start + _BATCH] @ chunks).indices, minlength=len(total))
    return total


def transform(counts: Counts, blocks: Sequence[Block]) -> sp.csr_array:
    """Give the headlines' vectors.

    Args:
        counts: The headlines.
        blocks: What ``fit`` learnt.

    Returns:
        The blocks' columns side by side, each block of a row of about unit norm; shape (n_headlines, n_features).
    """
    return factors(counts, blocks).multiplied()


def factors(counts: Counts, blocks: Sequence[Block]) -> Factors:
    """Give the headlines' vectors, not multiplied out.

    Args:
        counts: The headlines.
        blocks: What ``fit`` learnt.

    Returns:
        The same as ``transform``, in factors.
    """
    chunks, scales = [], []
    for block in blocks:
        rows = (counts.chunks[block.name][:, block.columns] @ sp.diags_array(block.idf)).tocsr()
        squares = counts.headlines @ np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
        chunks.append(rows)
        scales.append(1 / np.sqrt(np.where(squares > 0, squares, 1)))
    return Factors(counts.headlines, chunks, scales)
