"""Letters: what is broken is mended, what is whole stays."""

import unicodedata
from itertools import compress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.letters import fold_yo, mend

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯіўІЎїєґЇЄҐ"
SIGNS = "0123456789«»„“”—–-−…!?.,:;()/%№°$€\"'"
LATIN_TWINS = dict(zip("АаВСсЕеНКкМОоРрТХхУуІі", "AaBCcEeHKkMOoPpTXxYyIi", strict=True))
# Marks that compose, marks that do not, and marks that nobody sees.
MARKS = "\u0300\u0301\u0306\u0308\u200b\u00ad\ufeff\ufe0f\u2060"
MESSY = st.text(st.sampled_from(CYRILLIC + "AaBCceHKMoPpTXyYibdfgtzZѐѝЍë" + SIGNS + MARKS + "’ʼ`‑_ "), max_size=12)


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        pytest.param("Cбербанк", "Сбербанк", id="latin capital"),
        pytest.param("«Hафтан»,", "«Нафтан»,", id="latin capital between quotes"),
        pytest.param("пaрk", "парк", id="as many latin letters as cyrillic"),
        pytest.param("КАМАZ", "KAMAZ", id="latin letter without a twin, all others with one"),
        pytest.param("КАMAЗ", "КАМАЗ", id="acronym"),
        pytest.param("МIнск", "МІнск", id="latin i has a twin in Belarusian and Ukrainian"),
        pytest.param("USА", "USA", id="cyrillic letter in a latin word"),
        pytest.param("BМW-клуб", "BMW-клуб", id="latin word before a hyphen"),
        pytest.param("Щit", "Щit", id="cyrillic letter without a twin"),
        pytest.param("еdaльня", "еdaльня", id="only some latin letters with a twin"),
        pytest.param("GооgleЖ", "GооgleЖ", id="only some cyrillic letters with a twin"),
        pytest.param("Zаӿ", "Zаӿ", id="last letter of the Cyrillic block"),
        pytest.param("".join(LATIN_TWINS) + "Z", "".join(LATIN_TWINS.values()) + "Z", id="all that have Latin twins"),
        pytest.param("".join(LATIN_TWINS.values()) + "А", "".join(LATIN_TWINS) + "А", id="all that have Cyrillic ones"),
        pytest.param("IT-рынок", "IT-рынок", id="two scripts on purpose"),
        pytest.param("банки\u0306", "банкй", id="composed"),
        pytest.param("банк\u00adи", "банки", id="soft hyphen"),
        pytest.param("\ufeffСуд", "Суд", id="byte order mark"),
        pytest.param("Сбор\u200bная", "Сборная", id="zero-width space"),
        pytest.param("\u202bМинск\u202c", "Минск", id="direction marks"),
        pytest.param("❤\ufe0f", "❤", id="variation selector"),
        pytest.param("за\u0301мок", "замок", id="stress"),
        pytest.param("ѝли", "или", id="letter that holds a grave stress"),
        pytest.param("бизнес‑ланч", "бизнес-ланч", id="no-break hyphen"),
        pytest.param("О’Генри", "О'Генри", id="typographic apostrophe"),
        pytest.param("сувязьʼ", "сувязь'", id="modifier apostrophe"),
        pytest.param("c\u200b", "с", id="preposition behind an invisible mark"),
        pytest.param("Cafe", "Cafe", id="all ASCII"),
        pytest.param("Café", "Café", id="latin with a diacritic"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_mend(broken: str, meant: str) -> None:
    assert mend(broken) == meant


@given(st.text(st.sampled_from(CYRILLIC + SIGNS)))
def test_clean_cyrillic_stays(text: str) -> None:
    assert mend(text) == text


@given(st.text(st.characters(min_codepoint=33, max_codepoint=127), min_size=2))
def test_ascii_stays(text: str) -> None:
    assert mend(text) == text


@pytest.mark.parametrize(("latin", "cyrillic"), [("B", "В"), ("c", "с"), ("Z", "Z")])
def test_a_latin_letter_alone_is_a_preposition_where_it_looks_like_one(latin: str, cyrillic: str) -> None:
    assert mend(latin) == cyrillic


@given(st.sampled_from(["Сенат", "Европа", "акцент", "автопром", "космос", "сухарь", "Хатынь", "рекорд"]), st.data())
def test_twins_inside_a_cyrillic_word_are_repaired(word: str, data: st.DataObject) -> None:
    places = list(compress(range(len(word)), (letter in LATIN_TWINS for letter in word)))
    slips = data.draw(st.sets(st.sampled_from(places), max_size=len(word) // 2))
    broken = "".join(LATIN_TWINS[letter] if place in slips else letter for place, letter in enumerate(word))
    assert mend(broken) == word


@settings(max_examples=500)
@given(MESSY)
@example("вс\u0435\u0301\u0308")  # stress between е and its dots
@example("во\u0438\u200b\u0306")  # zero-width space between и and its breve
@example("мy\u0306")  # breve on a Latin y
@example("ЁB\u0300A")  # a grave accent on a Latin B between letters of both
def test_mend_is_idempotent(text: str) -> None:
    assert mend(mend(text)) == mend(text)


@settings(max_examples=500)
@given(MESSY)
@example("вс\u0435\u0301\u0308")
def test_mended_text_is_composed(text: str) -> None:
    assert unicodedata.is_normalized("NFC", mend(text))


@pytest.mark.parametrize(("written", "folded"), [("Алёна", "Алена"), ("ЁЛКА", "ЕЛКА"), ("Орел", "Орел"), ("", "")])
def test_fold_yo(written: str, folded: str) -> None:
    assert fold_yo(written) == folded
