"""Settings: frozen, every field read, ranges kept, overrides read as the command line writes them."""

import ast
from dataclasses import FrozenInstanceError, asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RubrikaError, SettingsError
from pipeline.settings import Settings

PIPELINE = Path(__file__).parent.parent / "pipeline"
POSITIVE = "a number above 0, a millionth to a million"
POSITIVES = ("classify_penalty", "classify_written", "corrections_weight", "adapt_weight")
NAMES = [field.name for field in fields(Settings)]


def read_names() -> set[str]:
    """Names read as ``settings.NAME`` or ``….settings.NAME`` anywhere but in settings.py itself."""
    sources = [path for path in PIPELINE.rglob("*.py") if path.name != "settings.py"]
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    reads = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)]
    return {node.attr for node in reads if ast.unparse(node.value).rpartition(".")[2] == "settings"}


@pytest.mark.parametrize("name", NAMES)
def test_each_field_is_read(name: str) -> None:
    assert name in read_names()


def test_a_setting_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError, match="seed"):
        Settings().seed = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("assignment", "name", "value"),
    [
        ("classify_penalty=4", "classify_penalty", 4.0),
        ("classify_penalty=1e-3", "classify_penalty", 0.001),
        ("split_folds=3", "split_folds", 3),
        ("tfidf_ngram_max=0", "tfidf_ngram_max", 0),
        ("lemmatize_words=form", "lemmatize_words", "form"),
        ("classify_model=svm", "classify_model", "svm"),
        ("split_held_out=0.25", "split_held_out", 0.25),
    ],
)
def test_override(assignment: str, name: str, value: object) -> None:
    changed = asdict(Settings().override([assignment]))
    assert changed == asdict(Settings()) | {name: value}
    assert type(changed[name]) is type(value)


def test_override_changes_several_and_leaves_the_original() -> None:
    before = Settings()
    after = before.override(["tfidf_ngram_min=7", "tfidf_ngram_max=8", "seed=1", "seed=2"])
    assert (after.tfidf_ngram_min, after.tfidf_ngram_max, after.seed) == (7, 8, 2)
    assert before == Settings()


def test_override_by_nothing_is_the_same() -> None:
    assert Settings(classify_penalty=3).override([]) == Settings(classify_penalty=3)


@given(st.floats(0.001, 1000), st.integers(2, 9), st.sampled_from(["form", "lemma"]))
def test_what_settings_print_sets_them_again(strength: float, folds: int, words: str) -> None:
    settings = Settings(classify_penalty=strength, split_folds=folds, lemmatize_words=words)
    assert Settings().override(line.replace(" = ", "=") for line in str(settings).splitlines()) == settings


def test_str_is_one_setting_a_line() -> None:
    assert [line.split(" = ")[0] for line in str(Settings()).splitlines()] == NAMES
    assert "classify_penalty = 0.5" in str(Settings(classify_penalty=0.5)).splitlines()


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("classify_z=4", "--set: found “classify_z=4”; expected name=value with one of split_held_out, .*seed"),
        ("Classify_Penalty=4", "found “Classify_Penalty=4”; expected name=value"),
        ("=4", "found “=4”; expected name=value"),
        ("", "found “”; expected name=value"),
        ("classify_penalty", "setting classify_penalty: found “”; expected a value of type float"),
        ("classify_penalty=4,5", "setting classify_penalty: found “4,5”; expected a value of type float"),
        ("split_folds=2.5", "setting split_folds: found “2.5”; expected a value of type int"),
        ("lemmatize_words=стем", "setting lemmatize_words: found 'стем'; expected one of .*lemma"),
        ("classify_model=forest", "setting classify_model: found 'forest'; expected one of .*svm"),
    ],
)
def test_override_refuses(assignment: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings().override([assignment])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("split_held_out", 0, "a share above 0 and below 1"),
        ("split_held_out", 1, "a share above 0 and below 1"),
        ("split_folds", 1, "2 or more"),
        ("tfidf_ngram_min", 0, "1 or more"),
        ("tfidf_ngram_max", 2, "0, or tfidf_ngram_min and more"),
        *((name, value, POSITIVE) for name in POSITIVES for value in (0, 1e-320, float("inf"), float("nan"))),
        *(("tfidf_idf_power", value, "0 to 10") for value in (100, float("inf"), float("nan"))),
        ("seed", 1 << 32, "0 or more, below 2 to the 32nd"),
        ("unsure_right", 0, "a share above 0 and below 1"),
        ("unsure_right", 1.0, "a share above 0 and below 1"),
        ("evaluate_resamples", 0, "1 or more"),
    ],
)
def test_values_out_of_range_are_refused(name: str, value: Any, expected: str) -> None:
    with pytest.raises(SettingsError, match=f"setting {name}: found .*; expected {expected}; mend it"):
        replace(Settings(), **{name: value})


@pytest.mark.parametrize("name", NAMES)
def test_each_setting_has_a_range(name: str) -> None:
    value: Any = "стем" if isinstance(getattr(Settings(), name), str) else -1
    with pytest.raises(SettingsError, match=f"setting {name}: found {value!r}; expected .*; mend it"):
        replace(Settings(), **{name: value})


def test_wrong_settings_are_wrong_usage() -> None:
    assert issubclass(SettingsError, RubrikaError)
    assert SettingsError.exit_code == 2
