"""The store of a watch: what is searched is found, hostile words are words, letters are leased, waits grow."""

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.answers import Tagged
from pipeline.cli import main
from pipeline.errors import BusyError, InputError
from pipeline.lemmatize import lemmatize
from pipeline.topics import TOPICS, Topic
from pipeline.watch.feeds import LONGEST, Feed, due, keep_feed, read_feeds
from pipeline.watch.outbox import LEASE, delay, take, told, waiting
from pipeline.watch.record import Hook, Item, Query
from pipeline.watch.store import Headlines

HOOK = Hook("http://hook.example/")
ROWS = [
    ("ЦБ повысил ключевую ставку до 18%", {Topic.ECONOMY: 0.9}),
    ("Дроны атаковали нефтебазу", {Topic.WAR: 0.8, Topic.ECONOMY: 0.6}),
    ("Нацбанк сохранил ставку", {Topic.ECONOMY: 0.7, Topic.POLITICS: 0.6}),
    ("В зоопарке родился жираф", {}),
]


def row(text: str, given: dict[Topic, float], link: str = "", feed: str = "http://a.example/feed") -> Any:
    scores = {topic: given.get(topic, 0.1) for topic in TOPICS}
    return Item(text, link, "", feed), Tagged(text, next(iter(given), "other"), tuple(given), False, scores)


@pytest.fixture
def store(tmp_path: Path) -> Headlines:
    store = Headlines(tmp_path / "headlines.db")
    assert store.keep([row(*each) for each in ROWS], "м", "2026-11-26", [HOOK]) == 4
    return store


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (Query(), [4, 3, 2, 1]),
        (Query(words="ставка"), [3, 1]),
        (Query(words="ставок центробанка"), []),
        (Query(words="цб СТАВКИ"), [1]),
        (Query(words="нефт"), [2]),
        (Query(words="…"), []),
        (Query(topic=Topic.ECONOMY), [3, 2, 1]),
        (Query(topic=Topic.ECONOMY, at_least=0.65), [3, 1]),
        (Query(at_least=0.75), [2, 1]),
        (Query(topic=Topic.POLITICS, words="ставка"), [3]),
        (Query(before=3, limit=1), [2]),
        (Query(after=3), [4]),
        (Query(feed="http://b.example/"), []),
    ],
)
def test_queries(store: Headlines, query: Query, numbers: list[int]) -> None:
    assert [seen.number for seen in store.find(query)] == numbers


def test_what_is_found_is_what_was_kept(store: Headlines) -> None:
    item, tagged = row(*ROWS[1])
    (seen,) = store.find(Query(words="дрон"))
    assert (seen.item, seen.tagged, seen.model, seen.seen) == (item, tagged, "м", "2026-11-26")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30) | st.text(st.sampled_from('"*():^- ANDORNEARцбставка'), max_size=30))
def test_no_words_are_taken_for_a_command(words: str) -> None:
    Headlines(Path("any.db")).find(Query(words=words))


@settings(max_examples=30, deadline=None)
@given(st.text(st.sampled_from("абвгд -«»%.18ё"), min_size=1, max_size=20))
def test_a_headline_is_found_by_each_of_its_words(text: str) -> None:
    store = Headlines(Path("any.db"))
    store.keep([row(text, {}, link=text)], "м", "2026-11-26")
    for word in lemmatize(text):
        assert text in [seen.item.headline for seen in store.find(Query(words=word.form, limit=-1))]


def test_a_headline_is_known_again_by_its_link_and_its_words(store: Headlines) -> None:
    text = ROWS[0][0]
    known = [(text, ""), (text.upper(), ""), (f"«{text}»", "")]
    new = [(text, "http://a.example/1"), ("ЦБ повысил ключевую ставку до 19%", "")]
    items = [row(text, {}, link)[0] for text, link in [*known, *new, *new]]
    assert [(item.headline, item.link) for item in store.fresh(items)] == new
    assert store.keep([row(text, {}, link) for text, link in known], "м", "2026-11-27", [HOOK]) == 0
    assert waiting(store)[0] == 3, "one for each that has a topic"
    same = [
        row("Рубль упал", {}, "http://a.example/2", feed)[0] for feed in ("http://a.example/x", "http://a.example/y")
    ]
    assert len(store.fresh(same)) == 1, "in two feeds of one site"


