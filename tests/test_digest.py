"""A digest: dates in all writings, shares that are counts over counts, and a page whose every bar leads somewhere."""

from collections.abc import Sequence
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli import main
from pipeline.dates import PERIODS, Dated, dated, following, period
from pipeline.digest.page import page
from pipeline.digest.shares import EVERY, KINDS, MOST_GAPS, Piece, digest
from pipeline.digest.wording import ENGLISH, LANGUAGES, RUSSIAN, Wording
from pipeline.topics import TOPICS, Topic

THIRD = date(2025, 11, 3)
days = st.dates(date(2025, 1, 1), date(2025, 12, 31))
pieces = st.lists(
    st.builds(
        Piece,
        headline=st.text(min_size=1, max_size=9),
        tags=st.lists(st.sampled_from(TOPICS), unique=True).map(tuple),
        unsure=st.booleans(),
        date=days | st.just("когда-то"),
        source=st.sampled_from(["", "a.example", '"><b>']),
        link=st.sampled_from(["", "https://a.example/?a=1&b=2", "javascript:alert(1)"]),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    "text",
    [
        *("Mon, 03 Nov 2025 09:15:00 +0300", "2025-11-03T23:59:00+03:00", "2025-11-03", "20251103", "03.11.2025"),
        *("3 ноября 2025, 14:30", "понедельник, 3 ноября 2025 г.", "3 лістапада 2025", "3 листопада 2025"),
        *("Nov 3, 2025 9:15 AM", "1762150500", "1762150500000", 1762150500, THIRD, datetime(2025, 11, 3, 23, 59)),
    ],
)
def test_a_date_is_read(text: object) -> None:
    assert dated(text) == Dated(THIRD, "day")


@pytest.mark.parametrize(
    "text",
    ["", "вчера", "14:30", "12 ноября", "2025-13", "0000-01", "31.02.2025", "ставка 15%", None, "9" * 20, "9" * 99],
)
def test_what_is_no_date_or_would_be_another_tomorrow_is_none(text: object) -> None:
    assert dated(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-11", [None, None, date(2025, 11, 1)]),
        ("2025", [None] * 3),
        ("2025-11-09", [date(2025, 11, 9), THIRD, date(2025, 11, 1)]),
    ],
)
def test_a_period_is_no_shorter_than_the_date_is_exact(text: str, expected: list[date | None]) -> None:
    when = dated(text)
    assert when is not None
    assert [period(when, by) for by in PERIODS] == expected


@given(days, st.sampled_from(PERIODS))
def test_each_day_lies_in_one_period_and_periods_follow_each_other(day: date, by: str) -> None:
    first = period(Dated(day, "day"), by)
    assert first is not None
    assert first <= day < following(first, by)
    assert period(Dated(following(first, by), "day"), by) == following(first, by)


@given(pieces, st.sampled_from(PERIODS))
def test_counts_add_up(given_pieces: list[Piece], by: str) -> None:
    found = digest(given_pieces, by, by_source=True)
    assert len(found.total(None).pieces) + found.undated == len(given_pieces)
    assert found.whole
    for first in found.periods:
        group = found.group(None, first)
        parts = [found.group(source, first) for source in found.sources]
        assert sum(len(part.pieces) for part in parts) == group.count(EVERY) == len(group.pieces)
        for kind in KINDS:
            assert sum(part.count(kind) for part in parts) == group.count(kind)
            assert group.share(kind) == (group.count(kind) / len(group.pieces) if group.pieces else 0)


def test_one_wrong_date_does_not_make_a_century_of_days() -> None:
    found = digest([Piece("Рубль упал", (), date=day) for day in ("1970-01-01", "2025-11-03")], "day")
    assert (len(found.periods), found.whole) == (2, False)
    near = digest([Piece("Рубль упал", (), date=day) for day in ("2025-01-01", "2025-11-03")], "day")
    assert len(near.periods) == 307 < MOST_GAPS
    assert near.whole


