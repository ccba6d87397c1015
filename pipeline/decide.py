"""From margins to probabilities, tags and doubt."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from pipeline.errors import SettingsError
from pipeline.topics import TOPICS

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Decision:
    """How margins become answers.

    Attributes:
        slopes: Of the sigmoid ``1 / (1 + exp(-(slope * margin + offset)))`` (Platt 1999); shape (n_topics,).
        offsets: Of the same; shape (n_topics,).
        thresholds: The probability from which a topic is given, above 0 and below 1; shape (n_topics,).
        band: The sureness below which a headline is unsure, 0 to 1.
        curves: What other thresholds would bring: threshold, precision and recall, the threshold rising;
            shape (n_topics, n_points, 3).
    """

    slopes: Floats
    offsets: Floats
    thresholds: Floats
    band: float
    curves: Floats

    @classmethod
    def of(cls, saved: dict[str, Any]) -> Self:
        """Take a decision from plain values, as a model's card keeps it."""
        arrays = {name: np.array(value) for name, value in saved.items() if name != "band"}
        return cls(**arrays, band=saved["band"])

    def plain(self) -> dict[str, object]:
        """Give the decision in plain values, as a model's card keeps it."""
        return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in vars(self).items()}

    def scores(self, margins: Floats) -> Floats:
        """Give the calibrated probabilities of margins, 0 to 1; same shape (n_headlines, n_topics)."""
        return np.asarray(1 / (1 + np.exp(-self.logits(margins))))

    def logits(self, margins: Floats) -> Floats:
        """Give the log-odds of the probabilities; same shape as the margins."""
        return np.asarray(margins * self.slopes + self.offsets)

    def given(self, scores: Floats) -> Flags:
        """Give whether each topic is given; same shape as the scores."""
        return np.asarray(scores >= self.thresholds)

    def unsure(self, scores: Floats) -> Flags:
        """Give whether some score lies so close to its threshold that a person should look; shape (n_headlines,)."""
        return np.asarray(sureness(scores, self.thresholds) < self.band)

    def precise(self, precision: float) -> Self:
        """Move each threshold to the lowest one from which on the precision holds.

        Args:
            precision: Wanted share of right ones among the headlines given a topic, 0 to 1.

        Returns:
            The decision with other thresholds.

        Raises:
            SettingsError: If no threshold of some topic reaches the precision.
        """
        thresholds = []
        for topic, curve in zip(TOPICS, self.curves, strict=True):
            holds = (np.minimum.accumulate(curve[::-1, 1])[::-1] >= precision) & (curve[:, 2] > 0)
            if not holds.any():
                found, best = f"{precision} for {topic}", curve[curve[:, 2] > 0, 1].max()
                raise SettingsError("--min-precision", found, f"at most {best:.3f}", "ask for less")
            thresholds.append(curve[np.argmax(holds), 0])
        return replace(self, thresholds=np.array(thresholds))

    def left(self) -> Floats:
        """Give the precision and the recall that the thresholds leave, by the curves; shape (n_topics, 2)."""
        places = [np.searchsorted(curve[:, 0], cut) for curve, cut in zip(self.curves, self.thresholds, strict=True)]
        return np.array(
            [curve[min(place, len(curve) - 1), 1:] for curve, place in zip(self.curves, places, strict=True)]
        )


def sureness(scores: Floats, thresholds: Floats) -> Floats:
    """Give how far the least sure score lies on the way from its threshold to certainty.

    Args:
        scores: Probabilities; shape (n_headlines, n_topics).
        thresholds: Shape (n_topics,).

    Returns:
        0 at a threshold, 1 at a probability of 0 or 1; shape (n_headlines,).
    """
    above = scores - thresholds
    return np.asarray(np.maximum(above / (1 - thresholds), above / -thresholds).min(axis=1))
