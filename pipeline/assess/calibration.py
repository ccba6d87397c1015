"""Whether 0.8 means eight of ten: reliability by bins, and the expected calibration error."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.assess.judged import Judged
from pipeline.assess.rightness import Flags, Floats
from pipeline.topics import TOPICS

BINS: Final = 15
"""Bins of equal width, as in Guo et al. 2017."""


@dataclass(frozen=True)
class Bin:
    """Headlines whose scores of a topic lie close together.

    Attributes:
        rows: How many.
        score: Their mean score, 0 to 1.
        share: The share of them that carry the topic, 0 to 1.
    """

    rows: int
    score: float
    share: float


@dataclass(frozen=True)
class Reliability:
    """How far the scores of a topic can be taken at their word.

    Attributes:
        error: The expected calibration error, 0 to 1.
        brier: Mean squared distance of the scores from the truth (Brier 1950), 0 to 1.
        bins: The bins that hold any headline, the lowest scores first.
    """

    error: float
    brier: float
    bins: list[Bin]


def reliability(scores: Floats, truth: Flags, bins: int = BINS) -> Reliability:
    """Give the expected calibration error of a topic's scores.

    The scores are cut into bins of equal width; in each the mean score is compared with the share of headlines that
    carry the topic, and the distances are averaged, each bin weighing as many as its headlines: ``ECE = Σ (n_b / n) ·
    |share_b − score_b|`` (Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI; with 15 bins in Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks",
    ICML). It is taken of the probability of the topic itself and not of the likelier of yes and no.

    Args:
        scores: Probabilities, 0 to 1; shape (n_headlines,), at least one.
        truth: Whether a headline carries the topic; same shape.
        bins: How many bins.

    Returns:
        The error and the bins.
    """
    places = np.minimum((scores * bins).astype(np.intp), bins - 1)
    rows, summed, carried = (
        np.bincount(places, weights=weights, minlength=bins) for weights in (None, scores, truth.astype(np.float64))
    )
    full = np.flatnonzero(rows)
    found = [Bin(int(rows[at]), float(summed[at] / rows[at]), float(carried[at] / rows[at])) for at in full]
    error = sum(each.rows * abs(each.share - each.score) for each in found) / len(scores)
    return Reliability(error, float(np.mean((scores - truth) ** 2)), found)


def by_topic(judged: Judged) -> dict[str, Reliability]:
    """Give the reliability of each topic's scores, by the topic's name."""
    columns = zip(TOPICS, judged.scores.T, judged.truth.T, strict=True)
    return {topic.value: reliability(scores, truth) for topic, scores, truth in columns}
