"""Peer: a bag of raw words by TF-IDF, and logistic regression, as a textbook writes it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import joblib
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from pipeline.peers.recipe import Flags, Floats, Recipe


@dataclass(frozen=True)
class Bag:
    """A trained scikit-learn pipeline."""

    model: Pipeline

    def margins(self, headlines: Sequence[str]) -> Floats:
        """Give the signed distances to the topics' boundaries; shape (n_headlines, n_topics)."""
        return np.asarray(self.model.decision_function(headlines))

    fresh = margins

    def size(self) -> int:
        """Give the bytes of the pipeline as joblib writes it."""
        data = io.BytesIO()
        joblib.dump(self.model, data)
        return data.getbuffer().nbytes


def recipes() -> list[Recipe]:
    """Give the textbook's settings, and no others."""
    return [Recipe("TF-IDF of words + logistic regression", "scikit-learn's defaults", _fit)]


def _fit(headlines: Sequence[str], tagged: Flags) -> Bag:
    model = make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LogisticRegression(solver="liblinear")))
    return Bag(model.fit(headlines, tagged.astype(int)))
