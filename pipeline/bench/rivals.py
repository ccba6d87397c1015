"""What others would write: fastText, and cached pymorphy3 before scikit-learn's TF-IDF. For ``rubrika bench`` only."""

import re
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

from pymorphy3 import MorphAnalyzer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from pipeline.errors import SettingsError

Predict = Callable[[list[str]], object]


def fasttext_predict(headlines: Sequence[str], labels: Sequence[str]) -> Predict:
    """Train fastText with word bigrams, and give its ``predict`` on a list.

    Args:
        headlines: What to learn from, without line ends.
        labels: The main topic of each.

    Returns:
        A function of a list of headlines.

    Raises:
        SettingsError: If fastText is not installed.
    """
    try:
        import fasttext
    except ImportError as error:
        expected = "the extra bench"
        raise SettingsError("bench", "no fastText", expected, "install it: pip install 'rubrika[bench]'") from error
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"__label__{label} {text}\n" for label, text in zip(labels, headlines, strict=True))
        file.flush()
        model = fasttext.train_supervised(file.name, dim=30, wordNgrams=2, epoch=5, lr=0.3, thread=1, verbose=0)
    predict: Predict = model.predict
    return predict


def naive_predict(headlines: Sequence[str], labels: Sequence[str]) -> Predict:
    """Train a pipeline of scikit-learn on lemmas by pymorphy3, each worked out once, and give its ``predict``.

    Args:
        headlines: What to learn from.
        labels: The main topic of each.

    Returns:
        A function of a list of headlines.
    """
    analyser, word = MorphAnalyzer(lang="ru"), re.compile(r"\w+")

    @cache
    def lemma(form: str) -> str:
        return str(analyser.parse(form)[0].normal_form)

    def lemmas(headline: str) -> list[str]:
        return [lemma(form) for form in word.findall(headline.lower())]

    tfidf = TfidfVectorizer(analyzer=lambda text: _with_bigrams(lemmas(text)), min_df=2, sublinear_tf=True)
    model = make_pipeline(tfidf, LogisticRegression(max_iter=300)).fit(headlines, labels)
    predict: Predict = model.predict
    return predict


def _with_bigrams(words: list[str]) -> list[str]:
    return words + [f"{one} {other}" for one, other in pairwise(words)]