@pytest.mark.parametrize(
    ("hook", "wanted"),
    [
        (Hook(""), [True, True, True, False]),
        (Hook("", (Topic.WAR, Topic.POLITICS)), [False, True, True, False]),
        (Hook("", (Topic.ECONOMY,), 0.65), [True, False, True, False]),
        (Hook("", (), 0.75), [True, True, False, False]),
    ],
)
def test_hooks_want_a_topic_that_is_given_and_likely(hook: Hook, wanted: list[bool]) -> None:
    assert [hook.wants(row(*each)[1]) for each in ROWS] == wanted


def test_a_letter_is_one_watchs_until_its_lease_ends_and_then_told_once(store: Headlines) -> None:
    first, second, third = (take(store, 1000.0) for _ in range(3))
    assert take(store, 1000.0) is None
    assert first
    assert second
    assert third
    assert [each.seen.number for each in (first, second, third)] == [1, 2, 3]
    again = take(store, 1000.0 + LEASE)
    assert again
    assert (again.number, again.key) == (first.number, first.key)
    told(store, again, "2026-11-26")
    assert waiting(store) == (2, 1000.0 + LEASE)
    delay(store, second, 5000.0)
    letters, soonest = waiting(store)
    assert letters == 2
    assert soonest is not None
    assert 5005 <= soonest <= 5010, "a webhook that fails gets none of its letters for a while"
    late = take(store, 6000.0)
    assert late
    assert (late.number, late.failures) == (second.number, 1)


@given(st.integers(0, 100), st.floats(1, 1e5), st.floats(0, 1e7))
def test_each_failure_doubles_the_wait_up_to_a_day(failures: int, every: float, wish: float) -> None:
    feed = Feed("http://a.example/", failures=failures).failed(0.0, every, InputError("", "", "", ""))
    whole = min(every * 2.0 ** (failures + 1), LONGEST) if failures < 15 else min(every * 2.0**16, LONGEST)
    assert whole / 2 <= feed.due <= whole
    assert feed.failures == failures + 1
    assert feed.failed(0.0, every, BusyError("", "", wish)).due >= min(wish, LONGEST)
    fine = feed.answered(0.0, every, "")
    assert 0.8 * every <= fine.due <= every
    assert fine.failures == 0


def test_what_is_due_is_kept_and_a_clock_that_was_wrong_harms_nothing(store: Headlines) -> None:
    now, addresses = time.time(), [f"http://{name}.example/" for name in "abcd"]
    for address, then in zip(addresses, (now - 1, now + 60, now + 1e9), strict=False):
        keep_feed(store, Feed(address, then))
    assert [feed.address[7] for feed in due(store, addresses, now)] == ["a", "c", "d"]


def test_a_list_of_feeds(tmp_path: Path) -> None:
    path = tmp_path / "feeds.txt"
    path.write_text("# наши\n\nhttp://a.example/#x  # все\n http://b.example/\nhttp://a.example/#x\n", encoding="utf-8")
    assert read_feeds(path) == ["http://a.example/#x", "http://b.example/"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# ничего\n", "feeds.txt: found no address; expected a feed's address a line; add one"),
        ("http://a.example/\nлента\n", "feeds.txt, line 2: found no address of a page"),
    ],
)
def test_a_wrong_list_is_told(text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "feeds.txt").write_text(text, encoding="utf-8")
    assert main(["watch", "feeds.txt", "--once"]) == 1
    assert message in capsys.readouterr().err
