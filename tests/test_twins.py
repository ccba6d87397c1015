"""Near-duplicates of training rows: those of the split, none missed, none made up."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.assess.twins import twins
from pipeline.likeness import likeness
from pipeline.retold import RETELLING, TWIN

WORDS = ["суд", "мэр", "завод", "газ", "выборы", "фронт", "рубль", "пожар"]
ROWS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), max_size=6, unique=True).map(" ".join),
        st.sampled_from(["", "2024", "2024-03", "2024-03-17", "2024-04"]),
    ),
    max_size=10,
)


def table(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["headline", "date"], dtype=str)


@settings(max_examples=80, deadline=None)
@given(ROWS, ROWS)
def test_as_the_split_defines_them(asked: list[tuple[str, str]], seen: list[tuple[str, str]]) -> None:
    def like(one: tuple[str, str], other: tuple[str, str]) -> bool:
        month = len(one[1]) >= 7 and one[1][:7] == other[1][:7]
        return likeness(one[0], other[0]) >= (RETELLING if month else TWIN)

    expected = [any(like(one, other) for other in seen) for one in asked]
    assert twins(table(*asked), table(*seen)).tolist() == expected


@pytest.mark.parametrize(
    ("asked", "seen", "like"),
    [
        (("Мэр открыл завод", ""), ("Завод открылся после ремонта", ""), False),
        (("Мэр открыл завод", ""), ("Мэр открыл заводы!", ""), True),
        (("Мэр Гомеля открыл мост", "2024-03"), ("Новый мост открыл мэр", "2024-03-09"), True),
        (("Мэр Гомеля открыл мост утром", "2024-03"), ("Новый мост открыл губернатор утром", "2024-04"), False),
    ],
)
def test_in_words(asked: tuple[str, str], seen: tuple[str, str], like: bool) -> None:
    assert twins(table(asked), table(seen)).tolist() == [like]


def test_more_rows_than_are_looked_at_at_once() -> None:
    asked = [(f"Дом {n} сдан", "") if n % 100 else ("Рубль упал к евро", "") for n in range(1, 1301)]
    found = twins(table(*asked), table(("Рубль упал к евро", ""), ("Гроза в горах", "")))
    assert [place + 1 for place in found.nonzero()[0]] == [100 * n for n in range(1, 14)]
