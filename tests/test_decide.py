"""Decisions: given at the threshold, moved for a precision, kept in plain values."""

import json
import re

import numpy as np
import pytest

from pipeline.decide import Decision
from pipeline.errors import SettingsError

# Threshold, precision, recall.
EVEN = [[0.2, 0.5, 1.0], [0.4, 0.75, 0.8], [0.6, 0.75, 0.6], [0.8, 1.0, 0.3]]
DIP = [[0.2, 0.75, 1.0], [0.4, 0.5, 0.8], [0.6, 0.8, 0.6], [0.8, 0.9, 0.3]]
EMPTY = [[0.2, 0.25, 1.0], [0.4, 0.75, 0.5], [0.6, 0.9, 0.2], [0.8, 1.0, 0.0]]
DECISION = Decision(
    np.array([1.0, 2.0, 4.0]), np.array([0.0, -0.5, 1.0]), np.array([0.4, 0.5, 0.9]), 0.5, np.array([EVEN, DIP, EMPTY])
)


def test_plain_values_give_the_same_decision() -> None:
    plain = json.loads(json.dumps(DECISION.plain()))
    assert plain["slopes"] == [1.0, 2.0, 4.0]
    assert plain["band"] == 0.5
    assert Decision.of(plain).plain() == plain


def test_a_score_at_its_threshold_gives_the_topic_and_is_as_unsure_as_can_be() -> None:
    assert DECISION.given(np.array([[0.4, 0.49, 0.91]])).tolist() == [[True, False, True]]
    assert DECISION.unsure(np.array([[0.4, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.75, 1.0]])).tolist() == [
        True,
        False,
        False,  # half the way: as sure as the band asks
    ]


@pytest.mark.parametrize(
    ("precision", "thresholds"),
    [
        (0.25, [0.2, 0.2, 0.2]),
        (0.5, [0.2, 0.2, 0.4]),
        (0.75, [0.4, 0.6, 0.4]),  # 0.75 is reached; where it is lost again further on, it does not hold
        (0.9, [0.8, 0.8, 0.6]),
    ],
)
def test_a_wanted_precision_takes_the_lowest_threshold_from_which_it_holds(
    precision: float, thresholds: list[float]
) -> None:
    moved = DECISION.precise(precision)
    assert moved.thresholds.tolist() == thresholds
    assert moved.slopes is DECISION.slopes


def test_a_precision_that_nothing_reaches_is_told_with_the_best_that_there_is() -> None:
    told = "--min-precision: found 0.95 for economy; expected at most 0.900; ask for less"
    with pytest.raises(SettingsError, match=f"^{re.escape(told)}$"):
        DECISION.precise(0.95)


def test_a_threshold_between_two_of_the_curve_leaves_what_the_higher_one_does() -> None:
    assert DECISION.left().tolist() == [[0.75, 0.8], [0.8, 0.6], [1.0, 0.0]]
