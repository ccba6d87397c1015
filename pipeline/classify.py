"""Stage 4, classify: from rows of numbers to the probability of each topic, and from there to tags.

One linear classifier a topic (one-vs-rest, by scikit-learn), so that a headline can carry several tags or none. The
margins of headlines that a fold's training did not see calibrate the probabilities and set the thresholds.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import precision_recall_curve
from sklearn.svm import LinearSVC

from pipeline.decide import Decision, sureness
from pipeline.factors import Factors, fit_svm
from pipeline.settings import Settings

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_AS_GOOD: Final = 0.001
"""Difference in F1 that no corpus of this size can tell from none."""

_MULTIPLIED: Final = 1 << 17
"""Headlines up to which the vectors are multiplied out: quicker for few, too large for many."""


@dataclass(frozen=True)
class Linear:
    """One linear classifier a topic.

    Attributes:
        weights: Shape (n_features, n_topics).
        intercepts: Shape (n_topics,).
    """

    weights: Floats
    intercepts: Floats

    def margins(self, rows: sp.csr_array | Factors) -> Floats:
        """Give the signed distance to each topic's boundary; shape (n_headlines, n_topics)."""
        products = rows.times(self.weights) if isinstance(rows, Factors) else rows @ self.weights
        return np.asarray(products + self.intercepts)


def fit(rows: sp.csr_array | Factors, tagged: Flags, weights: Floats, settings: Settings) -> Linear:
    """Fit a classifier for each topic.

    Args:
        rows: The headlines' vectors; shape (n_headlines, n_features).
        tagged: Whether a headline carries a topic; shape (n_headlines, n_topics).
        weights: How much a headline counts for a topic; same shape.
        settings: Which model, how strong its penalty.

    Returns:
        The classifiers.
    """
    columns = list(zip(tagged.T, weights.T, strict=True))
    if isinstance(rows, Factors) and settings.classify_model == "svm" and rows.shape[0] > _MULTIPLIED:
        fits = [fit_svm(rows, column, weight, settings.classify_penalty) for column, weight in columns]
    else:
        product = rows.multiplied() if isinstance(rows, Factors) else rows
        models = [_estimator(settings).fit(product, column, sample_weight=weight) for column, weight in columns]
        fits = [(np.ravel(model.coef_), float(np.ravel(model.intercept_)[0])) for model in models]
    # Kept as float32, so that what is measured now is exactly what is saved.
    weights = np.column_stack([weight for weight, _ in fits]).astype(np.float32).astype(np.float64)
    return Linear(weights, np.array([intercept for _, intercept in fits]))


def _estimator(settings: Settings) -> RidgeClassifier | LogisticRegression | LinearSVC:
    penalty = settings.classify_penalty
    if settings.classify_model == "ridge":
        return RidgeClassifier(alpha=penalty, solver="sparse_cg", tol=1e-5)
    if settings.classify_model == "svm":
        return LinearSVC(C=1 / penalty, random_state=settings.seed)
    return LogisticRegression(C=1 / penalty, solver="liblinear")


def decide(margins: Floats, tagged: Flags, unsure_right: float) -> Decision:
    """Learn to decide, from margins of headlines that the classifiers did not see.

    Args:
        margins: Shape (n_headlines, n_topics).
        tagged: Whether a headline carries a topic; same shape.
        unsure_right: Wanted share of headlines whose tags are all right, among those that are not unsure, 0 to 1.

    Returns:
        The decision.
    """
    fits = [
        LogisticRegression(C=1e6).fit(column[:, None], truth) for column, truth in zip(margins.T, tagged.T, strict=True)
    ]
    slopes = np.array([float(fit.coef_[0, 0]) for fit in fits])
    offsets = np.array([float(fit.intercept_[0]) for fit in fits])
    sigmoid = Decision(slopes, offsets, np.full(len(slopes), 0.5), 0.0, np.zeros((len(slopes), 0, 3)))
    scores = sigmoid.scores(margins)
    thresholds = np.array([_best_f1(column, truth) for column, truth in zip(scores.T, tagged.T, strict=True)])
    band = _band(scores, thresholds, tagged, unsure_right)
    curves = np.array([_curve(column, truth) for column, truth in zip(scores.T, tagged.T, strict=True)])
    return replace(sigmoid, thresholds=thresholds, band=band, curves=curves)


def _best_f1(scores: Floats, truth: Flags) -> float:
    """Give the middle of the run of thresholds as good as the best one: which of them is the very best is luck."""
    precision, recall, cuts = precision_recall_curve(truth, scores)
    f1 = (2 * precision * recall / np.maximum(precision + recall, 1e-12))[:-1]
    best = int(f1.argmax())
    worse = np.flatnonzero(f1 < f1[best] - _AS_GOOD)
    first = worse[worse < best].max(initial=-1) + 1
    last = worse[worse > best].min(initial=len(f1)) - 1
    return float(cuts[(first + last) // 2])


def _curve(scores: Floats, truth: Flags) -> Floats:
    """Give threshold, precision and recall for the thresholds 0.01 to 0.99; shape (99, 3)."""
    cuts = np.arange(1, 100) / 100
    given = scores[:, None] >= cuts
    hits = (given & truth[:, None]).sum(axis=0)
    precision = np.where(given.any(axis=0), hits / np.maximum(given.sum(axis=0), 1), 1)
    return np.column_stack([cuts, precision, hits / truth.sum()])


def _band(scores: Floats, thresholds: Floats, tagged: Flags, right: float) -> float:
    """Give the smallest sureness from which on the wanted share of headlines has all its tags right."""
    sure = sureness(scores, thresholds)
    order = np.argsort(-sure, kind="stable")
    share = np.cumsum(((scores >= thresholds) == tagged).all(axis=1)[order]) / np.arange(1, len(order) + 1)
    last_of_equals = np.diff(sure[order], append=-1) < 0
    reached = np.flatnonzero((share >= right) & last_of_equals)
    return float(sure[order[reached[-1]]]) if len(reached) else 1.0
