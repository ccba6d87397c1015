"""Calibration: the error by hand, small where scores keep their word, and as large as they break it."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.assess.calibration import BINS, by_topic, reliability

from judging import judged  # isort: skip


def test_error_by_hand() -> None:
    scores, truth = np.array([0.1, 0.1, 0.9, 0.9]), np.array([False, True, True, True])
    found = reliability(scores, truth, bins=2)
    assert [astuple(each) for each in found.bins] == [pytest.approx((2, 0.1, 0.5)), pytest.approx((2, 0.9, 1.0))]
    assert found.error == pytest.approx((2 * 0.4 + 2 * 0.1) / 4)
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.01 + 0.01) / 4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.3, 3), st.floats(0.3, 3))
def test_draws_from_the_scores_themselves_are_calibrated(seed: int, one: float, other: float) -> None:
    random = np.random.default_rng(seed)
    scores = random.beta(one, other, 20_000)
    assert reliability(scores, random.random(20_000) < scores).error < 0.02


@pytest.mark.parametrize("shift", [0.1, 0.2, 0.3])
def test_scores_that_promise_too_much_are_off_by_as_much(shift: float) -> None:
    random = np.random.default_rng(1)
    share = random.random(50_000) * (1 - shift)
    assert reliability(share + shift, random.random(50_000) < share).error == pytest.approx(shift, abs=0.01)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_bins_hold_every_headline_once(rows: list[tuple[float, bool]]) -> None:
    scores, truth = np.array([score for score, _ in rows]), np.array([carried for _, carried in rows])
    found = reliability(scores, truth)
    assert sum(each.rows for each in found.bins) == len(rows)
    assert sum(each.rows * each.share for each in found.bins) == pytest.approx(truth.sum())
    assert sum(each.rows * each.score for each in found.bins) == pytest.approx(scores.sum())
    assert len(found.bins) <= BINS
    assert 0 <= found.error <= 1
    assert [each.score for each in found.bins] == sorted(each.score for each in found.bins)


def test_each_topic_has_its_own() -> None:
    found = by_topic(judged("Рубль упал | economy | economy", "Дроны сбиты | war | economy"))
    assert found["economy"].brier == pytest.approx((0.1**2 + 0.9**2) / 2)
    assert found["war"].brier == pytest.approx((0.1**2 + 0.9**2) / 2)
    assert found["politics"].error == pytest.approx(0.1)
