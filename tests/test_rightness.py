"""Figures with intervals: the ones of scikit-learn, inside their intervals, and none where none can be had."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import judged
from sklearn.metrics import precision_recall_fscore_support

from pipeline.assess.rightness import Draws, Estimate, rightness
from pipeline.evaluate import quality
from pipeline.topics import TOPICS

DRAWS = Draws(200, 7)
Flags = npt.NDArray[np.bool_]
FLAGS: st.SearchStrategy[Flags] = st.lists(st.tuples(*[st.booleans()] * 6), min_size=1, max_size=25).map(np.array)


@settings(max_examples=60, deadline=None)
@given(FLAGS)
def test_figures_are_those_of_scikit_learn_and_lie_in_their_intervals(flags: Flags) -> None:
    tags, truth = flags[:, :3], flags[:, 3:]
    found = rightness(tags, truth, DRAWS)
    expected = precision_recall_fscore_support(truth, tags, average=None, zero_division=0)
    for place, topic in enumerate(found.topics.values()):
        estimates = topic.precision, topic.recall, topic.f1
        for estimate, number in zip(estimates, np.array(expected)[:3, place], strict=True):
            assert estimate.value is None or estimate.value == pytest.approx(number)
        assert (topic.precision.value is None) == (not tags[:, place].any())
        assert (topic.recall.value is None) == (topic.f1.value is None) == (not truth[:, place].any())
        assert [topic.support, topic.given] == np.sum([truth[:, place], tags[:, place]], axis=1).tolist()
    topics = [one for topic in found.topics.values() for one in (topic.precision, topic.recall, topic.f1)]
    for estimate in [*topics, found.macro_f1, found.exact]:
        if estimate.value is not None and estimate.interval is not None:
            assert 0 <= estimate.interval[0] <= estimate.value <= estimate.interval[1] <= 1
        assert (estimate.value is None) == (estimate.interval is None)


def test_macro_f1_and_its_interval_are_those_of_a_training() -> None:
    random = np.random.default_rng(3)
    truth = random.random((300, 3)) < 0.3
    tags = truth ^ (random.random((300, 3)) < 0.1)
    found, known = rightness(tags, truth, DRAWS), quality(tags, truth, *DRAWS)
    assert found.macro_f1.value == pytest.approx(known.macro_f1)
    assert found.macro_f1.interval == pytest.approx(known.interval)
    assert found.exact.value == pytest.approx(known.exact)


def test_interval_of_one_topic_is_that_of_macro_f1_where_there_is_no_other() -> None:
    random = np.random.default_rng(4)
    truth = (random.random((200, 3)) < 0.4) & [False, True, False]
    tags = truth ^ ((random.random((200, 3)) < 0.1) & [False, True, False])
    f1, known = rightness(tags, truth, DRAWS).topics["economy"].f1, quality(tags, truth, *DRAWS)
    assert f1.value == pytest.approx(known.macro_f1)
    assert f1.interval == pytest.approx(known.interval)


def test_intervals_of_many_rows_are_as_wide_as_theory_says() -> None:
    right = np.arange(2000) % 5 != 0
    truth = np.ones((2000, 3), dtype=bool)
    low, high = rightness(truth & right[:, None], truth, Draws(2000, 1)).exact.interval or (0, 0)
    assert high - low == pytest.approx(2 * 1.96 * (0.8 * 0.2 / 2000) ** 0.5, rel=0.1)


@pytest.mark.parametrize(
    ("line", "had"),
    [
        ("Рубль упал | economy | economy", {"precision": 1.0, "recall": 1.0, "f1": 1.0}),
        ("Рубль упал | economy | war", {"precision": None, "recall": 0.0, "f1": 0.0}),
        ("Гроза в горах | | economy", {"precision": 0.0, "recall": None, "f1": None}),
        ("Гроза в горах | |", {"precision": None, "recall": None, "f1": None}),
    ],
)
def test_one_headline(line: str, had: dict[str, float | None]) -> None:
    one = judged(line)
    economy = rightness(one.given, one.truth, DRAWS).topics["economy"]
    assert {name: getattr(economy, name).value for name in had} == had


def test_without_any_topic_there_is_no_macro_f1() -> None:
    none = np.zeros((9, len(TOPICS)), dtype=bool)
    found = rightness(none, none, DRAWS)
    assert found.macro_f1 == Estimate()
    assert found.exact == Estimate(1.0, (1.0, 1.0))
