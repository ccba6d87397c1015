"""Languages: the table languages.txt, the laws of votes, and what a headline in another language gets."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pymorphy3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dictionaries import dictionary
from pipeline.explain import INTERCEPT, explain
from pipeline.kin import Spelling, folded, kin
from pipeline.language import _BITS, CODES, OTHER, ballots, elect, languages, of_word, readable, spelled, votes
from pipeline.lemmatize import lemma
from pipeline.tagger import Tagger
from pipeline.train import Trained

LINES = (Path(__file__).parent / "languages.txt").read_text(encoding="utf-8").splitlines()
TABLE = [tuple(line.split("\t")) for line in LINES if line and not line.startswith("#")]
WORD = st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюяґєіїў'ә-", min_size=1, max_size=14)
TEXT = st.lists(st.one_of(st.sampled_from([headline for _, headline in TABLE]), st.text(max_size=20), WORD), max_size=6)


@pytest.mark.parametrize(("code", "headline"), TABLE)
def test_language(code: str, headline: str) -> None:
    assert languages([headline]) == [code], f"«{headline}»: {[(word, of_word(word)) for word in headline.split()]}"


def test_the_table_has_enough_of_each() -> None:
    assert len(TABLE) >= 60
    assert all(sum(code == one for code, _ in TABLE) >= 14 for one in CODES)


@settings(deadline=None)
@given(TEXT)
def test_votes_of_a_headline_are_those_of_its_chunks(parts: Sequence[str]) -> None:
    headline = " ".join(parts)
    total = np.array([sum(votes(chunk) for chunk in headline.split())])
    assert languages([headline, *parts])[0] == CODES[int(elect(total)[0])]
    read = readable(np.array([[ballots(chunk) for chunk in headline.split()] or [(0, 0)]], float).sum(axis=1))[0]
    assert read >= (elect(total)[0] != OTHER)  # what is elected can be read; a mixture of languages may be, too
    assert read <= bool(total[0])


@pytest.mark.parametrize(
    ("russian", "belarusian", "ukrainian", "elected"),
    [(1, 0, 2, "ru"), (2, 0, 3, "ru"), (1, 0, 3, "uk"), (0, 0, 1, "uk"), (0, 2, 2, "be"), (0, 0, 0, "other")],
)
def test_most_votes_win_and_russian_ones_count_one_more(
    russian: int, belarusian: int, ukrainian: int, elected: str
) -> None:
    packed = russian | belarusian << _BITS | ukrainian << 2 * _BITS
    assert CODES[int(elect(np.array([packed]))[0])] == elected


@pytest.mark.parametrize(
    ("chunk", "read", "other"),
    [
        ("Снег", 2, 0),  # any word
        ("из", 4, 0),  # one that languages.tsv names
        ("Aa", 0, 1),  # Latin letters, which any language borrows
        ("zz", 0, 1),
        ("ლა", 0, 8),  # letters of no language here
        ("Снег/Aa", 2, 1),
        ("2024", 0, 0),
    ],
)
def test_ballots_of_a_chunk(chunk: str, read: int, other: int) -> None:
    assert ballots(chunk) == (read, other)


@pytest.mark.parametrize(
    ("read", "other", "expected"),
    [(0, 0, False), (1, 0, True), (1, 2, True), (1, 3, False), (2, 3, True), (2, 4, False), (0, 1, False)],
)
def test_what_is_readable_has_votes_and_at_most_one_less_than_the_other(read: int, other: int, expected: bool) -> None:
    assert readable(np.array([[read, other]], float)).tolist() == [expected]


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("снегу", ("ru", "be")),  # Ukrainian by its spelling, but only in the Russian dictionary
        ("травень", ("uk",)),  # in the Ukrainian dictionary only
        ("вясна", ("be",)),  # in none, with a Russian kin, and of just so many letters that it tells
        ("мяжа", ("ru", "be", "uk")),  # too short to tell
    ],
)
def test_dictionaries_speak_against_a_language(word: str, codes: tuple[str, ...]) -> None:
    assert of_word(word) == codes


def test_the_first_letter_of_the_table_rules() -> None:
    assert spelled("ґанок") == ("uk",)


def test_a_word_without_kin_is_written_in_russian_letters() -> None:
    assert lemma("цікавасць") == "тикавасть"


def test_no_headlines_have_no_languages() -> None:
    assert languages([]) == []


@settings(deadline=None)
@given(WORD, st.sampled_from(["be", "uk"]))
def test_any_word_is_read(word: str, code: str) -> None:
    assert (kin(word, code) or folded(word, code)) == (kin(word, code) or folded(word, code)).lower()
    assert of_word(word)


@pytest.mark.parametrize(
    ("word", "russian"),
    [
        ("Канстытуцыі", "конституция"),
        ("выбары", "выборы"),
        ("урад", "правительство"),
        ("падаткаў", "налог"),
        ("рашэннем", "решение"),
        ("украінскага", "украинский"),
        ("вибори", "выборы"),
        ("виборів", "выборы"),
        ("податки", "налог"),
        ("урядом", "правительство"),
        ("обстрілів", "обстрел"),
        ("літаки", "самолет"),
        ("ці", "этот"),  # named as Belarusian, too; but the Ukrainian dictionary knows it
        # what can be Russian stays Russian
        ("Пашиняна", "пашинян"),
        ("ВСУ", "всу"),
        ("криптовалюту", "криптовалюта"),
        ("БелАЗа", "белаз"),
    ],
)
def test_lemma_is_the_russian_kin(word: str, russian: str) -> None:
    assert lemma(word) == russian


@pytest.mark.parametrize("name", ["kin.tsv", "languages.tsv", "spelling.tsv"])
def test_data_are_good_rows(name: str) -> None:
    rows = [line.split("\t") for line in files("pipeline").joinpath(name).read_text(encoding="utf-8").splitlines()]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert all(cell.strip() == cell != "" for row in rows for cell in row)
    keys = [tuple(row[:-2]) for row in rows]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("code", ["be", "uk"])
def test_every_attempt_is_seen_in_its_example(code: str) -> None:
    table = files("pipeline").joinpath("spelling.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines()]
    examples = [example.split(",")[0] for language, use, _, _, example in rows if (language, use) == (code, "try")]
    assert [example for example in examples if not Spelling.of(code).any_attempt.search(example)] == []


def test_kin_are_words_of_the_russian_dictionary_or_of_the_news() -> None:
    rows = [line.split("\t") for line in files("pipeline").joinpath("kin.tsv").read_text(encoding="utf-8").splitlines()]
    unknown = {russian for _, _, russian, _ in rows[1:] if not dictionary("ru").word_is_known(russian)}
    assert unknown <= {"беларус", "белаз", "всу", "пресс-служба", "россиянин"}


@pytest.mark.parametrize("headline", [headline for code, headline in TABLE if code == "other"])
def test_another_language_gets_no_tag_and_is_unsure(trained: Trained, headline: str) -> None:
    tagger = Tagger(trained.model)  # one that would give every tag to anything, and be sure
    tagger.decision = replace(tagger.decision, thresholds=np.full(3, 1e-9), band=0.0)
    assert tagger.tag(["Рубль упал"])[0].tags
    [one] = tagger.tag([headline])
    assert (one.topic, one.tags, one.unsure) == ("other", (), True)
    assert all(share == [(INTERCEPT, share[0][1])] for share in explain(tagger, headline).values())


def test_the_language_of_one_headline_is_not_its_neighbours(tagger: Tagger) -> None:
    headlines = [headline for _, headline in TABLE]
    assert tagger.tag(headlines) == [tagger.tag([headline])[0] for headline in headlines]


def test_a_topic_is_found_in_three_languages(tagger: Tagger) -> None:
    for headline in (
        "Нацбанк снизил ставку по кредитам",
        "Нацбанк знізіў стаўку па крэдытах",
        "Нацбанк знизив ставку за кредитами",
    ):
        assert tagger.tag([headline])[0].topic == "economy", headline


WITHOUT = """
import sys
from pipeline.dictionaries import is_known
from pipeline.language import languages
from pipeline.tagger import Tagger
assert not is_known("uk", "вибори") and is_known("ru", "выборы")
print(*languages(["Снег в мае", "Їхній сніг", "Снег у траўні"]))
print(*(tagged.topic for tagged in Tagger.load(sys.argv[1]).tag(["Уряд подав проєкт бюджету", "Бои под Часовым Яром"])))
"""


def test_all_works_without_the_ukrainian_dictionary(model_folder: Path, tmp_path: Path) -> None:
    for package in Path(pymorphy3.__file__).parent.parent.iterdir():
        if not package.name.startswith("pymorphy3_dicts_uk"):
            (tmp_path / package.name).symlink_to(package)
    command = [sys.executable, "-S", "-c", WITHOUT, str(model_folder)]
    path = {"PYTHONPATH": f"{tmp_path}:{Path(__file__).parent.parent}"}
    done = subprocess.run(command, env=os.environ | path, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["ru", "uk", "be", "economy", "war"]
