"""Stage 4, classify: from rows of numbers to the probability of each topic, and from there to tags.

One linear classifier a topic (one-vs-rest, by scikit-learn), so that a headline can carry several tags or none. The
margins of rows that a fold's training did not see are turned into probabilities (Platt 1999) and decide the thresholds.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve
from sklearn.svm import LinearSVC

from pipeline.settings import Settings

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Linear:
    """One linear classifier a topic.

    Attributes:
        weights: Shape (n_features, n_topics).
        intercepts: Shape (n_topics,).
    """

    weights: Floats
    intercepts: Floats

    def margins(self, rows: sp.csr_array) -> Floats:
        """Give the signed distance to each topic's boundary; shape (n_headlines, n_topics)."""
        return np.asarray(rows @ self.weights + self.intercepts)


def fit(rows: sp.csr_array, tagged: Flags, settings: Settings) -> Linear:
    """Fit a classifier for each topic.

    Args:
        rows: The headlines' vectors; shape (n_headlines, n_features).
        tagged: Whether a headline carries a topic; shape (n_headlines, n_topics).
        settings: Which model, how strong its penalty.

    Returns:
        The classifiers.
    """
    models = [_estimator(settings).fit(rows, column) for column in tagged.T]
    # Kept as float32, so that what is measured now is exactly what is saved.
    weights = np.column_stack([model.coef_[0] for model in models]).astype(np.float32).astype(np.float64)
    return Linear(weights, np.array([float(model.intercept_[0]) for model in models]))


def _estimator(settings: Settings) -> LogisticRegression | LinearSVC:
    if settings.classify_model == "svm":
        return LinearSVC(C=settings.classify_c, random_state=settings.seed)
    return LogisticRegression(C=settings.classify_c, solver="liblinear", random_state=settings.seed)


@dataclass(frozen=True)
class Decision:
    """From margins to probabilities and tags; every array of shape (n_topics,).

    Attributes:
        slopes: Of the sigmoid ``1 / (1 + exp(-(slope * margin + offset)))``.
        offsets: Of the same.
        thresholds: The probability from which a topic is given, 0 to 1.
        band: How near to a threshold a score makes a headline unsure, 0 to 1.
    """

    slopes: Floats
    offsets: Floats
    thresholds: Floats
    band: float


def decide(margins: Floats, tagged: Flags, unsure_right: float) -> Decision:
    """Learn to decide, from margins of headlines that the classifiers did not see.

    Args:
        margins: Shape (n_headlines, n_topics).
        tagged: Whether a headline carries a topic; same shape.
        unsure_right: Wanted share of headlines whose tags are all right, among those that are not unsure, 0 to 1.

    Returns:
        The decision.
    """
    sigmoids = [
        LogisticRegression(C=1e6).fit(column[:, None], truth) for column, truth in zip(margins.T, tagged.T, strict=True)
    ]
    slopes = np.array([float(sigmoid.coef_[0, 0]) for sigmoid in sigmoids])
    offsets = np.array([float(sigmoid.intercept_[0]) for sigmoid in sigmoids])
    scores = 1 / (1 + np.exp(-(margins * slopes + offsets)))
    thresholds = np.array([_best_f1(column, truth) for column, truth in zip(scores.T, tagged.T, strict=True)])
    return Decision(slopes, offsets, thresholds, _band(scores, thresholds, tagged, unsure_right))


def _best_f1(scores: Floats, truth: Flags) -> float:
    """Give the threshold with the best F1."""
    precision, recall, cuts = precision_recall_curve(truth, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return float(cuts[np.argmax(f1[:-1])])


def _band(scores: Floats, thresholds: Floats, tagged: Flags, right: float) -> float:
    """Give the smallest distance to a threshold from which on the wanted share of headlines is right."""
    nearest = np.abs(scores - thresholds).min(axis=1)
    order = np.argsort(-nearest, kind="stable")
    share = np.cumsum(((scores >= thresholds) == tagged).all(axis=1)[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(share >= right)
    return float(nearest[order[reached[-1]]]) if len(reached) else 1.0
