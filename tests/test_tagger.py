"""The tagger: fast, and yet the same answers as the textbook, alone or in a batch, in one thread or in ten."""

import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import rows
from pipeline import tagger as tagging
from pipeline.answers import RESULT
from pipeline.lemmatize import lemmatize
from pipeline.model import load
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

Margins = Callable[[str], list[float]]

HEADLINES = (
    "Дроны ночью атаковали нефтебазу, цены на бензин выросли",
    "",
    "Сейм выбрал спикера",
    "Ёжик вышел из тумана",
    "  Рубль   упал,\tРубль упал\n",
    "Правительство повысило налог на экспорт танков",
    "!!! — …",
)
LETTERS = st.characters(exclude_categories=["Cs", "Cc"])  # white space of either kind is told apart by nobody


@pytest.fixture(scope="module")
def textbook(model_folder: Path) -> Margins:
    model = load(model_folder)
    worth = {
        (row["block"], row["feature"]): (row["idf"], [row[topic] for topic in TOPICS])
        for row in model.features.to_pylist()
    }

    @cache
    def vector(chunk: str, block: str) -> dict[str, float]:
        words = lemmatize(chunk)
        found = [word.lemma for word in words]
        if block == "ngram":
            bordered = [f" {word.form} " for word in words]
            spans = [(start, start + size) for size in range(3, 7) for start in range(99)]
            found = [text[start:end] for text in bordered for start, end in spans if end <= len(text)]
        return {name: n * worth[block, name][0] for name, n in Counter(found).items() if (block, name) in worth}

    def margins(headline: str) -> list[float]:
        total = list(model.card.intercepts)
        for block in ("word", "ngram"):
            vectors = [vector(chunk, block) for chunk in headline.split()]
            norm = sqrt(sum(value**2 for one in vectors for value in one.values())) or 1
            for name, value in (pair for one in vectors for pair in one.items()):
                for place, weight in enumerate(worth[block, name][1]):
                    total[place] += value / norm * weight
        return total

    return margins


def test_fast_margins_are_the_textbooks_on_every_row(tagger: Tagger, textbook: Margins, small_corpus: Path) -> None:
    headlines = list(pd.read_csv(small_corpus, usecols=["headline"], dtype=str)["headline"])
    assert len(headlines) == 3000
    fast = tagger.margins(pa.array(headlines, pa.string()))
    np.testing.assert_allclose(fast, [textbook(headline) for headline in headlines], atol=1e-5)


@given(st.lists(st.one_of(st.text(LETTERS), st.text("абвгджё «»-.,2ёABCе\u00ad\u0301"), st.sampled_from(HEADLINES))))
def test_fast_margins_are_the_textbooks_on_any_text(tagger: Tagger, textbook: Margins, texts: list[str]) -> None:
    fast = tagger.margins(pa.array(texts, pa.string()))
    np.testing.assert_allclose(fast, np.reshape([textbook(text) for text in texts], (-1, len(TOPICS))), atol=1e-5)


