"""Likeness is the share of common lemmas, whatever their forms."""

import pytest

from pipeline.likeness import jaccard, likeness


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [("а б", "а б", 1), ("а б", "а", 1 / 2), ("а б в", "б в г", 1 / 2), ("а", "б", 0), ("", "", 0)],
)
def test_likeness_is_the_share_of_common_lemmas(one: str, other: str, likeness: float) -> None:
    assert jaccard(frozenset(one.split()), frozenset(other.split())) == likeness


def test_likeness_of_headlines_is_that_of_their_lemmas() -> None:
    assert likeness("Суд идет", "Суды идут завтра") == 2 / 3
