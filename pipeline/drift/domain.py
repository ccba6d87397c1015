"""Whether a classifier can tell two batches apart: the AUC of one that saw neither headline of a pair that it ranks.

The domain classifier of Ben-David et al. 2007 ("Analysis of representations for domain adaptation", NIPS), on the
features that the model itself counts. In each fold its chance is that of a rank sum: the classifier has not seen the
fold, and stratified folds leave every dealing of the labels within it equally likely where batches are alike. The
folds' chances depend on each other; twice their mean is a chance all the same (Vovk and Wang 2020, "Combining p-values
via averaging", Biometrika 107).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp
from scipy import stats
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from pipeline import tfidf
from pipeline.chunks import split
from pipeline.drift.signs import Figure, Floats, Sign
from pipeline.features import Features
from pipeline.lemmatize import lemmatize
from pipeline.model import Model

_FOLDS: Final = 5
_PENALTY: Final = 0.2
"""scikit-learn's C; small, as the classifier shall see what the batches have in common and not single headlines."""
_MATTERS: Final = 0.2
"""A month of news is told from the next with an AUC of 0.66; from 0.70 on, other things are written, or otherwise."""


def domain(reference: Sequence[str], new: Sequence[str], model: Model, seed: int) -> Sign:
    """Try to tell two batches apart.

    Args:
        reference: Headlines.
        new: Headlines.
        model: Whose features are looked at.
        seed: Of the folds.

    Returns:
        The sign; its figures are AUCs, 0.5 if nothing can be told.
    """
    vectors, labels = features([*reference, *new], model), np.repeat([0, 1], [len(reference), len(new)])
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    ranked = []
    for seen, asked in folds.split(labels, labels):
        classifier = LinearSVC(C=_PENALTY, random_state=seed).fit(vectors[seen], labels[seen])
        ranked.append(_rank(classifier.decision_function(vectors[asked]), labels[asked]))
    aucs, chances = np.mean(ranked, axis=0)
    return Sign(
        "told apart (AUC)",
        Figure(0.5, 0.5, 0.5),
        _auc(float(aucs), *np.bincount(labels)),
        min(2 * float(chances), 1),
        _MATTERS,
    )


def features(headlines: Sequence[str], model: Model) -> sp.csr_array:
    """Give the vectors of headlines in the model's own features; shape (n_headlines, n_features met)."""
    chunks = split(pa.array(headlines, pa.string()))
    counts = tfidf.count(chunks, [lemmatize(chunk) for chunk in chunks.distinct], Features.of(model.settings))
    return tfidf.transform(counts, [_block(model, name, names) for name, names in counts.features.items()])


def _block(model: Model, name: str, counted: np.ndarray) -> tfidf.Block:
    """Choose those of the features counted that the model has, with its weights."""
    table = model.features.filter(pc.equal(model.features["block"], pa.scalar(name)))
    places = pc.index_in(pa.array(counted), value_set=table["feature"].combine_chunks())
    known = np.flatnonzero(places.is_valid())
    return tfidf.Block(name, known, table["idf"].take(places.drop_null()).to_numpy().astype(np.float64))


def _rank(scores: Floats, labels: np.ndarray) -> tuple[float, float]:
    """Give the AUC of scores, and the chance of one as high."""
    new, reference = scores[labels == 1], scores[labels == 0]
    found = stats.mannwhitneyu(new, reference, alternative="greater")
    return float(found.statistic) / (len(new) * len(reference)), float(found.pvalue)


def _auc(auc: float, reference: int, new: int) -> Figure:
    """Give an AUC with its interval (Hanley and McNeil 1982, Radiology 143)."""
    pairs, squares = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (new - 1) * (pairs - auc**2) + (reference - 1) * (squares - auc**2)
    half = 1.96 * float(np.sqrt(max(spread, 0) / (reference * new)))
    return Figure(auc, max(auc - half, 0), min(auc + half, 1))
