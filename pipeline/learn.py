"""What a training learns from counted headlines: the vocabulary, its idf, and a linear classifier a topic."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline import classify, tfidf
from pipeline.classify import Linear
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
        return self.linear.margins(tfidf.transform(counts, self.blocks))

    def __str__(self) -> str:
        """The counts of the features, for people."""
        return ", ".join(f"{len(block.columns):,} {block.name} features" for block in self.blocks)


def learn(counts: Counts, tagged: Flags, settings: Settings) -> Learnt:
    """Learn from tagged headlines.

    Args:
        counts: The headlines.
        tagged: Whether each carries each topic; shape (n_headlines, n_topics).
        settings: How to learn.

    Returns:
        What was learnt.
    """
    blocks = tfidf.fit(counts, settings)
    return Learnt(blocks, classify.fit(tfidf.transform(counts, blocks), tagged, settings))


def learn_softly(counts: Counts, chances: Floats, weights: Floats, settings: Settings) -> Learnt:
    """Learn from headlines whose tags are only more or less likely.

    Args:
        counts: The headlines.
        chances: How likely each carries each topic, 0 to 1; shape (n_headlines, n_topics).
        weights: How much each headline counts, above 0; shape (n_headlines,).
        settings: How to learn.

    Returns:
        What was learnt.
    """
    blocks = tfidf.fit(counts, settings)
    return Learnt(blocks, classify.fit_softly(tfidf.transform(counts, blocks), chances, weights, settings))


def plain(counts: Counts, tagged: Flags, settings: Settings, seen: Places, asked: Places) -> Floats:
    """Learn from some of the tagged headlines and give the margins of others.

    Args:
        counts: All the headlines.
        tagged: Whether each carries each topic; shape (n_headlines, n_topics).
        settings: How to learn.
        seen: The places of those to learn from.
        asked: The places of the others.

    Returns:
        Shape (n_asked, n_topics).
    """
    return learn(counts[seen], tagged[seen], settings).margins(counts[asked])
