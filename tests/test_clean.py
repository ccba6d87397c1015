"""What the model sees of a headline; the headline itself stays."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.ingest.clean import _FEW, _STEPS, clean, clean_column
from pipeline.predict import predict
from pipeline.tagger import Tagger

ROOT = Path(__file__).parent.parent
WRITTEN = (
    "Нацбанк поднял 12:30 1:05 03.11.2025 2025-11-03 2020-й ФОТО видео фотогалерея 18+ Обновлено UPD МОЛНИЯ срочно"
)
AROUND = (
    "１:30 ٣. # @ < > </b> &amp; https://t.me/a РБК Новости • → ⚡ 1️⃣ ( ) [ ] + — – - / // :: | : , . ! « » № _ 7 \u0301"
)
PIECES = [*WRITTEN.split(), *AROUND.split(), "последние новости", "РИА Новости", " ", " ", "\u00a0", "\t"]


@pytest.mark.parametrize(
    ("headline", "seen"),
    [
        ("12:30 Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("03.11.2025, 9:05 — Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("7. Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("• Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("⚡️❗️Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("<b>Нацбанк</b> поднял&nbsp;ставку", "Нацбанк поднял ставку"),
        ("Нацбанк &laquo;поднял&raquo; ставку", "Нацбанк «поднял» ставку"),
        ("Нацбанк поднял ставку (ВИДЕО)", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку [фото и видео]", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку + ФОТО", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку | Новости Беларуси", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку — РИА Новости", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку https://t.me/yasen/15", "Нацбанк поднял ставку"),
        ("#нацбанк поднял ставку", "нацбанк поднял ставку"),
        ("#экономика Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку #экономика #минск", "Нацбанк поднял ставку"),
        ("⚡️ МОЛНИЯ! Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("Срочно: Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("Обновлено: Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку (обновлено в 12:30)", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку. Обновлено", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку — РБК", "Нацбанк поднял ставку"),
        ("«Молния!» Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("⚡️Молния. Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("Срочно — Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("❗СРОЧНО Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("[СРОЧНО] Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("1️⃣ Нацбанк поднял ставку ▶️", "Нацбанк поднял ставку"),
        ("1\ufe0f Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку в 2025⚡ году", "Нацбанк поднял ставку в 2025 году"),
        ("‼️Нацбанк поднял ставку 👩‍💻", "Нацбанк поднял ставку"),
        ("[12:30] Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("Обновлено 12:30. Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("[обновлено] Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("UPD: Нацбанк поднял ставку", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку (ФОТО, ВИДЕО)", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку (фото+видео)", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку — видео", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку. Видео", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку ВИДЕО", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку | Экономика | РБК", "Нацбанк поднял ставку"),
        ("Новости | Нацбанк поднял ставку", "Новости | Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку / РИА Новости", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку — «Коммерсантъ»", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку (РБК)", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку - Новости Беларуси", "Нацбанк поднял ставку"),
        ("Нацбанк поднял ставку &amp;amp; курс", "Нацбанк поднял ставку & курс"),
        ("МОЛНИЯ УБИЛА КОРОВУ", "МОЛНИЯ УБИЛА КОРОВУ"),
        ("Важно — не победа", "Важно — не победа"),
        ("Опубликовано первое видео", "Опубликовано первое видео"),
        ("Две новости — хорошая и плохая", "Две новости — хорошая и плохая"),
        ("Молния убила корову под Лидой", "Молния убила корову под Лидой"),
        ("Программу обновлено не будет", "Программу обновлено не будет"),
        ("2.5 млрд долларов принес экспорт", "2.5 млрд долларов принес экспорт"),
        ("2020-й: как это было", "2020-й: как это было"),
        ("Счет 3:2 — «Динамо» в финале", "Счет 3:2 — «Динамо» в финале"),
        ("Наступление остановлено — ISW", "Наступление остановлено — ISW"),
        ("12:30", "12:30"),
    ],
)
def test_clean(headline: str, seen: str) -> None:
    assert clean(headline) == seen
    for count in (1, _FEW):
        assert clean_column(pa.array([headline, "Мост открыли"] * count)).to_pylist() == [seen, "Мост открыли"] * count


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_cleaning_keeps_the_number_of_headlines_and_leaves_none_empty(headlines: list[str]) -> None:
    cleaned = clean_column(pa.array([headline.encode("utf-8", "replace").decode() for headline in headlines]))
    assert len(cleaned) == len(headlines)
    assert all(
        bool(seen.strip()) or not headline.strip()
        for seen, headline in zip(cleaned.to_pylist(), headlines, strict=True)
    )


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8))
@example(["Нацбанк", " ", "T.ME/yasen"])
def test_no_headline_is_let_pass_that_a_step_would_touch(pieces: list[str]) -> None:
    headline = "".join(pieces)
    seen = clean_column(pa.array([headline] * _FEW)).to_pylist()
    assert [text.split() for text in seen] == [clean(headline).split()] * _FEW


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8))
def test_a_step_takes_away_nothing_without_one_of_its_signs(pieces: list[str]) -> None:
    headline = "".join(pieces)
    for signs, pattern, instead in _STEPS:
        assert not signs or signs & set(headline) or pattern.sub(instead, headline) == headline


def test_a_column_is_cleaned_as_its_headlines_are() -> None:
    with (ROOT / "data/headlines.csv").open(encoding="utf-8") as file:
        headlines = [row["headline"] for row in csv.DictReader(file)]
    assert clean_column(pa.array(headlines)).to_pylist() == [clean(headline) for headline in headlines]


@pytest.mark.parametrize(
    "other",
    [
        "НАЦБАНК ПОДНЯЛ СТАВКУ РЕФИНАНСИРОВАНИЯ",
        "Нац\u00adбанк\u00a0поднял ста\u200bвку \u202aрефинансирования\u202c",
        "Нацбанк поднял ставку рефинансирования".replace("й", "и\u0306"),
        "Молния! Нацбанк поднял ставку рефинансирования 🔥 #экономика",
    ],
)
def test_the_model_sees_one_headline_in_every_state_of_repair(other: str, tagger: Tagger) -> None:
    plain = "Нацбанк поднял ставку рефинансирования"
    Path("list.jsonl").write_text("".join(f'{{"headline": "{text}"}}\n' for text in (plain, other)), encoding="utf-8")
    predict(["list.jsonl"], tagger, out=Path("out.jsonl"), kind=None, rejects=None, why=False)
    first, second = map(json.loads, Path("out.jsonl").read_text(encoding="utf-8").splitlines())
    assert (first.pop("headline"), second.pop("headline")) == (plain, other)
    assert first == second


def test_the_headline_stays_and_the_model_sees_it_clean(tagger: Tagger) -> None:
    dirty = "⚡️ 12:30 &laquo;Нацбанк&raquo; поднял ставку (ВИДЕО) | Новости"
    Path("list.jsonl").write_text(
        f'{{"headline": "{dirty}"}}\n{{"headline": "«Нацбанк» поднял ставку"}}\n', encoding="utf-8"
    )
    predict(["list.jsonl"], tagger, out=Path("out.csv"), kind=None, rejects=None, why=False)
    with Path("out.csv").open(encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert first.pop("headline") == dirty
    assert second.pop("headline") == "«Нацбанк» поднял ставку"
    assert first == second
