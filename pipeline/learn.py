"""What a training learns from counted headlines: the vocabulary, its idf, and a linear classifier a topic."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from pipeline import classify, tfidf
from pipeline.classify import Linear
from pipeline.corpus import Corpus, weights
from pipeline.settings import Settings
from pipeline.tfidf import Block, Counts

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Learnt:
    """A vocabulary and the classifiers on it.

    Attributes:
        blocks: The vocabulary of each block, as columns of the counts.
        linear: The classifiers.
    """

    blocks: list[Block]
    linear: Linear

    def margins(self, counts: Counts) -> Floats:
        """Give the signed distance of headlines to each topic's boundary; shape (n_headlines, n_topics)."""
        return self.linear.margins(tfidf.factors(counts, self.blocks))

    def __str__(self) -> str:
        """The counts of the features, for people."""
        return ", ".join(f"{len(block.columns):,} {block.name} features" for block in self.blocks)


@dataclass(frozen=True)
class Labels:
    """What headlines are tagged, and how much each counts.

    Attributes:
        chances: How likely a headline carries a topic, 0 to 1; shape (n_headlines, n_topics).
        weights: How much it counts for the topic, above 0; same shape.
    """

    chances: Floats
    weights: Floats

    @classmethod
    def of(cls, corpus: Corpus, settings: Settings) -> Self:
        """Take the labels of a corpus's training headlines."""
        frame = corpus.frame[corpus.train]
        weight = weights(frame, settings.classify_written, settings.corrections_weight, settings.classify_second)
        return cls(corpus.tagged[corpus.train].astype(np.float64), weight)

    def __getitem__(self, rows: Places) -> Self:
        """Take some of them."""
        return replace(self, chances=self.chances[rows], weights=self.weights[rows])

    def __add__(self, more: Self) -> Self:
        """Put more behind them."""
        chances, weight = (self.chances, more.chances), (self.weights, more.weights)
        return replace(self, chances=np.concatenate(chances), weights=np.concatenate(weight))


def learn(counts: Counts, labels: Labels, settings: Settings) -> Learnt:
    """Learn from labelled headlines.

    Args:
        counts: The headlines.
        labels: Their labels.
        settings: How to learn.

    Returns:
        What was learnt.
    """
    blocks = tfidf.fit(counts, settings)
    linear = classify.fit(tfidf.factors(counts, blocks), labels.chances, labels.weights, settings)
    return Learnt(blocks, linear)


def plain(counts: Counts, labels: Labels, settings: Settings, seen: Places, asked: Places) -> Floats:
    """Learn from some of the labelled headlines and give the margins of others.

    Args:
        counts: All the headlines.
        labels: The labels of the first of them.
        settings: How to learn.
        seen: The places of those to learn from.
        asked: The places of the others.

    Returns:
        Shape (n_asked, n_topics).
    """
    return learn(counts[seen], labels[seen], settings).margins(counts[asked])