@pytest.mark.parametrize("batch", [1, 2, 1 << 16])
def test_answers_are_the_same_alone_and_in_a_batch(tagger: Tagger, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [tagger.tag([headline])[0] for headline in HEADLINES]
    monkeypatch.setattr(tagging, "_BATCH", batch)
    assert tagger.tag(HEADLINES) == alone
    assert tagger.tag(HEADLINES[::-1]) == alone[::-1]
    assert [one.headline for one in alone] == list(HEADLINES)
    assert len({one.topic for one in alone}) > 2


def test_one_answer_holds_together(tagger: Tagger) -> None:
    for one in tagger.tag(HEADLINES):
        given_ = [
            topic for topic, cut in zip(TOPICS, tagger.decision.thresholds, strict=True) if one.scores[topic] >= cut
        ]
        assert one.tags == tuple(sorted(given_, key=lambda topic: -one.scores[topic]))
        assert one.topic == (one.tags[0] if one.tags else "other")
        assert one.iptc == tuple(tag.iptc for tag in one.tags)
        assert list(one.scores) == list(TOPICS)


def test_null_counts_as_empty_and_has_no_words(tagger: Tagger) -> None:
    table = tagger.tag_arrow(pa.table({"headline": pa.array([None, "", " ", "—"], pa.string())}))
    assert table["headline"].to_pylist() == [None, "", " ", "—"]
    scores = table["scores"].to_pylist()
    assert scores[1:] == scores[:-1]
    np.testing.assert_allclose(tagger.margins(table["headline"]), [tagger.model.card.intercepts] * 4)


@pytest.mark.parametrize(
    "column",
    [
        pa.array(HEADLINES, pa.large_string()),
        pa.array(HEADLINES, pa.string_view()),
        pa.array(HEADLINES).dictionary_encode(),
        pa.array(["лишний", *HEADLINES])[1:],
        pa.chunked_array([HEADLINES[:2], [], HEADLINES[2:]], pa.string()),
    ],
    ids=["large", "view", "dictionary", "slice", "chunked"],
)
def test_text_of_any_arrow_type_gives_the_same(tagger: Tagger, column: pa.Array | pa.ChunkedArray) -> None:
    expected = tagger.margins(pa.array(HEADLINES))
    np.testing.assert_array_equal(tagger.margins(column), expected)


def test_own_columns_stay_and_clashing_names_become_input(tagger: Tagger) -> None:
    own = pa.table(
        {"id": [7, 8], "topic": ["спорт", None], "headline": ["Рубль упал", "Дроны ночью"], "scores": [0.5, 1.5]}
    )
    copy = pa.table(own.to_pydict())
    answer = tagger.tag_arrow(own)
    assert answer.column_names == ["id", "input_topic", "headline", "input_scores", *RESULT.names]
    assert answer.select(range(4)).rename_columns(own.column_names).equals(own)
    assert own.equals(copy)
    assert answer.select(RESULT.names).schema == RESULT


def test_no_name_stands_twice(tagger: Tagger) -> None:
    own = pa.table({"headline": ["Рубль упал"], "topic": ["спорт"], "input_topic": ["досуг"]})
    names = tagger.tag_arrow(own).column_names
    assert len(set(names)) == len(names) == 3 + len(RESULT.names)


@pytest.mark.parametrize("chunks", [[], [[]], [[], []]])
def test_empty_table_gets_its_columns(tagger: Tagger, chunks: list[list[str]]) -> None:
    table = tagger.tag_arrow(pa.table({"headline": pa.chunked_array(chunks, pa.string())}))
    assert len(table) == 0
    assert table.schema == pa.schema([("headline", pa.string()), *RESULT])
    assert tagger.tag([]) == []


def test_ten_threads_get_the_answers_of_one(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("рубль", "дрон", "сейм", "танк", "налог", "спикер", "ёжик", "завод")
    texts = [f"{one}{turn} {other} {one}" for turn in range(20) for one in words for other in words]
    expected = Tagger.load(model_folder).tag(texts)
    monkeypatch.setattr(rows, "_REMEMBERED", 50)  # so small that threads start each other's tables anew
    shared = Tagger.load(model_folder)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(10) as threads:
            answers = list(threads.map(lambda start: shared.tag(texts[start : start + 20]), range(0, len(texts), 20)))
    finally:
        sys.setswitchinterval(interval)
    assert [one for batch in answers for one in batch] == expected


@pytest.mark.parametrize("threads", [1, 3])
def test_any_number_of_threads_gives_the_same(
    model_folder: Path, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagger = Tagger(load(model_folder), threads)
    expected = tagger.margins(pa.array(HEADLINES))
    monkeypatch.setattr(tagging, "_BATCH", 3)
    np.testing.assert_array_equal(tagger.margins(pa.array(HEADLINES * 3)), np.tile(expected, (3, 1)))


def test_after_an_error_no_thread_begins_anything_more(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "_BATCH", 1)
    met: list[str] = []

    def fail(batch: pa.Array) -> None:
        met.append(batch[0].as_py())
        if len(met) == 3:
            raise KeyboardInterrupt
        time.sleep(0.001)

    with pytest.raises(KeyboardInterrupt):
        Tagger(load(model_folder), 2)._each(pa.array(map(str, range(500))), fail)
    assert len(met) < 100


def test_calls_do_not_grow_with_repeated_headlines(tagger: Tagger) -> None:
    def calls(table: pa.Table) -> int:
        met = Counter[str]()
        sys.setprofile(lambda _frame, event, _argument: met.update([event]))
        try:
            tagger.tag_arrow(table)
        finally:
            sys.setprofile(None)
        return met["call"] + met["c_call"]

    tagger.tag(HEADLINES)
    few, many = (pa.table({"headline": HEADLINES * times}) for times in (20, 2000))
    assert 0 < calls(few) == calls(many)


def test_memory_of_chunks_is_bounded(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_REMEMBERED", 1500)
    memory = rows.Rows(load(model_folder))
    first = memory.of(["рубль", "дрон"])
    for start in range(0, 6000, 100):
        memory.of([f"слово{place}" for place in range(start, start + 100)])
        assert len(memory._memory) <= 1500
    assert len(memory._memory._table.rows) <= 1500 + 1
    np.testing.assert_array_equal(memory.of(["рубль", "дрон"]), first)
    assert np.abs(first).sum() > 0
