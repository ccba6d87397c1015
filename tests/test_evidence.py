"""The evidence for a promotion: differences of the same headlines, resampled in pairs, and what speaks against."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import f1_score

from pipeline.assess.judged import Judged
from pipeline.assess.rightness import Draws
from pipeline.registry.evidence import Difference, Evidence, compare
from pipeline.tagger import Tagger
from pipeline.train import Trained

DRAWS = Draws(2000, 7)


def difference(name: str, gain: float, low: float, high: float) -> Difference:
    return Difference(name, 0.8, 0.8 + gain, low, high)


EQUAL = Evidence(
    overall=difference("macro-F1", 0, 0, 0),
    topics=[difference("F1 of war", 0, 0, 0)],
    calibration=difference("calibration error", 0, 0, 0),
    slices=[("origin retold", 0.8, 0.8)],
    rows=1000,
)


@pytest.mark.parametrize(
    ("changed", "objection"),
    [
        ({}, None),
        ({"overall": difference("macro-F1", 0.001, -0.02, 0.03)}, None),
        ({"overall": difference("macro-F1", -0.001, -0.02, 0.03)}, "lower overall"),
        ({"topics": [difference("F1 of war", -0.01, -0.03, 0.001)]}, None),
        ({"topics": [difference("F1 of war", -0.02, -0.03, -0.001)]}, "F1 of war -2.0 points (-3.0 to -0.1): worse"),
        ({"calibration": difference("calibration error", 0.01, -0.001, 0.02)}, None),
        ({"calibration": difference("calibration error", 0.01, 0.001, 0.02)}, "calibration error +1.0 points"),
        ({"slices": [("year 2024", 0.85, 0.83)]}, None),
        ({"slices": [("year 2024", 0.85, 0.81)]}, "year 2024 falls from 0.850 to 0.810, by over 3 points"),
    ],
)
def test_rule(changed: dict[str, object], objection: str | None) -> None:
    evidence = replace(EQUAL, **changed)  # type: ignore[arg-type]  # a table of fields
    assert [told.startswith(objection or "") for told in evidence.objections] == [True] * (objection is not None)
    assert ("not as good: " in str(evidence)) == (objection is not None)


@pytest.fixture(scope="module")
def held_out(trained: Trained) -> pd.DataFrame:
    return trained.corpus.frame[trained.corpus.held_out]


def test_model_against_itself_differs_in_nothing(tagger: Tagger, held_out: pd.DataFrame) -> None:
    found = compare(tagger, tagger, held_out, DRAWS)
    for each in (found.overall, *found.topics, found.calibration):
        assert (each.gain, each.low, each.high) == (0, 0, 0)
    assert found.objections == []


def test_difference_is_that_of_scikit_learn_and_its_interval_that_of_scipy(
    tagger: Tagger, worse: Trained, held_out: pd.DataFrame
) -> None:
    one, other = Judged.of(Tagger(worse.model), held_out), Judged.of(tagger, held_out)
    found = compare(Tagger(worse.model), tagger, held_out, DRAWS).overall

    def gain(rows: np.ndarray) -> float:
        return float(
            f1_score(one.truth[rows], other.given[rows], average="macro", zero_division=0)
            - f1_score(one.truth[rows], one.given[rows], average="macro", zero_division=0)
        )

    rows = np.arange(len(held_out))
    assert found.gain == pytest.approx(gain(rows))
    expected = stats.bootstrap((rows,), gain, method="percentile", n_resamples=300, vectorized=False, rng=1)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval), abs=0.012)


def test_the_reverse_comparison_is_the_mirror(tagger: Tagger, worse: Trained, held_out: pd.DataFrame) -> None:
    there = compare(tagger, Tagger(worse.model), held_out, DRAWS)
    back = compare(Tagger(worse.model), tagger, held_out, DRAWS)
    for one, other in zip(
        (there.overall, *there.topics, there.calibration), (back.overall, *back.topics, back.calibration), strict=True
    ):
        assert (one.gain, one.low, one.high) == pytest.approx((-other.gain, -other.high, -other.low))
    assert [(name, new, old) for name, old, new in there.slices] == back.slices
