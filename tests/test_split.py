"""The split: twins never cross it, rows added later never move it, and it holds out what it is asked to."""

import csv
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.likeness import lemma_sets, likeness
from pipeline.retold import RETELLING, TWIN
from pipeline.settings import Settings
from pipeline.split import Dealt, Side, deal

CORPUS = Path(__file__).parent.parent / "data/headlines.csv"
WORDS = ["суд", "мэр", "завод", "газ", "выборы", "фронт", "рубль", "пожар", "закон", "мост", "банк", "дождь"]
ROWS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=7, unique=True).map(" ".join),
        st.sampled_from(["", "2024", "2024-03", "2024-03-17", "2024-04"]),
    ),
    max_size=14,
)


class Whole(NamedTuple):
    headlines: list[str]
    dates: list[str]
    dealt: Dealt


@pytest.fixture(scope="module")
def whole() -> Whole:
    with CORPUS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    headlines, dates = [row["headline"] for row in rows], [row["date"] for row in rows]
    return Whole(headlines, dates, deal(headlines, dates, Settings().split_held_out))


def twins_of_held_out(whole: Whole) -> Iterator[tuple[int, int]]:
    """Every held-out row with every row like it, by the product of the set matrix with itself: no filter, no hash."""
    sets = lemma_sets(whole.headlines)
    places = {lemma: place for place, lemma in enumerate(sorted(frozenset().union(*sets)))}
    ends = np.cumsum([0, *map(len, sets)])
    columns = np.array([places[lemma] for lemmas in sets for lemma in lemmas])
    members = sp.csr_array((np.ones(len(columns), np.float32), columns, ends), (len(sets), len(places)))
    months = np.array([date[:7] if len(date) >= 7 else str(row) for row, date in enumerate(whole.dates)])
    sizes, held_out = np.diff(ends), np.flatnonzero(np.array(whole.dealt.sides) == Side.HELD_OUT)
    for some in np.array_split(held_out, 12):
        common = sp.coo_array(members[some] @ members.T)
        one, other = some[common.coords[0]], common.coords[1]
        likeness = common.data / (sizes[one] + sizes[other] - common.data)
        near = likeness >= np.where(months[one] == months[other], RETELLING, TWIN) - 1e-6
        yield from zip(one[near & (one != other)].tolist(), other[near & (one != other)].tolist(), strict=True)


def test_no_twin_of_the_corpus_crosses_and_twins_share_a_group(whole: Whole) -> None:
    crossing, parted, pairs = [], [], 0
    for one, other in twins_of_held_out(whole):
        pairs += 1
        both = f"{whole.headlines[one]} | {whole.headlines[other]}"
        if whole.dealt.sides[other] == Side.TRAIN:
            crossing.append(both)
        if whole.dealt.groups[one] != whole.dealt.groups[other]:
            parted.append(both)
    assert pairs, "the corpus retells events, so there must be some"
    assert crossing == []
    assert parted == []


def test_rows_added_to_the_corpus_move_none(whole: Whole) -> None:
    head = 8000
    before = deal(whole.headlines[:head], whole.dates[:head], Settings().split_held_out)
    assert before.sides == whole.dealt.sides[:head]


def test_the_corpus_holds_out_the_share_wanted(whole: Whole) -> None:
    sides = whole.dealt.sides
    assert sides.count(Side.HELD_OUT) / len(sides) == pytest.approx(Settings().split_held_out, abs=0.01)
    assert sides.count(Side.ASIDE) / len(sides) < 0.01


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2, 0.5, 1.0])
def test_unlike_headlines_are_held_out_by_share(share: float) -> None:
    headlines = [f"Сводка {number}" for number in range(2000)]
    sides = deal(headlines, [""] * len(headlines), share).sides
    assert sides.count(Side.HELD_OUT) / len(sides) == pytest.approx(share, abs=0.03)
    assert Side.ASIDE not in sides


def test_the_side_of_an_unlike_headline_depends_on_nothing_else() -> None:
    headlines = [f"Сводка {number}" for number in range(200)]
    sides, backwards = (deal(some, [""] * 200, 0.3).sides for some in (headlines, headlines[::-1]))
    assert sides == backwards[::-1]