class Reader(HTMLParser):
    """What stands in a page: places, links, what it would fetch, and how elements nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.places += [str(told["id"])] if "id" in told else []
        self.links += [str(told["href"])] if tag == "a" else []
        self.loads += [tag] if tag in ("script", "link", "img", "iframe", "object", "b") or "src" in told else []
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        del tag, attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@settings(max_examples=40, deadline=None)
@given(pieces, st.sampled_from(PERIODS), st.booleans(), st.sampled_from(list(LANGUAGES.values())))
def test_each_bar_leads_to_its_headlines_and_nothing_is_loaded(
    given_pieces: list[Piece], by: str, by_source: bool, wording: Wording
) -> None:
    found = digest(given_pieces, by, by_source)
    if not found.periods:
        return
    read = Reader(page(found, "<вход>", wording))
    inside = [link[1:] for link in read.links if link.startswith("#")]
    bars = [
        (source, first, kind)
        for source in (None, *found.sources)
        for first in found.periods
        for kind in (*KINDS, EVERY)
        if found.group(source, first).count(kind)
    ]
    assert set(inside) == set(read.places)
    assert len(read.places) == len(set(read.places)) == len(bars) + 1
    assert (read.loads, read.open) == ([], [])
    outside = {link for link in read.links if not link.startswith("#")}
    assert outside <= {"https://a.example/?a=1&b=2"}


def test_a_share_of_few_headlines_is_pale_and_makes_no_scale() -> None:
    many = [Piece("Дроны", (Topic.WAR,) if n < 2600 else (), date="2025-11-03") for n in range(10_000)]
    text = page(digest([*many, Piece("Рубль", (Topic.ECONOMY,), date="2025-11-04")], "day"), "вход", RUSSIAN)
    assert text.count('opacity="0.35"') == 1
    assert "100%</text>" not in text
    assert "80%</text>" in text
    assert "26% (2\N{NO-BREAK SPACE}600 из 10\N{NO-BREAK SPACE}000)" in text


def test_a_page_says_what_it_shows() -> None:
    rows = [
        Piece("Дроны & «порт»", (Topic.WAR,), True, "2025-11-03", "a.example"),
        Piece("Жираф", (), False, "2025-11-05"),
    ]
    for wording, said in (
        (RUSSIAN, ["война, 03.11.2025 – 09.11.2025: 50% (1 из 2)", "не уверен", "по неделям", "a.example, война"]),
        (ENGLISH, ["war, 2025-11-03 – 2025-11-09: 50% (1 of 2)", "unsure", "by week", "a.example, war"]),
    ):
        text = page(digest(rows, "week", by_source=True), "вход", wording)
        for each in (*said, "Дроны &amp; «порт»"):
            assert each in text


@pytest.mark.parametrize("by", PERIODS)
def test_the_first_and_the_last_day_that_there_are_have_their_bars(by: str) -> None:
    for when in (date.min, date.max):
        text = page(digest([Piece("Рубль упал", (), date=when)], by), "вход", ENGLISH)
        assert f"{when:%Y-%m}" in text


def test_the_command_reads_dates_and_sources_of_any_input(
    tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("title,Дата,издание\nРубль упал,03.11.2025,Ясень\nЖираф,,Ясень\n", encoding="utf-8")
    items = "<item><title>Дроны атаковали порт</title><link>https://b.example/1</link><pubDate>{}</pubDate></item>"
    feed = items.format("Tue, 04 Nov 2025 09:15:00 +0300")
    (tmp_path / "b.xml").write_text(f"<rss><channel>{feed}</channel></rss>", encoding="utf-8")
    where = ["--model", str(model_folder), "--out", "digest.html"]
    assert main(["digest", "a.csv", "b.xml", "--by", "day", "--by-source", *where]) == 0
    assert capsys.readouterr().err.startswith("3 read, 3 kept")
    text = (tmp_path / "digest.html").read_text(encoding="utf-8")
    for each in ("Ясень", "· b.example<", "03.11.2025", "04.11.2025", 'href="https://b.example/1"', "точности: 1."):
        assert each in text


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ([], "a.csv: found 1 headlines, none with a date exact to the day; expected a column such as published, date"),
        (["--by", "month"], "none with a date exact to the month"),
        (["--dates", "когда"], "a.csv: found the columns headline, when; expected one named когда"),
    ],
)
def test_without_dates_it_says_so_and_writes_nothing(
    rest: list[str], message: str, tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("headline,when\nРубль упал,2025-11-03\n", encoding="utf-8")
    assert main(["digest", "a.csv", "--out", "digest.html", "--model", str(model_folder), *rest]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "digest.html").exists()
