"""Slices: every headline in exactly one of each kind, rare values together, and columns that must exist."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import judged

from pipeline.assess.assessment import FRESH, TWINS, Ask, assess
from pipeline.assess.rightness import Draws
from pipeline.assess.slices import MOST, UNKNOWN, columns, length, sliced
from pipeline.errors import InputError

DRAWS = Draws(20, 1)
LINES = ("Рубль упал | economy | economy", "Дроны сбиты | war | economy", "Выборы прошли | politics | politics war")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["", "10", "9", "я", *(f"источник {n}" for n in range(40))]), min_size=1, max_size=80))
def test_supports_add_up(values: list[str]) -> None:
    every = judged(*(LINES[place % 3] for place in range(len(values))))
    by = columns(every.frame.assign(outlet=values), ["outlet"])["outlet"]
    found = sliced(every, by, DRAWS)
    assert sum(each.right.rows for each in found) == len(values)
    for place, topic in enumerate(("politics", "economy", "war")):
        assert sum(each.right.topics[topic].support for each in found) == every.truth[:, place].sum()
    assert len(found) == len({each.value for each in found}) <= MOST + 1
    if len(found) <= MOST:
        assert {each.value: each.right.rows for each in found} == by.value_counts().to_dict()


def test_values_stand_in_the_order_of_their_numbers_the_unknown_last() -> None:
    every = judged(*LINES, *LINES)
    by = columns(every.frame.assign(floor=["10", "", "9", "2 этаж", "9", "этаж"]), ["floor"])["floor"]
    assert [each.value for each in sliced(every, by, DRAWS)] == ["2 этаж", "9", "10", "этаж", UNKNOWN]


def test_rare_values_are_told_together() -> None:
    every = judged(*LINES * 20)
    values = [f"источник {row % 50 if row < 50 else row - 50}" for row in range(60)]
    by = columns(every.frame.assign(outlet=values), ["outlet"])["outlet"]
    found = sliced(every, by, DRAWS)
    assert len(found) == MOST + 1
    assert {f"источник {n}" for n in range(10)} < {each.value for each in found}
    assert (found[-1].value, found[-1].right.rows) == ("26 others", 26)


def test_columns_that_say_nothing_are_left_out_unless_asked_for() -> None:
    frame = judged(*LINES).frame.assign(date=["2021-03", "", "2024"])
    assert list(columns(frame, [])) == ["year", "length", "language"]
    assert list(columns(frame, ["source"])) == ["year", "length", "language", "source"]
    assert list(columns(frame, [])["year"]) == ["2021", UNKNOWN, "2024"]


def test_column_must_exist() -> None:
    with pytest.raises(InputError, match="--by: found “outlet”; expected a column of the table: date, origin, theme"):
        columns(judged(*LINES).frame, ["source", "outlet"])


def test_near_duplicates_are_told_apart() -> None:
    seen = judged("Рубль вновь упал | economy |").frame
    found = assess(judged(*LINES), Ask(seen=seen), DRAWS).slices["training rows"]
    assert {each.value: each.right.rows for each in found} == {TWINS: 1, FRESH: 2}


@pytest.mark.parametrize(
    ("headline", "name"),
    [
        ("Рубль", "1–4 words"),
        ("Рубль упал к евро", "1–4 words"),
        ("Рубль упал к евро вновь", "5–7 words"),
        ("Рубль упал к евро и к доллару, юаню", "8–10 words"),
        ("Рубль упал к евро и к доллару, юаню и даже к лире", "11–14 words"),
        ("слово " * 15, "15 words and more"),
    ],
)
def test_length(headline: str, name: str) -> None:
    assert length(headline) == name


def test_languages_are_told_apart() -> None:
    frame = judged(*LINES).frame
    frame = frame.assign(headline=["Урад падняў пенсіі", "Курс долара зріс", "Oil is up", *frame["headline"][3:]])
    assert list(columns(frame, [])["language"])[:3] == ["Belarusian", "Ukrainian", "other"]
