"""Figures of a labelled table: by hand, in laws, and by a naive bootstrap."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluate import TopicQuality, bootstrap, macro_f1, measure, outcomes, quality, resampled
from pipeline.tagger import Tagger

Flags = npt.NDArray[np.bool_]
GOLDEN = Path(__file__).parent / "golden/model"


def flags(rows: str) -> Flags:
    """Politics, economy, war of one headline after the other."""
    return np.array([[letter == "1" for letter in row] for row in rows.split()])


TRUTH, GIVEN = flags("100 100 010 001 000"), flags("100 010 010 001 100")


def drawn(rows: int, seed: int) -> tuple[Flags, Flags]:
    random = np.random.default_rng(seed)
    truth = random.random((rows, 3)) < [0.4, 0.3, 0.1]
    return truth ^ (random.random((rows, 3)) < 0.15), truth


def test_figures_by_hand() -> None:
    found = quality(GIVEN, TRUTH, 40, 1)
    assert found.topics == {
        "politics": TopicQuality(0.5, 0.5, 0.5, 2),
        "economy": TopicQuality(0.5, 1.0, 2 / 3, 1),
        "war": TopicQuality(1.0, 1.0, 1.0, 1),
    }
    assert found.macro_f1 == pytest.approx((1 / 2 + 2 / 3 + 1) / 3)
    assert (found.exact, found.rows) == (0.6, 5)
    assert found.interval == tuple(np.percentile(bootstrap(GIVEN, TRUTH, 40, 1), [2.5, 97.5]))


def test_topic_that_no_headline_carries_counts_for_nothing() -> None:
    given, truth = flags("100 011 000"), flags("100 010 000")
    found = quality(given, truth, 10, 1)
    assert found.macro_f1 == 1.0
    assert found.topics["war"] == TopicQuality(0.0, 0.0, 0.0, 0)
    nothing = quality(flags("000"), flags("000"), 10, 1)
    assert (nothing.macro_f1, nothing.interval, nothing.exact) == (0.0, (0.0, 0.0), 1.0)


def test_outcomes_are_hits_given_and_carried() -> None:
    found = outcomes(flags("110"), flags("101"))
    assert found.tolist() == [[[1, 0, 0], [1, 1, 0], [1, 0, 1]]]
    assert found.dtype == np.int64


def test_macro_f1_of_many_totals_is_that_of_each() -> None:
    totals = np.array([outcomes(*drawn(30, seed)).sum(axis=0) for seed in range(4)])
    np.testing.assert_array_equal(macro_f1(totals), [macro_f1(one) for one in totals])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=9), st.integers(0, 99))
def test_resamples_are_sums_of_as_many_rows(rows: list[tuple[int, int]], seed: int) -> None:
    table = np.array([(1, *row) for row in rows])
    sums = resampled(table, 5, seed)
    assert sums.shape == (5, 3)
    assert (sums[:, 0] == len(rows)).all()
    assert (sums >= len(rows) * table.min(axis=0)).all()
    assert (sums <= len(rows) * table.max(axis=0)).all()
    np.testing.assert_array_equal(sums, resampled(table, 5, seed))


def test_bootstrap_spreads_as_drawing_rows_does() -> None:
    given, truth = drawn(80, seed=5)
    random = np.random.default_rng(6)
    places = [random.integers(0, 80, 80) for _ in range(2000)]
    naive = [float(macro_f1(outcomes(given[some], truth[some]).sum(axis=0))) for some in places]
    draws = bootstrap(given, truth, 2000, seed=7)
    assert draws.shape == (2000,)
    assert draws.mean() == pytest.approx(np.mean(naive), abs=0.005)
    assert draws.std() == pytest.approx(np.std(naive), rel=0.1)
    assert not np.array_equal(draws, bootstrap(given, truth, 2000, seed=8))


def test_a_model_is_judged_by_the_tags_that_it_gives() -> None:
    tagger = Tagger.load(GOLDEN)  # one that would give every tag to anything
    tagger.decision = replace(tagger.decision, thresholds=np.full(3, 1e-9))
    truth = flags("111 100 000 010")
    found = measure(tagger, ["Рубль упал", "Сейм выбрал спикера", "Summit in Paris", "Снег"], truth, 30, 7)
    assert found == quality(flags("111 111 000 111"), truth, 30, 7)
    assert found.interval[0] < found.interval[1]
