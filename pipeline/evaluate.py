"""How right the tags are: precision, recall and F1 per topic, with an interval, beside what is free to have."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.metrics import precision_recall_fscore_support

from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TopicQuality:
    """How well one topic is found.

    Attributes:
        precision: Share of right ones among the headlines given the topic, 0 to 1.
        recall: Share of found ones among the headlines of the topic, 0 to 1.
        f1: Their harmonic mean, 0 to 1.
        support: Headlines of the topic.
    """

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Quality:
    """How right tags are on a labelled table.

    Attributes:
        topics: By the topic's name.
        macro_f1: Mean F1 over the topics that have any headline, 0 to 1.
        interval: Its 95 % bootstrap interval.
        exact: Share of headlines whose tags are all right, 0 to 1.
        rows: Headlines judged.
    """

    topics: dict[str, TopicQuality]
    macro_f1: float
    interval: tuple[float, float]
    exact: float
    rows: int


def measure(tagger: Tagger, headlines: Iterable[str], truth: Flags, resamples: int, seed: int) -> Quality:
    """Measure a model on labelled headlines.

    Args:
        tagger: The model.
        headlines: The headlines.
        truth: Whether each carries each topic; shape (n_headlines, n_topics).
        resamples: Bootstrap resamples of the headlines behind the interval.
        seed: Of the resampling.

    Returns:
        The figures.
    """
    scores, readable = tagger.scores(pa.array(headlines, pa.string()))
    return quality(tagger.decision.given(scores) & readable[:, None], truth, resamples, seed)


def quality(given: Flags, truth: Flags, resamples: int, seed: int) -> Quality:
    """Compare given tags with true ones.

    Args:
        given: Whether a headline was given a topic; shape (n_headlines, n_topics).
        truth: Whether it carries the topic; same shape.
        resamples: Bootstrap resamples of the headlines behind the interval.
        seed: Of the resampling.

    Returns:
        The figures.
    """
    scores = precision_recall_fscore_support(truth, given, average=None, zero_division=0)
    topics = {
        topic.value: TopicQuality(float(precision), float(recall), float(f1), int(support))
        for topic, precision, recall, f1, support in zip(TOPICS, *scores, strict=True)
    }
    draws = bootstrap(given, truth, resamples, seed)
    low, high = np.percentile(draws, [2.5, 97.5])
    macro = float(macro_f1(outcomes(given, truth).sum(axis=0)))
    exact = float((given == truth).all(axis=1).mean())
    return Quality(topics, macro, (float(low), float(high)), exact, len(truth))


def bootstrap(given: Flags, truth: Flags, resamples: int, seed: int) -> npt.NDArray[np.float64]:
    """Give the macro-F1 of resamples of the headlines with replacement (Efron 1979).

    Args:
        given: Whether a headline was given a topic; shape (n_headlines, n_topics).
        truth: Whether it carries the topic; same shape.
        resamples: How many.
        seed: Of the resampling.

    Returns:
        Shape (resamples,).
    """
    flat = outcomes(given, truth).reshape(len(truth), -1)
    return macro_f1(resampled(flat, resamples, seed).reshape(resamples, 3, -1))


def resampled(rows: npt.NDArray[np.int64], resamples: int, seed: int) -> npt.NDArray[np.int64]:
    """Give the sums over resamples of rows with replacement, drawing kinds of rows rather than rows.

    Args:
        rows: Small whole numbers; shape (n_rows, n_columns).
        resamples: How many.
        seed: Of the resampling.

    Returns:
        Shape (resamples, n_columns).
    """
    kinds, of = np.unique(rows, axis=0, return_inverse=True)
    shares = np.bincount(of.ravel(), minlength=len(kinds)) / len(rows)
    drawn = np.random.default_rng(seed).multinomial(len(rows), shares, size=resamples)
    return np.asarray(drawn @ kinds)


def macro_f1(totals: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Give the mean F1 over the topics that have any headline.

    Args:
        totals: True positives, headlines given and headlines of each topic; shape (..., 3, n_topics).

    Returns:
        Shape (...).
    """
    hits, given, carried = np.moveaxis(totals, -2, 0)
    f1 = 2 * hits / np.maximum(given + carried, 1)
    return np.asarray(f1.sum(axis=-1) / np.maximum((carried > 0).sum(axis=-1), 1))


def outcomes(given: Flags, truth: Flags) -> npt.NDArray[np.int64]:
    """Mark for each headline and topic: a hit, given, carried; shape (n_headlines, 3, n_topics)."""
    return np.stack([given & truth, given, truth], axis=1).astype(np.int64)
