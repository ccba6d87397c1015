"""Words and lemmas: the tables lemmas.txt and tokens.txt, the laws, and the exceptions' own good order."""

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pymorphy3 import MorphAnalyzer

from pipeline.guess import guess
from pipeline.lemmatize import exceptions, lemma, lemmatize, tokenize
from pipeline.letters import fold_yo

TESTS = Path(__file__).parent
EXCEPTIONS = [
    tuple(line.split("\t"))
    for line in (TESTS.parent / "pipeline/exceptions.tsv").read_text(encoding="utf-8").splitlines()
]
WORDS = sorted({word for _form, _lemma, headline in EXCEPTIONS[1:] for word in tokenize(headline)})
CYRILLIC = st.characters(min_codepoint=0x0410, max_codepoint=0x044F) | st.sampled_from("ёЁіўІЎ")
TEXT = st.text(CYRILLIC | st.sampled_from("azAZ09 \t\u00a0.,:-–—'’`«»!?…/%№°_\u0301\u0306\u0308\u00ad"), max_size=30)


def table(name: str, between: str) -> list[tuple[str, ...]]:
    lines = (TESTS / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split(between)) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("word", "expected"), table("lemmas.txt", "\t"))
def test_lemma(word: str, expected: str) -> None:
    found = lemma(word)
    assert found == expected, f"«{word}» → «{found}»; expected «{expected}»"


@pytest.mark.parametrize(("headline", "expected"), table("tokens.txt", " → "))
def test_tokens(headline: str, expected: str) -> None:
    found = "|".join(token.lower() for token in tokenize(headline))
    assert found == expected, f"«{headline}»\n → {found}\nnot {expected}"


@pytest.mark.parametrize(
    ("headline", "forms", "lemmas"),
    [
        ("Ёлки подорожали", "елки подорожали", "елка подорожать"),
        ("Осёл осел в яслях", "осел осел в яслях", "осел осесть в ясли"),
        ("Сектор Газа без света", "сектор газа без света", "сектор газа без свет"),
        ("Цена газа выросла", "цена газа выросла", "цена газ вырасти"),
        ("Cуд отпустил стрелка\u0301", "суд отпустил стрелка", "суд отпустить стрелок"),
        ("— … «»", "", ""),
        ("", "", ""),
    ],
)
def test_lemmatize(headline: str, forms: str, lemmas: str) -> None:
    words = lemmatize(headline)
    assert " ".join(word.form for word in words) == forms
    assert " ".join(word.lemma for word in words) == lemmas


@settings(deadline=None)
@given(TEXT)
@example("Мэр O`Brien ушел")  # a chunk of ASCII alone
def test_a_headline_has_the_words_of_its_chunks(headline: str) -> None:
    assert tokenize(headline) == [word for chunk in headline.split() for word in tokenize(chunk)]


@given(st.text())
@example("Йод и ёлка")
def test_composed_or_not_the_tokens_are_the_same(text: str) -> None:
    assert tokenize(unicodedata.normalize("NFD", text)) == tokenize(unicodedata.normalize("NFC", text))


@settings(deadline=None)
@given(TEXT)
def test_forms_and_lemmas_are_folded(headline: str) -> None:
    words = lemmatize(headline)
    assert len(words) == len(tokenize(headline))
    assert all(word.form == fold_yo(word.form.lower()) != "" for word in words)
    assert all(word.lemma == fold_yo(word.lemma.lower()) != "" for word in words)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(WORDS) | st.text(CYRILLIC, min_size=1, max_size=12))
def test_case_does_not_matter(word: str) -> None:
    if fold_yo(word.lower()) not in {form.lower() for form in exceptions() if form != form.lower()}:
        assert lemma(word.lower()) == lemma(word.upper()) == lemma(word.capitalize()), word


@pytest.mark.parametrize("word", ["\U00017000", "ß-поезда"], ids=["a letter without a name", "foreign letters"])
def test_a_word_that_the_dictionaries_are_not_asked_about_is_its_own_lemma(word: str) -> None:
    assert lemma(word) == word


def test_exceptions_have_three_cells_and_a_header() -> None:
    assert EXCEPTIONS[0] == ("form", "lemma", "headline")
    assert [row for row in EXCEPTIONS if len(row) != 3 or not all(cell == cell.strip() != "" for cell in row)] == []


def test_exceptions_are_sorted_without_duplicates() -> None:
    forms = [form for form, _lemma, _headline in EXCEPTIONS[1:]]
    assert [f"«{other}» after «{form}»" for form, other in pairwise(forms) if other <= form] == []


def test_exceptions_are_folded_and_their_lemmas_lower_case() -> None:
    assert [form for form, _lemma, _headline in EXCEPTIONS[1:] if form != fold_yo(form)] == []
    assert [lemma_ for _form, lemma_, _headline in EXCEPTIONS[1:] if lemma_ != fold_yo(lemma_.lower())] == []


def test_exceptions_stand_in_their_headline_and_decide_there() -> None:
    idle = [row for row in EXCEPTIONS[1:] if (row[1] not in {lemma(token) for token in spellings(row[0], row[2])})]
    assert idle == []


def test_exceptions_differ_from_the_dictionary() -> None:
    analyser = MorphAnalyzer(lang="ru")

    def without(form: str, spelling: str) -> str:
        """The answer if the entry were not there."""
        other = exceptions().get(form.lower()) if form != form.lower() else None
        return other or fold_yo(analyser.parse(spelling.lower())[0].normal_form)

    needless = [
        (form, lemma_, headline)
        for form, lemma_, headline in EXCEPTIONS[1:]
        if {lemma_} == {without(form, spelling) for spelling in (form, *spellings(form, headline))}
    ]
    assert needless == []


def spellings(form: str, headline: str) -> list[str]:
    tokens = tokenize(headline)
    return [token for token in tokens if form in (fold_yo(token), fold_yo(token.lower()))]


@pytest.fixture(scope="module")
def pymorphy() -> MorphAnalyzer:
    return MorphAnalyzer(lang="ru")


@given(st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяё-", min_size=1, max_size=14))
@example("полушахтами")
@example("надроном")
@example("алёхиной")
@settings(max_examples=2000)
def test_guesses_are_those_of_pymorphy(pymorphy: MorphAnalyzer, form: str) -> None:
    assert guess(form) in (None, pymorphy.parse(form)[0].normal_form)


ENDINGS = ["хайпом", "маркетплейсах", "цискаридзе", "шойгуистами"]
BEGINNINGS = ["спецвремени", "сверхелки", "дронлюдьми"]


@pytest.mark.parametrize("form", ENDINGS + BEGINNINGS)
def test_unknown_words_are_guessed_by_their_beginning_or_ending(pymorphy: MorphAnalyzer, form: str) -> None:
    assert guess(form) == pymorphy.parse(form)[0].normal_form