@settings(deadline=None, max_examples=200)
@given(ROWS, st.integers(0, 14))
def test_rows_added_at_the_end_move_none(rows: list[tuple[str, str]], cut: int) -> None:
    headlines, dates = [headline for headline, _ in rows], [date for _, date in rows]
    assert deal(headlines[:cut], dates[:cut], 0.5).sides == deal(headlines, dates, 0.5).sides[:cut]


@settings(deadline=None, max_examples=200)
@given(ROWS)
def test_twins_are_on_one_side_and_in_one_group(rows: list[tuple[str, str]]) -> None:
    dealt = deal([headline for headline, _ in rows], [date for _, date in rows], 0.5)
    for one, other in combinations(range(len(rows)), 2):
        (headline, date), (headline_, date_) = rows[one], rows[other]
        words, words_ = set(headline.split()), set(headline_.split())
        month = len(date) > 4 and date[:7] == date_[:7]
        if Fraction(len(words & words_), len(words | words_)) >= (Fraction(7, 20) if month else Fraction(1, 2)):
            assert {dealt.sides[one], dealt.sides[other]} != {Side.TRAIN, Side.HELD_OUT}
            assert dealt.groups[one] == dealt.groups[other]


@pytest.mark.parametrize(
    ("one", "other", "dates", "together"),
    [
        ("Суд арестовал мэра Лиды", "Мэра Лиды арестовал суд", ("", ""), True),
        ("Суд арестовал мэра Лиды", "Мэр Лиды арестован судом", ("2024-03", "2019-08"), True),
        ("Суд арестовал мэра Лиды", "Мэр Лиды под арестом суда", ("2024-03-01", "2024-03-29"), True),
        ("Суд арестовал мэра Лиды", "Мэр Лиды ждет весны и тепла", ("2024-03", "2024-03"), False),
        ("Рубль упал к доллару и евро", "Доллар и юань обошли рубль", ("2024-03", "2024-03-29"), True),
        ("Рубль упал к доллару и евро", "Доллар и юань обошли рубль", ("2024-03", "2024-04"), False),
        ("Рубль упал к доллару и евро", "Доллар и юань обошли рубль", ("2024", "2024"), False),
        ("Рубль упал к доллару и евро", "Доллар и юань обошли рубль", ("", ""), False),
        ("Снег", "Снег!", ("", ""), True),
        ("…", "—", ("2024-03", "2024-03"), False),
    ],
)
def test_retellings_share_a_group(one: str, other: str, dates: tuple[str, str], together: bool) -> None:
    groups = deal([one, other], dates, 0.5).groups
    assert (groups[0] == groups[1]) == together, f"likeness {likeness(one, other):.2f}"


def test_a_headline_like_both_sides_is_set_aside_and_draws_none_after_it() -> None:
    met = set()
    for number in range(20):
        one, other = (f"{word}{number}а {word}{number}б" for word in ("суд", "мэр"))
        headlines = [one, other, f"{one} {other}", f"{one} мост"]
        first, second, both, after = deal(headlines, ["2024-03"] * len(headlines), 0.5).sides
        assert both == (first if first == second else Side.ASIDE)
        assert after == first
        met.add(both)
    assert met == set(Side)


def test_what_teaches_is_never_held_out_and_set_aside_where_its_twin_is() -> None:
    headlines = [f"{word} {number}" for word in ("мост", "суд", "завод") for number in range(40)]
    held = [
        each
        for each, side in zip(headlines, deal(headlines, [""] * 120, 0.5).sides, strict=True)
        if side == Side.HELD_OUT
    ]
    assert 30 < len(held) < 90
    assert set(deal(headlines, [""] * 120, 0.5, teaching=120).sides) == {Side.TRAIN}
    taught = deal([*headlines, held[0], "Дождь идет"], [""] * 122, 0.5, teaching=2)
    assert taught.sides[:120] == deal(headlines, [""] * 120, 0.5).sides
    assert taught.sides[120:] == [Side.ASIDE, Side.TRAIN]


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_side_of_an_unlike_headline_is_drawn_by_its_hash_for_ever(share: float) -> None:
    headlines = [f"Сводка {number}" for number in range(40)]
    draws = [int(sha256(headline.encode()).hexdigest()[:16], 16) / 2**64 for headline in headlines]
    sides = deal(headlines, [""] * 40, share).sides
    assert [side == Side.HELD_OUT for side in sides] == [draw < share for draw in draws]
