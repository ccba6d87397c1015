"""Which features and which classifier: each choice a tracked run, all of them a table in ``models/README.md``."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from pipeline import track
from pipeline.corpus import read_corpus
from pipeline.evaluate import Quality, measure
from pipeline.labelled import read_labelled, tagged
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.train import Trained, train_on

_LOGISTIC: Final = {"classify_model": "logistic", "classify_penalty": "0.2"}
_NO_NGRAMS: Final = {"tfidf_ngram_max": "0"}
_RAW: Final = {"lemmatize_words": "form"}
_PENALTIES: Final = {"svm": ("3", "8", "12"), "ridge": ("2", "4", "8"), "logistic": ("0.1", "0.2", "0.4")}
_FEATURES: Final[Mapping[str, Mapping[str, str]]] = {
    "raw words, logistic": _RAW | _NO_NGRAMS | _LOGISTIC,
    "lemmas, logistic": _NO_NGRAMS | _LOGISTIC,
    "raw words, svm": _RAW | _NO_NGRAMS,
    "lemmas, svm": _NO_NGRAMS,
    "raw words + n-grams, svm": _RAW,
    "lemmas + n-grams of 3 to 5, svm": {"tfidf_ngram_max": "5"},
    "lemmas + n-grams of 2 to 6, svm": {"tfidf_ngram_min": "2"},
    "lemmas + n-grams, svm, idf not squared": {"tfidf_idf_power": "1"},
    "lemmas + n-grams, svm, idf to the 1.5": {"tfidf_idf_power": "1.5"},
    "lemmas in 2 headlines or more + n-grams, svm": {"tfidf_word_min_df": "2"},
    "lemmas + n-grams, svm, all origins alike": {"classify_written": "1"},
    "lemmas + n-grams, svm, second tags in full": {"classify_second": "1"},
}
_CLASSIFIERS: Final[Mapping[str, Mapping[str, str]]] = {
    f"lemmas + n-grams, {name}, penalty {penalty}": {"classify_model": name, "classify_penalty": penalty}
    for name, penalties in _PENALTIES.items()
    for penalty in penalties
}
CHOICES: Final[Mapping[str, Mapping[str, str]]] = {"lemmas + n-grams, svm": {}, **_FEATURES, **_CLASSIFIERS}
"""What is tried, as changes to the default settings: features with the default classifier or the textbook's, then
classifiers and penalties on the default features."""

_BEST: Final = 10
"""Rows of the first table."""


def experiment(paths: Sequence[Path], foreign: Path | None, table: Path) -> None:
    """Try all choices, each a nested MLflow run, and write a table of them.

    Args:
        paths: Labelled tables to train on.
        foreign: A labelled table of other people's headlines, to measure on and never to train or choose by.
        table: The Markdown file to write.
    """
    tried: dict[str, tuple[Trained, Quality | None, float]] = {}
    stages = Stages()
    corpus = read_corpus(paths, Settings().split_held_out)
    with track.run("experiment", asdict(Settings())):
        for name, changes in CHOICES.items():
            settings = Settings().override(f"{key}={value}" for key, value in changes.items())
            stages.console.rule(name)
            with track.run(name, asdict(settings), nested=True):
                trained = train_on(corpus, settings, stages)
                abroad = _abroad(trained, foreign)
                track.log_trained(trained, {}, stages)
                if abroad:
                    track.log_quality(abroad, "foreign")
            tried[name] = (trained, abroad, sum(stages.seconds.values()))
    table.write_text(_markdown(tried), encoding="utf-8")


def _abroad(trained: Trained, foreign: Path | None) -> Quality | None:
    if foreign is None:
        return None
    frame, settings = read_labelled(foreign), trained.model.settings
    tagger = Tagger(trained.model)
    return measure(tagger, frame["headline"], tagged(frame), settings.evaluate_resamples, settings.seed)


def _markdown(tried: Mapping[str, tuple[Trained, Quality | None, float]]) -> str:
    """Lay out the choices, the best in cross-validation first."""
    rows = []
    for name, (trained, abroad, seconds) in sorted(tried.items(), key=lambda item: -item[1][0].validated.macro_f1):
        measured = [trained.validated, trained.held_out, *([abroad] if abroad else [])]
        cells = [f"{each.macro_f1:.3f} ({each.interval[0]:.3f}–{each.interval[1]:.3f})" for each in measured]
        topics = " / ".join(f"{topic.f1:.3f}" for topic in trained.held_out.topics.values())
        rows.append(" | ".join([name, *cells, *([] if abroad else ["–"]), topics, f"{seconds:.0f} s"]))
    best, others = ("".join(f"| {row} |\n" for row in some) for some in (rows[:_BEST], rows[_BEST:]))
    return _HEAD + _COLUMNS + best + (_OTHERS + _COLUMNS + others if others else "")


_HEAD: Final = """# Models

Training leaves its models here: `champion/`, which `make predict` uses. None is committed; `make train` makes it.

## Experiments

Made by `make experiment`: each row is an MLflow run with its parameters, figures, data set and times. Macro-F1 with its
95 % bootstrap interval: in cross-validation over the training side, on the corpus's own held-out headlines, and on real
headlines of others, which nothing is trained on and nothing chosen by; by topic: F1 of politics / economy / war. The
choice is made in cross-validation; where the first rows cannot be told apart there, the default, “lemmas + n-grams,
svm”, is kept: it can also be fitted without multiplying headlines and features out (`pipeline/factors.py`). The ten
best of all that was tried:

"""
_NAMES: Final = (
    "features, classifier",
    "cross-validation",
    "held out",
    "others' headlines",
    "held out by topic",
    "time",
)
_COLUMNS: Final = f"| {' | '.join(_NAMES)} |\n|{' --- |' * len(_NAMES)}\n"
_OTHERS: Final = """
The others:

"""
