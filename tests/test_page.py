"""The page of figures: one file that needs nothing else, whatever the table holds, and its JSON without NaN."""

import json
import re
from html.parser import HTMLParser

import pytest
from judging import judged

from pipeline.assess.assessment import Ask, assess
from pipeline.assess.judge import plain
from pipeline.assess.page import page
from pipeline.assess.rightness import Draws
from pipeline.train import Trained

DRAWS = Draws(30, 1)
VOID = {"meta", "link", "img", "br", "path", "circle", "polyline"}
MIXED = (
    "Рубль упал | economy | economy | 0.9",
    "Дроны сбиты | war | war politics | 0.8",
    "Бюджет принят парламентом | politics economy | economy | 0.4",
    "Гроза в горах | | war | 0.1",
)
ODD = {
    "mixed": MIXED,
    "one row": MIXED[:1],
    "one row without a tag": ("Гроза в горах | | ",),
    "no headline of war": (MIXED[0], MIXED[2]),
    "equal rows": ("Рубль упал | economy | economy | 0.9",) * 10_000,
    "nothing given": ("Рубль упал | economy | ", "Дроны сбиты | war | "),
    "markup": ("<script>alert(1)</script> & «Рубль» | economy | war | 0.9",),
}


class Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module", params=ODD)
def html(request: pytest.FixtureRequest, trained: Trained) -> str:
    return page(assess(judged(*ODD[request.param]), Ask(), DRAWS), "пример.csv", trained.model.card, DRAWS)


def test_page_is_whole(html: str) -> None:
    tree = Tree()
    tree.feed(html)
    tree.close()
    assert tree.open == []
    assert [tag for tag, _ in tree.tags].count("h1") == 1
    assert not re.search(r"\bnan\b|None|Undefined", html)


def test_page_asks_for_nothing_outside(html: str) -> None:
    assert not re.search(r"https?:|url\(|@import|<script|<link|\bsrc=", html)


def test_page_can_be_read_without_eyes(html: str) -> None:
    tree = Tree()
    tree.feed(html)
    for tag, attributes in tree.tags:
        if tag == "th":
            assert attributes["scope"] in ("col", "row")
        if tag == "svg":
            assert attributes.get("aria-label") or attributes.get("aria-hidden") == "true"
    named = {attributes["aria-labelledby"] for tag, attributes in tree.tags if tag == "section"}
    assert named == {attributes["id"] for tag, attributes in tree.tags if tag == "h2"}


@pytest.mark.parametrize("kind", ODD)
def test_figures_are_plain_json(kind: str, trained: Trained) -> None:
    found = assess(judged(*ODD[kind]), Ask(), DRAWS)
    told = json.loads(json.dumps(plain(found, "пример.csv", trained.model.card), allow_nan=False))
    assert told["table"] == "пример.csv"
    assert told["overall"]["rows"] == len(ODD[kind])
    assert sum(map(sum, told["confusion"]["true_by_given"])) == len(ODD[kind])
    assert told["warnings"] == found.warnings


@pytest.mark.parametrize(
    ("kind", "warning"),
    [
        ("one row", "one headline: the intervals say nothing"),
        ("no headline of war", "no headline here carries war: its recall, F1 and curve cannot be had"),
        ("equal rows", "9,999 of 10,000 headlines repeat an earlier one; each is counted"),
    ],
)
def test_what_a_table_does_not_allow_is_said(kind: str, warning: str, trained: Trained) -> None:
    found = assess(judged(*ODD[kind]), Ask(), DRAWS)
    assert warning in found.warnings
    assert warning in page(found, "пример.csv", trained.model.card, DRAWS)


def test_training_rows_are_said_to_flatter() -> None:
    every = judged(*MIXED)
    warnings = assess(every, Ask(seen=every.frame), DRAWS).warnings
    assert warnings == ["4 of 4 headlines resemble training rows: read the slice “resembles none” instead"]


def test_mistakes_stand_with_the_surest_first_and_equal_ones_once() -> None:
    lines = (*MIXED, *MIXED, "Курс рубля не изменился | economy | economy | 0.9")
    found = [(each.line, each.headline, each.true, each.given) for each in assess(judged(*lines), Ask(), DRAWS).worst]
    assert found == [
        (4, "Бюджет принят парламентом", "politics economy", "economy"),
        (5, "Гроза в горах", "", "war"),
        (3, "Дроны сбиты", "war", "war politics"),
    ]
