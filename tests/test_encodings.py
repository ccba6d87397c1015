"""Encodings are told by the letters, garbled headlines are whole again, and whole ones stay as they are."""

import csv
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.ingest import Counts, Options, read
from pipeline.ingest.encoding import detect
from pipeline.ingest.mojibake import repair

ROOT = Path(__file__).parent.parent
HEADLINES = [
    "Нацбанк поднял ставку рефинансирования до 10,5%",
    "В Витебске ночью лопнули трубы, школьников отпустили",
    "ПРАВИТЕЛЬСТВО УТВЕРДИЛО БЮДЖЕТ НА ТРИ ГОДА",
    "Сейм отложил голосование о закрытии границы",
    "Генштаб сообщил об отходе бригады к северу",
]
ENCODINGS = ["cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.fixture(scope="module")
def corpus() -> list[str]:
    with (ROOT / "data/headlines.csv").open(encoding="utf-8") as file:
        return [row["headline"] for _, row in zip(range(4000), csv.DictReader(file), strict=False)]


@pytest.mark.parametrize("encoding", [*ENCODINGS, "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("headline", HEADLINES)
def test_one_headline_is_enough(headline: str, encoding: str) -> None:
    Path("list.txt").write_bytes(headline.encode(encoding))
    (table,) = read("list.txt", Counts())
    assert table["headline"].to_pylist() == [headline]


@pytest.mark.parametrize("encoding", ENCODINGS[:5])
def test_ten_headlines_of_the_corpus_are_enough(corpus: list[str], encoding: str) -> None:
    tens = ["\n".join(corpus[start : start + 10]).encode(encoding, "replace") for start in range(0, 2000, 10)]
    assert [ten.decode(detect(ten, complete=True)) for ten in tens] == [ten.decode(encoding) for ten in tens]


def test_a_line_in_another_encoding_stops_nothing() -> None:
    Path("list.txt").write_bytes("\n".join(HEADLINES).encode() + b"\n" + "Мост закрыли на год".encode("cp1251") + b"\n")
    counts = Counts()
    (table,) = read("list.txt", counts)
    assert table["headline"].to_pylist() == [*HEADLINES, "Мост закрыли на год"]
    assert counts.repaired == 1


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        ("РќР°С†Р±Р°РЅРє РїРѕРґРЅСЏР» СЃС‚Р°РІРєСѓ", "Нацбанк поднял ставку"),  # UTF-8 read as CP1251
        ("Ð\x9dÐ°Ñ\x86Ð±Ð°Ð½Ðº Ð¿Ð¾Ð´Ð½Ñ\x8fÐ» Ñ\x81Ñ\x82Ð°Ð²ÐºÑ\x83", "Нацбанк поднял ставку"),  # as Latin-1
        ("Íàöáàíê ïîäíÿë ñòàâêó", "Нацбанк поднял ставку"),  # CP1251 read as Latin-1
        ("мЮЖАЮМЙ ОНДМЪК ЯРЮБЙС", "Нацбанк поднял ставку"),  # CP1251 read as KOI8-R
        ("оБГВБОЛ РПДОСМ УФБЧЛХ", "Нацбанк поднял ставку"),  # KOI8-R read as CP1251
        ("═рЎсрэъ яюфэ ы ёЄртъє".replace("фэ ы", "фэ\xa0ы"), "Нацбанк поднял ставку"),  # CP1251 read as CP866
        ("╨Э╨░╤Ж╨▒╨░╨╜╨║", "Нацбанк"),  # UTF-8 read as CP866
    ],
)
def test_repair(garbled: str, meant: str) -> None:
    assert repair(garbled) == meant
    assert repair(meant) == meant


@pytest.mark.parametrize(
    "whole",
    ["Deutsche Börse übernimmt", "РФ и СССР", "Łódź i Gdańsk", "Ў Мінску адкрылі мост", "Їхав козак", "BБК «ЯЩЁ»"],
)
def test_whole_headlines_stay(whole: str) -> None:
    assert repair(whole) == whole


def test_no_headline_of_the_corpus_is_changed(corpus: list[str]) -> None:
    assert [headline for headline in corpus if repair(headline) != headline] == []


def test_the_user_may_say_the_encoding() -> None:
    Path("list.txt").write_bytes("Їжак".encode("cp1251"))
    (table,) = read("list.txt", Counts(), Options(encoding="windows-1251"))
    assert table["headline"].to_pylist() == ["Їжак"]
    with pytest.raises(InputError, match=r"found the encoding “cp1252x”; expected one that Python knows"):
        list(read("list.txt", Counts(), Options(encoding="cp1252x")))


@pytest.mark.parametrize("declared", ["windows-1251", "koi8-r", "cp866", "iso-8859-1", "utf-8", "utf-16", "none"])
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-8"])
def test_what_is_declared_is_not_believed_against_the_letters(encoding: str, declared: str) -> None:
    rows = "".join(f'<li><a href="/{place}">{headline}</a></li>' for place, headline in enumerate(HEADLINES))
    Path("page").write_bytes(f'<html><meta charset="{declared}"><ul>{rows}</ul></html>'.encode(encoding))
    (table,) = read("page", Counts())
    assert table["headline"].to_pylist() == HEADLINES


def test_what_is_declared_is_believed_where_the_letters_are_few() -> None:
    items = "<item><title>Börse in Zürich schließt höher</title></item>"
    Path("feed").write_bytes(f'<?xml version="1.0" encoding="latin-1"?><rss>{items}</rss>'.encode("latin-1"))
    (table,) = read("feed", Counts())
    assert table["headline"].to_pylist() == ["Börse in Zürich schließt höher"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_a_wide_encoding_that_the_user_says_needs_no_mark(encoding: str) -> None:
    Path("list.txt").write_bytes("\n".join(HEADLINES).encode(encoding))
    (table,) = read("list.txt", Counts(), Options(encoding=encoding[:6]))
    assert table["headline"].to_pylist() == HEADLINES


@pytest.mark.parametrize("name", ["idna", "punycode", "base64", "rot13", "undefined"])
def test_what_python_calls_an_encoding_and_is_none_is_refused(name: str) -> None:
    Path("list.txt").write_text(HEADLINES[0], encoding="utf-8")
    with pytest.raises(InputError, match=f"found the encoding “{name}”"):
        list(read("list.txt", Counts(), Options(encoding=name)))
