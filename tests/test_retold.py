"""Twins are those that comparing all with all finds, none missed, none made up, in small tables and in the corpus."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import retold
from pipeline.labelled import read_labelled
from pipeline.likeness import jaccard, lemma_sets, likeness
from pipeline.retold import RETELLING, TWIN, have_twins, resembling, twins_before

CORPUS = Path(__file__).parent.parent / "data/headlines.csv"
WORDS = ["суд", "мэр", "завод", "газ", "выборы", "фронт", "рубль", "пожар", "закон", "мост", "банк", "дождь"]
HEADLINES = st.lists(st.sampled_from(WORDS), max_size=7, unique=True).map(" ".join)
DATES = st.sampled_from(["", "2024", "2024-03", "2024-03-17", "2024-04"])
ROWS = st.lists(st.tuples(HEADLINES, DATES), max_size=14)
Rows = list[tuple[str, str]]


def columns(rows: Rows) -> tuple[list[str], list[str]]:
    return [headline for headline, _ in rows], [date for _, date in rows]


def twins(rows: Rows, others: Rows) -> list[list[int]]:
    """For each row the places of its twins among others, by comparing all with all."""
    sets, known = lemma_sets(columns(rows)[0]), lemma_sets(columns(others)[0])

    def twin(row: int, place: int) -> bool:
        date, other = rows[row][1], others[place][1]
        month = len(date) > len("2024") and date[:7] == other[:7]
        return jaccard(sets[row], known[place]) >= (RETELLING if month else TWIN)

    return [[place for place in range(len(others)) if twin(row, place)] for row in range(len(rows))]


@settings(deadline=None, max_examples=200)
@given(ROWS, ROWS, st.sampled_from([5, 1 << 16]))
def test_twins_are_what_comparing_all_with_all_finds(rows: Rows, others: Rows, pairs_at_a_time: int) -> None:
    headlines, known = columns(rows)[0], columns(others)[0]
    undated = twins([(headline, "2024-03") for headline in headlines], [(other, "2024-03") for other in known])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retold, "_COMPARED", pairs_at_a_time)
        before = [[place for place in places if place < row] for row, places in enumerate(twins(rows, rows))]
        assert list(twins_before(*columns(rows))) == before
        assert have_twins(*columns(rows), *columns(others)).tolist() == [*map(bool, twins(rows, others))]
        assert resembling(headlines, iter(known)) == [*map(bool, undated)]


def test_resembling_in_the_corpus_is_what_the_product_of_sets_finds() -> None:
    headlines = list(read_labelled(CORPUS)["headline"])
    asked, known = headlines[::50], headlines[1::20] + headlines[2::20]
    sets = lemma_sets(asked + known)
    places = {lemma: place for place, lemma in enumerate(frozenset().union(*sets))}
    ends = np.cumsum([0, *map(len, sets)])
    lemmas = np.array([places[lemma] for own in sets for lemma in own])
    members = sp.csr_array((np.ones(len(lemmas)), lemmas, ends), (len(sets), len(places)))
    common, sizes = (members[: len(asked)] @ members[len(asked) :].T).toarray(), np.diff(ends)
    union = sizes[: len(asked), None] + sizes[None, len(asked) :] - common
    expected = (common >= RETELLING * np.maximum(union, 1) - 1e-9).any(axis=1)
    assert 10 < expected.sum() < len(asked) / 2
    assert resembling(asked, known) == expected.tolist()


def test_of_a_crowd_only_the_nearest_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retold, "_CROWD", 2)
    assert list(twins_before(["Суд идет"] * 5, [""] * 5)) == [[], [0], [0, 1], [1, 2], [2, 3]]


def test_of_a_crowd_of_others_all_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retold, "_CROWD", 2)
    crowd = [f"Суд идет {' '.join(map(str, range(number, number + 9)))}" for number in range(0, 90, 9)]
    assert resembling([*crowd, "Суд идет"], ["Суд идет", *crowd]) == [True] * 11
    found = have_twins(crowd[:1], [""], crowd[::-1], [""] * 10)
    assert (found.tolist(), found.dtype) == ([True], np.dtype(bool))


@pytest.mark.parametrize(("first", "alike"), [(7, True), (8, False)])
def test_just_as_alike_as_a_retelling_is_one(first: int, alike: bool) -> None:
    one, other = (" ".join(map(str, numbers)) for numbers in (range(1, 14), range(first, 21)))
    assert likeness(one, other) == (7 / 20 if alike else 6 / 20)
    assert resembling([one], [other]) == [alike]
    assert list(twins_before([one, other], ["2024-03", "2024-03"])) == [[], [0] if alike else []]
