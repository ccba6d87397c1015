"""Everything that can be turned: one frozen object, each field read by the stage that its name begins with."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Self

from pipeline.errors import SettingsError

WORDS = ("form", "lemma")
CLASSIFIERS = ("logistic", "svm")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a training; the defaults are the winners of the experiments (``models/README.md``)."""

    # split
    split_held_out: float = 0.1  # share of the headlines that judge and never train, 0 to 0.5
    split_folds: int = 5  # folds of the training side, for probabilities on rows that a fold's training did not see
    # lemmatize
    lemmatize_words: str = "lemma"  # what the word block counts: "lemma", or "form" as written
    # tfidf
    tfidf_min_df: int = 2  # headlines that a feature must stand in
    tfidf_ngram_min: int = 3  # letters of the shortest character n-gram, its word borders included
    tfidf_ngram_max: int = 6  # letters of the longest; 0: no n-grams
    # classify
    classify_model: str = "logistic"  # or "svm": a linear support vector machine with squared hinge loss
    classify_c: float = 10.0  # inverse strength of the L2 penalty, above 0
    # unsure
    unsure_right: float = 0.95  # share of right answers wanted among those that are not unsure, 0 to 1
    # evaluate
    evaluate_resamples: int = 1000  # bootstrap resamples behind each interval
    # everything that draws lots
    seed: int = 20260119

    def __post_init__(self) -> None:
        """Refuse a value out of its range.

        Raises:
            SettingsError: If a value cannot be used.
        """
        _check("split_held_out", self.split_held_out, 0 < self.split_held_out <= 0.5, "a share above 0, at most 0.5")
        _check("split_folds", self.split_folds, self.split_folds >= 2, "2 or more")
        _check("lemmatize_words", self.lemmatize_words, self.lemmatize_words in WORDS, f"one of {', '.join(WORDS)}")
        _check("tfidf_min_df", self.tfidf_min_df, self.tfidf_min_df >= 1, "1 or more")
        _check("tfidf_ngram_min", self.tfidf_ngram_min, self.tfidf_ngram_min >= 1, "1 or more")
        no_or_range = self.tfidf_ngram_max == 0 or self.tfidf_ngram_max >= self.tfidf_ngram_min
        _check("tfidf_ngram_max", self.tfidf_ngram_max, no_or_range, "0, or tfidf_ngram_min and more")
        model_known = self.classify_model in CLASSIFIERS
        _check("classify_model", self.classify_model, model_known, f"one of {', '.join(CLASSIFIERS)}")
        _check("classify_c", self.classify_c, self.classify_c > 0, "a number above 0")
        _check("unsure_right", self.unsure_right, 0 < self.unsure_right < 1, "a share between 0 and 1")
        _check("evaluate_resamples", self.evaluate_resamples, self.evaluate_resamples >= 10, "10 or more")

    def override(self, assignments: Iterable[str]) -> Self:
        """Give these settings with some changed, as ``--set`` writes them.

        Args:
            assignments: Texts such as ``classify_c=4``.

        Returns:
            New settings.

        Raises:
            SettingsError: If a setting does not exist or a value cannot be used.
        """
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        changed = {}
        for assignment in assignments:
            name, _, text = assignment.partition("=")
            if name not in kinds:
                raise SettingsError("--set", f"“{assignment}”", f"name=value with one of {', '.join(kinds)}", "mend it")
            changed[name] = _read(name, text, kinds[name])
        return replace(self, **changed)

    def __str__(self) -> str:
        """One ``name = value`` a line."""
        return "\n".join(f"{name} = {value}" for name, value in asdict(self).items())


def _check(name: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise SettingsError(f"setting {name}", repr(value), expected, "mend it")


def _read(name: str, text: str, kind: type) -> object:
    try:
        return kind(text)
    except ValueError as error:
        raise SettingsError(f"setting {name}", f"“{text}”", f"a value of type {kind.__name__}", "mend it") from error
