"""Slices: every headline in exactly one of each kind, rare values together, and columns that must exist."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import judged

from pipeline.assess.assessment import FRESH, TWINS, Ask, assess
from pipeline.assess.rightness import Draws
from pipeline.assess.slices import MOST, UNKNOWN, columns, length, letters, sliced
from pipeline.errors import InputError

DRAWS = Draws(20, 1)
LINES = ("Рубль упал | economy | economy", "Дроны сбиты | war | economy", "Выборы прошли | politics | politics war")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["", "10", "9", "я", *(f"источник {n}" for n in range(40))]), min_size=1, max_size=80))
def test_supports_add_up(values: list[str]) -> None:
    every = judged(*(LINES[place % 3] for place in range(len(values))))
    by = columns(every.frame.assign(outlet=values), ["outlet"], letters)["outlet"]
    found = sliced(every, by, DRAWS)
    assert sum(each.right.rows for each in found) == len(values)
    for place, topic in enumerate(("politics", "economy", "war")):
        assert sum(each.right.topics[topic].support for each in found) == every.truth[:, place].sum()
    assert len(found) == len({each.value for each in found}) <= MOST + 1
    if len(found) <= MOST:
        assert {each.value: each.right.rows for each in found} == by.value_counts().to_dict()


def test_values_stand_in_the_order_of_their_numbers_the_unknown_last() -> None:
    every = judged(*LINES, *LINES)
    by = columns(every.frame.assign(floor=["10", "", "9", "2 этаж", "9", "этаж"]), ["floor"], letters)["floor"]
    assert [each.value for each in sliced(every, by, DRAWS)] == ["2 этаж", "9", "10", "этаж", UNKNOWN]


def test_rare_values_are_told_together() -> None:
    every = judged(*LINES * 20)
    values = [f"источник {row % 50 if row < 50 else row - 50}" for row in range(60)]
    by = columns(every.frame.assign(outlet=values), ["outlet"], letters)["outlet"]
    found = sliced(every, by, DRAWS)
    assert len(found) == MOST + 1
    assert {f"источник {n}" for n in range(10)} < {each.value for each in found}
    assert (found[-1].value, found[-1].right.rows) == ("26 others", 26)


def test_columns_that_say_nothing_are_left_out_unless_asked_for() -> None:
    frame = judged(*LINES).frame.assign(date=["2021-03", "", "2024"])
    assert list(columns(frame, [], letters)) == ["year", "length", "language"]
    assert list(columns(frame, ["source"], letters)) == ["year", "length", "language", "source"]
    assert list(columns(frame, [], letters)["year"]) == ["2021", UNKNOWN, "2024"]


def test_column_must_exist() -> None:
    with pytest.raises(InputError, match="--by: found “outlet”; expected a column of the table: date, origin, theme"):
        columns(judged(*LINES).frame, ["source", "outlet"], letters)


def test_given_function_names_the_language() -> None:
    found = assess(judged(*LINES), Ask(language=lambda headline: headline[0]), DRAWS)
    assert [each.value for each in found.slices["language"]] == ["В", "Д", "Р"]


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


@pytest.mark.parametrize(
    ("headline", "name"),
    [
        ("Цэны ў крамах выраслі", "Belarusian"),
        ("Пенсіі вырастуць з мая, улады абяцаюць выплаты", "Belarusian"),
        ("Її звільнили з посади", "Ukrainian"),
        ("Ціни на хліб зросли", "Ukrainian"),
        ("ПОДЪЁМ ЦЕН", "Russian"),
        ("Oil is up", "not Cyrillic"),
        ("2:1", "not Cyrillic"),
    ],
)
def test_language_by_letters(headline: str, name: str) -> None:
    assert letters(headline) == name
