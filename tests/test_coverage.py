"""Risk and coverage: the surest first, equals together, everything covered at the end."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import judged

from pipeline.assess.assessment import steps
from pipeline.assess.coverage import cover, curve
from pipeline.assess.rightness import Draws, Estimate

DRAWS = Draws(100, 1)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]), st.booleans()), min_size=1, max_size=40))
def test_curve_covers_more_and_more_and_at_last_all(rows: list[tuple[float, bool]]) -> None:
    sure, right = np.array([level for level, _ in rows]), np.array([hit for _, hit in rows])
    points = curve(sure, right)
    assert [point.coverage for point in points] == sorted({float((sure >= level).mean()) for level in sure})
    for point in points:
        assert point.right == pytest.approx(right[sure >= point.sureness].mean())
    assert astuple(points[-1]) == pytest.approx((1.0, right.mean(), sure.min()))


def test_by_hand() -> None:
    found = cover(
        judged(
            "Рубль упал | economy | economy | 0.9",
            "Дроны сбиты | war | war | 0.8",
            "Выборы прошли | politics | war | 0.7",
            "Гроза в горах | | war | 0.1",
        ),
        DRAWS,
    )
    assert [found.decided.value, found.right.value] == pytest.approx([0.75, 2 / 3])
    assert [point.right for point in found.curve] == pytest.approx([1, 1, 2 / 3, 0.5])
    assert found.risk == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert found.at(0.6) == found.at(0.75)
    assert astuple(found.at(0.6)) == pytest.approx((0.75, 2 / 3, 0.7))
    assert [point.coverage for point in steps(found)] == [1.0, 0.75, 0.5]


def test_sure_of_nothing() -> None:
    found = cover(judged("Рубль упал | economy | economy | 0.2", "Гроза | | war | 0.1"), DRAWS)
    assert found.decided == Estimate(0.0, (0.0, 0.0))
    assert found.right == Estimate()
