"""From margins to probabilities, tags and doubt."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Decision:
    """How margins become answers; every array of shape (n_topics,).

    Attributes:
        slopes: Of the sigmoid ``1 / (1 + exp(-(slope * margin + offset)))`` (Platt 1999).
        offsets: Of the same.
        thresholds: The probability from which a topic is given, above 0 and below 1.
        band: The sureness below which a headline is unsure, 0 to 1.
    """

    slopes: Floats
    offsets: Floats
    thresholds: Floats
    band: float

    def scores(self, margins: Floats) -> Floats:
        """Give the calibrated probabilities of margins, 0 to 1; same shape (n_headlines, n_topics)."""
        return np.asarray(1 / (1 + np.exp(-(margins * self.slopes + self.offsets))))

    def given(self, scores: Floats) -> Flags:
        """Give whether each topic is given; same shape as the scores."""
        return np.asarray(scores >= self.thresholds)

    def unsure(self, scores: Floats) -> Flags:
        """Give whether some score lies so close to its threshold that a person should look; shape (n_headlines,)."""
        return np.asarray(sureness(scores, self.thresholds) < self.band)


def sureness(scores: Floats, thresholds: Floats) -> Floats:
    """Give how far the least sure score lies on the way from its threshold to certainty.

    Args:
        scores: Probabilities; shape (n_headlines, n_topics).
        thresholds: Shape (n_topics,).

    Returns:
        0 at a threshold, 1 at a probability of 0 or 1; shape (n_headlines,).
    """
    way = np.where(scores >= thresholds, 1 - thresholds, thresholds)
    return np.asarray((np.abs(scores - thresholds) / way).min(axis=1))
