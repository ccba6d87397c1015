"""A model as a plain scikit-learn pipeline, saved by skops: no pickle, and a list of what a reader must trust.

import skops.io
pipeline = skops.io.load("rubrika.skops", trusted=open("rubrika.skops.trusted.txt").read().split())
pipeline.predict(["Рубль упал"])        # a column a topic, as rubrika predict tags
pipeline.predict_proba(["Рубль упал"])  # an array a topic, its second column the score
"""

from pathlib import Path

import numpy as np
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from pipeline import model
from pipeline.atomic import replace_file
from pipeline.errors import ModelError
from pipeline.features import WORD_BLOCK
from pipeline.model import Model
from pipeline.registry.sklearn_tfidf import ChunkTfidf
from pipeline.topics import TOPICS


def export(folder: Path, out: Path) -> list[str]:
    """Write a model as a scikit-learn pipeline.

    Args:
        folder: The model's folder.
        out: The file to write; the trusted types go into one beside it, a name a line.

    Returns:
        The names of the types that a reader must trust.

    Raises:
        ModelError: If the files cannot be written.
    """
    data = skops.io.dumps(as_pipeline(model.load(folder)))
    trusted: list[str] = skops.io.get_untrusted_types(data=data)
    try:
        for path, content in ((out, data), (trusted_beside(out), "".join(f"{name}\n" for name in trusted).encode())):
            with replace_file(path) as file:
                file.write(content)
    except OSError as error:
        found = f"a place that cannot be written ({error.strerror})"
        raise ModelError(out, found, "a file in a folder that is there", "make it, or name another") from error
    return trusted


def trusted_beside(out: Path) -> Path:
    """Give the place of the list of trusted types that goes with an exported pipeline."""
    return out.with_name(f"{out.name}.trusted.txt")


def as_pipeline(made: Model) -> Pipeline:
    """Make a scikit-learn pipeline of a model.

    Its logistic regressions hold the classifiers with Platt's sigmoid folded in: their log-odds are the model's, their
    probabilities its scores, and their thresholds its own.

    Args:
        made: The model.

    Returns:
        A fitted pipeline from raw headlines to tags.
    """
    table, settings, decision = made.features, made.settings, made.decision
    blocks, names = [], table["block"].to_numpy()
    for block in dict.fromkeys(names):
        least = settings.tfidf_word_min_df if block == WORD_BLOCK else settings.tfidf_ngram_min_df
        transformer = ChunkTfidf(
            block,
            settings.lemmatize_words,
            settings.tfidf_ngram_min,
            settings.tfidf_ngram_max,
            least,
            settings.tfidf_idf_power,
        )
        own = names == block
        transformer.set_learnt(table["feature"].to_numpy()[own], table["idf"].to_numpy()[own])
        blocks.append((block, transformer))
    weights = np.column_stack([table[topic].to_numpy().astype(np.float64) for topic in TOPICS])
    classifiers = [
        _classifier(weights[:, place] * slope, intercept * slope + offset, threshold)
        for place, (slope, offset, threshold, intercept) in enumerate(
            zip(decision.slopes, decision.offsets, decision.thresholds, made.card.intercepts, strict=True)
        )
    ]
    several = MultiOutputClassifier(classifiers[0])
    several.estimators_, several.classes_ = classifiers, [each.classes_ for each in classifiers]
    return Pipeline([("tfidf", FeatureUnion(blocks)), ("classify", several)])


def _classifier(weights: np.ndarray, intercept: float, threshold: float) -> FixedThresholdClassifier:
    """Make a fitted classifier of one topic."""
    inner = LogisticRegression()
    inner.coef_, inner.intercept_, inner.classes_ = weights[None, :], np.array([intercept]), np.array([0, 1])
    inner.n_features_in_ = len(weights)
    outer = FixedThresholdClassifier(inner, threshold=float(threshold), response_method="predict_proba")
    outer.estimator_ = inner
    return outer
