"""Precision against recall: the average precision by its definition, and nothing without a headline of the topic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.assess.ranking import ranking


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=30))
def test_average_precision_is_the_mean_over_the_headlines_of_the_topic(rows: list[tuple[int, bool]]) -> None:
    scores, truth = np.array([score / 6 for score, _ in rows]), np.array([carried for _, carried in rows])
    found = ranking(scores, truth)
    if not truth.any():
        assert found is None
        return
    assert found is not None
    expected = np.mean([truth[scores >= score].mean() for score in scores[truth]])
    assert found.average_precision == pytest.approx(expected)
    assert sorted(recall for recall, _ in found.curve)[-1] == 1.0
    assert [recall for recall, _ in found.curve] == sorted((recall for recall, _ in found.curve), reverse=True)
