"""Headlines of two topics: both found, and the main one first."""

import pytest
from judging import judged

from pipeline.assess.pairs import ALL, pairs
from pipeline.assess.rightness import Draws, Estimate

LINES = (
    "Указ о пенсиях подписан | economy politics | economy politics",
    "Кабмин повысил пошлины | economy politics | politics economy",
    "Бюджет принят парламентом | politics economy | politics",
    "Саммит обсудил перемирие | politics war | politics war",
    "Послы требуют прекратить огонь | war politics | economy war politics",
    "Рубль упал | economy | economy politics",
    "Съезд, биржа и фронт: итоги дня | politics economy war | politics economy war",
)


def test_by_hand() -> None:
    found = {pair.topics: pair for pair in pairs(judged(*LINES), Draws(200, 1))}
    figures = {
        name: (pair.support, *(each.value for each in (pair.both, pair.ordered, pair.whole)))
        for name, pair in found.items()
    }
    assert figures == {
        "politics economy": (3, pytest.approx(2 / 3), 0.5, pytest.approx(1 / 3)),
        "politics war": (2, 1.0, 1.0, 1.0),
        "economy war": (0, None, None, None),
        ALL: (5, 0.8, 0.75, 0.6),
    }


def test_order_cannot_be_judged_where_no_pair_was_found() -> None:
    (*_, found) = pairs(judged("Бюджет принят парламентом | politics economy | politics"), Draws(50, 1))
    assert found.both == Estimate(0.0, (0.0, 0.0))
    assert found.ordered == Estimate()
