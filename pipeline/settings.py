"""Everything that can be turned: one frozen object, each field read by the stage that its name begins with."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Self

from pipeline.errors import SettingsError

WORDS = ("form", "lemma")
CLASSIFIERS = ("svm", "ridge", "logistic")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a training; the defaults are the winners of the experiments (``models/README.md``)."""

    # split
    split_held_out: float = 0.06  # share of the headlines that judge and never train, 0 to 1
    split_folds: int = 5  # folds of the training side, for probabilities on rows that a fold's training did not see
    # lemmatize
    lemmatize_words: str = "lemma"  # what the word block counts: "lemma", or "form" as written
    # tfidf
    tfidf_word_min_df: int = 1  # headlines that a word must stand in
    tfidf_ngram_min_df: int = 2  # headlines that a character n-gram must stand in
    tfidf_ngram_min: int = 3  # letters of the shortest character n-gram, its word borders included
    tfidf_ngram_max: int = 6  # letters of the longest; 0: no n-grams
    tfidf_idf_power: float = 2.0  # how much rare features outweigh common ones: 0 not at all, 1 the textbook's idf
    # classify
    classify_model: str = "svm"  # linear, with squared hinge loss; or "ridge", least squares on ±1; or "logistic"
    classify_penalty: float = 5.0  # strength of the L2 penalty, above 0 (the inverse of scikit-learn's C)
    classify_written: float = 1.5  # weight of a headline written from knowledge or as a hard case, of a retold one: 1
    classify_second: float = 0.7  # weight of a headline for a topic that it carries as a second tag, 0 to 1
    # corrections
    corrections_weight: float = 2.0  # weight of a headline whose tags an editor corrected, of a retold one: 1
    # adapt
    adapt_weight: float = 1.0  # what a headline of an archive counts beside one of the corpus, above 0
    # unsure
    unsure_right: float = 0.96  # share of right answers wanted among those that are not unsure, 0 to 1
    # evaluate
    evaluate_resamples: int = 1000  # bootstrap resamples behind each interval
    # everything that draws lots
    seed: int = 20260119

    def __post_init__(self) -> None:
        """Refuse a value out of its range.

        Raises:
            SettingsError: If a value cannot be used.
        """
        for name, (holds, expected) in _RANGES.items():
            value = getattr(self, name)
            if not holds(value):
                raise SettingsError(f"setting {name}", repr(value), expected, "mend it")
        if 0 < self.tfidf_ngram_max < self.tfidf_ngram_min:
            found = f"{self.tfidf_ngram_max} under tfidf_ngram_min = {self.tfidf_ngram_min}"
            raise SettingsError("setting tfidf_ngram_max", found, "0, or tfidf_ngram_min and more", "mend it")

    def override(self, assignments: Iterable[str]) -> Self:
        """Give these settings with some changed, as ``--set`` writes them.

        Args:
            assignments: Texts such as ``classify_penalty=4``.

        Returns:
            New settings.

        Raises:
            SettingsError: If a setting does not exist or a value cannot be used.
        """
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        changed: dict[str, Any] = {}
        for assignment in assignments:
            name, _, text = assignment.partition("=")
            if name not in kinds:
                raise SettingsError("--set", f"“{assignment}”", f"name=value with one of {', '.join(kinds)}", "mend it")
            changed[name] = _read(name, text, kinds[name])
        return replace(self, **changed)

    def __str__(self) -> str:
        """One ``name = value`` a line."""
        return "\n".join(f"{name} = {value}" for name, value in asdict(self).items())


_SHARE = (lambda value: 0 < value < 1, "a share above 0 and below 1")
_LEAST, _MOST, _STEEPEST = 1e-6, 1e6, 10  # beyond them sums overflow, or a library refuses
_POSITIVE = (lambda value: _LEAST <= value <= _MOST, "a number above 0, a millionth to a million")
_RANGES: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "split_held_out": _SHARE,
    "split_folds": (lambda value: value > 1, "2 or more"),
    "lemmatize_words": (lambda value: value in WORDS, f"one of {', '.join(WORDS)}"),
    "tfidf_word_min_df": (lambda value: value > 0, "1 or more"),
    "tfidf_ngram_min_df": (lambda value: value > 0, "1 or more"),
    "tfidf_ngram_min": (lambda value: value > 0, "1 or more"),
    "tfidf_ngram_max": (lambda value: value >= 0, "0 or more"),
    "tfidf_idf_power": (lambda value: 0 <= value <= _STEEPEST, f"0 to {_STEEPEST}"),
    "classify_model": (lambda value: value in CLASSIFIERS, f"one of {', '.join(CLASSIFIERS)}"),
    "classify_penalty": _POSITIVE,
    "classify_written": _POSITIVE,
    "classify_second": (lambda value: 0 < value <= 1, "a number above 0, at most 1"),
    "corrections_weight": _POSITIVE,
    "adapt_weight": _POSITIVE,
    "unsure_right": _SHARE,
    "seed": (lambda value: 0 <= value < 1 << 32, "0 or more, below 2 to the 32nd"),
    "evaluate_resamples": (lambda value: value > 0, "1 or more"),
}


def _read(name: str, text: str, kind: type) -> object:
    try:
        return kind(text)
    except ValueError as error:
        raise SettingsError(f"setting {name}", f"“{text}”", f"a value of type {kind.__name__}", "mend it") from error
