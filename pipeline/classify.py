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

_EVEN: Final = 0.5
_CERTAIN: Final = 0.01
"""A chance of an answer below which it is not learnt from."""

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


def fit(rows: sp.csr_array | Factors, chances: Floats | Flags, weights: Floats, settings: Settings) -> Linear:
    """Fit a classifier for each topic.

    A headline stands once with the likelier answer and, unless that is certain, once with the other, each weighing as
    much as it is likely.

    Args:
        rows: The headlines' vectors; shape (n_headlines, n_features).
        chances: How likely a headline carries a topic, 0 to 1; shape (n_headlines, n_topics).
        weights: How much a headline counts for a topic, above 0; same shape.
        settings: Which model, how strong its penalty.

    Returns:
        The classifiers.
    """
    columns = list(zip(chances.T.astype(np.float64), weights.T, strict=True))
    certain = bool((np.minimum(chances, 1 - chances) <= _CERTAIN).all())
    if certain and isinstance(rows, Factors) and settings.classify_model == "svm" and rows.shape[0] > _MULTIPLIED:
        fits = [fit_svm(rows, column >= _EVEN, weight, settings.classify_penalty) for column, weight in columns]
    else:
        product = rows.multiplied() if isinstance(rows, Factors) else rows
        fits = [_fit_softly(product, column, weight, settings) for column, weight in columns]
    # Kept as float32, so that what is measured now is exactly what is saved.
    weights = np.column_stack([weight for weight, _ in fits]).astype(np.float32).astype(np.float64)
    return Linear(weights, np.array([intercept for _, intercept in fits]))


def _fit_softly(rows: sp.csr_array, chances: Floats, weights: Floats, settings: Settings) -> tuple[Floats, float]:
    """Fit one classifier; gives its weights and its intercept."""
    likelier = chances >= _EVEN
    doubt = np.minimum(chances, 1 - chances)
    other = np.flatnonzero(doubt > _CERTAIN)
    answers = np.concatenate([likelier, ~likelier[other]])
    shares = np.concatenate([weights * (1 - doubt), (weights * doubt)[other]])
    stacked = sp.vstack([rows, rows[other]], "csr") if len(other) else rows
    model = _estimator(settings).fit(stacked, answers, sample_weight=shares)
    return np.ravel(model.coef_), float(np.ravel(model.intercept_)[0])


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
    thresholds = np.array([_threshold(column, truth) for column, truth in zip(scores.T, tagged.T, strict=True)])
    band = _band(scores, thresholds, tagged, unsure_right)
    curves = np.array([_curve(column, truth) for column, truth in zip(scores.T, tagged.T, strict=True)])
    return replace(sigmoid, thresholds=thresholds, band=band, curves=curves)


def _threshold(scores: Floats, truth: Flags) -> float:
    """Give the threshold for the best F1: half of that F1, where scores are probabilities.

    Lipton, Elkan and Naryanaswamy 2014, https://doi.org/10.1007/978-3-662-44851-9_15. The threshold that happens to be
    the best one on these headlines is luck within a wide flat top; this one only needs the height of the top.
    """
    precision, recall, _ = precision_recall_curve(truth, scores)
    return float((precision * recall / np.maximum(precision + recall, 1e-12)).max())


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
