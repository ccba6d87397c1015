"""What a model must beat: the majority's answer, and a bag of raw words as a textbook writes it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from pipeline.corpus import Corpus
from pipeline.evaluate import Quality, quality
from pipeline.settings import Settings

Flags = npt.NDArray[np.bool_]


def baselines(corpus: Corpus, settings: Settings) -> dict[str, Quality]:
    """Measure what is free to have on the headlines held out.

    Args:
        corpus: What to learn from and to be judged on.
        settings: How to measure.

    Returns:
        Qualities by name.
    """
    asked, truth = corpus.asked
    seen, tagged = list(corpus.frame["headline"][corpus.train]), corpus.tagged[corpus.train]
    given = {"raw words": raw_words(seen, tagged, asked), "majority": majority(tagged, len(asked))}
    return {name: quality(flags, truth, settings.evaluate_resamples, settings.seed) for name, flags in given.items()}


def majority(tagged: Flags, rows: int) -> Flags:
    """Give every headline the commonest topic.

    Args:
        tagged: The training headlines' tags; shape (n_training, n_topics).
        rows: Headlines to answer.

    Returns:
        Shape (rows, n_topics).
    """
    totals = tagged.sum(axis=0)
    return np.tile(totals == np.max(totals), (rows, 1))


def raw_words(headlines: Sequence[str], tagged: Flags, asked: Sequence[str]) -> Flags:
    """Learn from raw words by scikit-learn's defaults, and answer.

    Args:
        headlines: The training headlines.
        tagged: Their tags; shape (n_training, n_topics).
        asked: Headlines to answer.

    Returns:
        Shape (n_asked, n_topics).
    """
    answers = [
        make_pipeline(TfidfVectorizer(), LogisticRegression(solver="liblinear")).fit(headlines, column).predict(asked)
        for column in tagged.T
    ]
    return np.column_stack(answers).astype(bool)
