"""Stages 2 and 3 as a scikit-learn transformer: raw headlines in, the TF-IDF rows of one block of features out."""

from collections.abc import Iterable
from functools import partial
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy.sparse as sp
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer

from pipeline import tfidf
from pipeline.chunks import split
from pipeline.features import WORD_BLOCK, Features
from pipeline.language import ballots, readable
from pipeline.lemmatize import lemmatize
from pipeline.settings import Settings
from pipeline.tfidf import Block, Counts


class ChunkTfidf(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is not annotated
    """TF-IDF of the words or the n-grams of headlines, normed over their chunks (``pipeline/tfidf.py``).

    A headline in a language that cannot be read is a row of zeros.

    Args:
        block: ``word`` or ``ngram``.
        words: What the word block counts: ``lemma`` or ``form``.
        ngram_min: Letters of the shortest n-gram.
        ngram_max: Letters of the longest.
        min_df: Headlines that a feature must stand in.
        idf_power: How much rare features outweigh common ones.
    """

    def __init__(
        self,
        block: str = WORD_BLOCK,
        words: str = "lemma",
        ngram_min: int = 3,
        ngram_max: int = 6,
        min_df: int = 1,
        idf_power: float = 2.0,
    ) -> None:
        self.block = block
        self.words = words
        self.ngram_min = ngram_min
        self.ngram_max = ngram_max
        self.min_df = min_df
        self.idf_power = idf_power

    def fit(self, headlines: Iterable[str], tags: object = None) -> Self:
        """Learn the features and their idf.

        Args:
            headlines: Raw headlines.
            tags: Not needed.

        Returns:
            Itself.
        """
        del tags
        chunks = split(pa.array(headlines, pa.string()))
        counts = tfidf.count(chunks, [lemmatize(chunk) for chunk in chunks.distinct], self._features)
        least, power = self.min_df, self.idf_power
        settings = Settings(tfidf_word_min_df=least, tfidf_ngram_min_df=least, tfidf_idf_power=power)
        blocks = tfidf.fit(counts, settings)
        (learnt,) = (block for block in blocks if block.name == self.block)
        return self.set_learnt(counts.features[self.block][learnt.columns], learnt.idf)

    def set_learnt(self, features: npt.NDArray[np.object_], idf: npt.NDArray[np.float64]) -> Self:
        """Take the features and their idf from elsewhere; each of shape (n_features,)."""
        self.features_, self.idf_ = np.asarray(features, str), np.asarray(idf, np.float64)
        return self

    def transform(self, headlines: Iterable[str]) -> sp.csr_array:
        """Give the rows of headlines; shape (n_headlines, n_features)."""
        chunks = split(pa.array(headlines, pa.string()))
        analyzer = partial(self._features.of_words, self.block)
        counted = CountVectorizer(analyzer=analyzer, vocabulary=self.features_.tolist(), dtype=np.float64).transform(
            [lemmatize(chunk) for chunk in chunks.distinct]
        )
        shape = (len(chunks.offsets) - 1, len(chunks.distinct))
        placed: sp.csr_array = sp.csr_array((np.ones(len(chunks.codes)), chunks.codes, chunks.offsets), shape)
        placed.sum_duplicates()
        votes = placed @ np.array([ballots(chunk) for chunk in chunks.distinct], np.float64).reshape(-1, 2)
        counts = Counts(placed, {self.block: self.features_}, {self.block: sp.csr_array(counted)})
        rows = tfidf.transform(counts, [Block(self.block, np.arange(len(self.features_)), self.idf_)])
        return sp.csr_array(sp.diags_array(readable(np.asarray(votes)).astype(np.float64)) @ rows)

    @property
    def _features(self) -> Features:
        return Features(self.words, self.ngram_min, self.ngram_max)
