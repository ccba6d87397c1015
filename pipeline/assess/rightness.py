"""Precision, recall, F1 and exact sets, each with its 95 % bootstrap interval, and nothing where nothing can be had."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.evaluate import macro_f1, outcomes, resampled
from pipeline.topics import TOPICS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Draws(NamedTuple):
    """How intervals are drawn.

    Attributes:
        resamples: Bootstrap resamples of the headlines.
        seed: Of the resampling.
    """

    resamples: int
    seed: int


@dataclass(frozen=True)
class Estimate:
    """A figure, or none where it cannot be had.

    Attributes:
        value: The figure.
        interval: Its 95 % percentile bootstrap interval (Efron 1979), stretched to hold the figure itself.
    """

    value: float | None = None
    interval: tuple[float, float] | None = None

    @classmethod
    def of(cls, value: float, drawn: Floats) -> "Estimate":
        """Take a figure and what it is on resamples; shape (n,), n at least 1."""
        low, high = (float(end) for end in np.percentile(drawn, [2.5, 97.5]))
        return cls(value, (min(low, value), max(high, value)))

    @classmethod
    def ratio(cls, totals: Ints, part: Ints, whole: Ints) -> "Estimate":
        """Take a share.

        Args:
            totals: The part and the whole on the headlines themselves.
            part: The part on resamples; shape (n,).
            whole: The whole on the same resamples; resamples without any are left out.

        Returns:
            The share, none where the whole is 0.
        """
        had = whole > 0
        if not had.any():
            return cls()
        return cls.of(float(totals[0] / totals[1]), part[had] / whole[had])


@dataclass(frozen=True)
class TopicRightness:
    """How well one topic is found; a figure is none where no headline allows it.

    Attributes:
        support: Headlines of the topic.
        given: Headlines given the topic.
        precision: Share of right ones among the headlines given the topic.
        recall: Share of found ones among the headlines of the topic.
        f1: Their harmonic mean; none without a headline of the topic.
    """

    support: int
    given: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True)
class Rightness:
    """How right tags are on some headlines.

    Attributes:
        rows: Headlines judged.
        topics: By the topic's name.
        macro_f1: Mean F1 over the topics that have any headline; none if no topic has.
        exact: Share of headlines whose set of tags is right.
    """

    rows: int
    topics: dict[str, TopicRightness]
    macro_f1: Estimate
    exact: Estimate


def rightness(given: Flags, truth: Flags, draws: Draws) -> Rightness:
    """Compare given tags with true ones.

    Args:
        given: Whether a headline was given a topic; shape (n_headlines, n_topics), at least one headline.
        truth: Whether it carries the topic; same shape.
        draws: How intervals are drawn.

    Returns:
        The figures.
    """
    rows = np.column_stack([outcomes(given, truth).reshape(len(truth), -1), (given == truth).all(axis=1)])
    drawn, totals = resampled(rows, *draws), rows.sum(axis=0)
    shape = (-1, 3, len(TOPICS))
    by_topic, drawn_by_topic = totals[None, :-1].reshape(shape), drawn[:, :-1].reshape(shape)
    topics = {
        topic.value: _topic(by_topic[0, :, place], drawn_by_topic[:, :, place]) for place, topic in enumerate(TOPICS)
    }
    any_topic = drawn_by_topic[:, 2].any(axis=1)
    macro = Estimate()
    if by_topic[0, 2].any() and any_topic.any():
        macro = Estimate.of(float(macro_f1(by_topic)[0]), macro_f1(drawn_by_topic[any_topic]))
    exact = Estimate.of(float(totals[-1] / len(rows)), drawn[:, -1] / len(rows))
    return Rightness(len(rows), topics, macro, exact)


def _topic(totals: Ints, drawn: Ints) -> TopicRightness:
    """Take a topic's hits, givens and carrieds, as they are (shape (3,)) and as drawn (shape (n, 3))."""
    hits, given, carried = totals
    part, of_given, of_carried = drawn.T
    precision = Estimate.ratio(np.array([hits, given]), part, of_given)
    recall = Estimate.ratio(np.array([hits, carried]), part, of_carried)
    had = of_carried > 0
    f1 = Estimate()
    if carried and had.any():
        f1 = Estimate.ratio(np.array([2 * hits, given + carried]), 2 * part[had], (of_given + of_carried)[had])
    return TopicRightness(int(carried), int(given), precision, recall, f1)
