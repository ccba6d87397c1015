"""The page over HTTP: what editors give, see, change and take away."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from room import no_room_beyond
from serving import HEADLINES, paste, served

from pipeline.corrections import Correction, Corrections
from pipeline.errors import InputError
from pipeline.ingest import Counts, Options, read
from pipeline.serve import intake, sheets, tongue, view
from pipeline.serve.champion import Throne
from pipeline.serve.correct import changed, correct
from pipeline.serve.desk import Desk
from pipeline.serve.marks import marks
from pipeline.serve.sheets import Sheet, Sheets
from pipeline.serve.view import View, Wish
from pipeline.tagger import Tagger
from pipeline.topics import OTHER, TOPICS, parse_tags
from pipeline.watch.record import Item
from pipeline.watch.store import Headlines

pytestmark = pytest.mark.enable_socket
ROOT = Path(__file__).parent.parent
SERVE = ROOT / "pipeline/serve"
SAMPLES = sorted(path for path in (ROOT / "data/samples").iterdir() if path.is_file())
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def at(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Desk]]:
    with served(tmp_path_factory.mktemp("pages"), model_folder, allow_private=True) as both:
        yield both


def headlines(client: httpx.Client, sheet: str, query: str = "") -> list[str]:
    lines = client.get(f"{sheet}/headlines.jsonl{query}").text.splitlines()
    return [json.loads(line)["headline"] for line in lines]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_file_gives_the_headlines_that_ingest_reads(at: tuple[httpx.Client, Desk], sample: Path) -> None:
    client, _ = at
    expected = [text for table in read(str(sample), Counts()) for text in table["headline"].to_pylist()]
    assert headlines(client, paste(client, file=(sample.name, sample.read_bytes()))) == expected


def test_a_pasted_page_gives_its_list(at: tuple[httpx.Client, Desk]) -> None:
    client, _ = at
    text = (ROOT / "data/samples/page.txt").read_text(encoding="utf-8")
    assert len(headlines(client, paste(client, text))) == 16


def test_an_address_is_fetched_unless_it_leads_into_the_own_network(
    at: tuple[httpx.Client, Desk], model_folder: Path, tmp_path: Path
) -> None:
    client, _ = at
    shown = str(client.base_url.join(f"{paste(client)}/headlines.csv"))
    assert headlines(client, paste(client, f" {shown}\n")) == HEADLINES
    with served(tmp_path, model_folder) as (strict, _):
        refused = strict.post("/sheets", files={"text": (None, shown)}, headers=PAGE)
        assert refused.status_code == 422
        assert "a host in the own network" in refused.text
        assert shown in refused.text, "what was given is not lost"


@pytest.mark.parametrize(
    ("file", "text", "told", "hint"),
    [
        ("", "", "no text", "здесь нет текста"),
        ("", "   \n", "no text", "здесь нет текста"),
        ("table.csv", "a,b\n1,2\n", "the columns", "не нашлось столбца"),
        ("page.pdf", "%PDF-1.7 …", "a PDF", "такие файлы Рубрика не читает"),
        ("", "http://no-such-host.invalid/", "no such host", "никто не отвечает"),
    ],
)
def test_what_cannot_be_read_is_told_on_the_page(
    at: tuple[httpx.Client, Desk], file: str, text: str, told: str, hint: str
) -> None:
    given: dict[str, Any] = {"file": (file, text.encode())} if file else {"text": (None, text)}
    answer = at[0].post("/sheets", files=given, headers=PAGE)
    assert (answer.status_code, told in answer.text, hint in answer.text) == (422, True, True)


@pytest.mark.parametrize("path", ["/etc/hostname", "-", "data", "*", "file:///etc/hostname"])
def test_a_path_of_this_machine_is_no_address(path: str) -> None:
    with pytest.raises(InputError, match=r"no address of a page"):
        intake.of_address(path, Options())


def test_too_many_headlines_are_refused_and_not_cut(
    at: tuple[httpx.Client, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST", 3)
    answer = at[0].post("/sheets", files={"text": (None, "\n".join(HEADLINES))}, headers=PAGE)
    assert (answer.status_code, "more than 3 headlines" in answer.text) == (422, True)


def test_filters_sorts_and_search_agree_with_the_counts(at: tuple[httpx.Client, Desk]) -> None:
    client, desk = at
    sheet = paste(client, "\n".join(HEADLINES * 5))
    shown = View(desk.sheets.get(sheet.rpartition("/")[2]) or pytest.fail("no sheet"), {})
    for kind, count in shown.counts(Wish()).items():
        assert len(headlines(client, sheet, f"?topic={kind}")) == count
    assert sorted(headlines(client, sheet, "?sort=doubt")) == sorted(HEADLINES * 5)
    assert headlines(client, sheet, "?sort=doubt")[:5] == headlines(client, sheet, "?sort=sure")[-5:]
    assert headlines(client, sheet, "?q=СТАВКУ") == HEADLINES[:1] * 5
    assert "Таких заголовков здесь нет" in client.get(f"{sheet}?q=нет%20такого", headers=PAGE).text


def test_many_rows_come_in_parts(at: tuple[httpx.Client, Desk]) -> None:
    client, _ = at
    sheet, count = paste(client, "\n".join(f"Курс доллара {place}" for place in range(250))), 0
    page = client.get(sheet, headers=PAGE).text
    while found := re.search(r'id="more" href="([^"]+)"', page):
        count += page.count('class="row ')
        page = client.get(found[1].replace("&amp;", "&"), headers=PAGE).text
    assert count + page.count('class="row ') == 250


CHANGES = """
now              | model's  | change   | then
                 |          | war      | war
war              |          | economy  | war economy
war economy      | war      | war      | economy
war economy      | war      | other    |
politics         | war      | undo     | war
politics economy | politics | right    | politics economy
"""


@pytest.mark.parametrize("line", CHANGES.strip().splitlines()[1:])
def test_a_click_changes_tags(line: str) -> None:
    now, old, change, then = (cell.strip() for cell in line.split("|"))
    assert changed(parse_tags(now), parse_tags(old), change) == parse_tags(then)


def test_a_correction_is_kept_shown_everywhere_and_taken_back(at: tuple[httpx.Client, Desk]) -> None:
    client, desk = at
    text = "Лавина накрыла лыжников в Домбае"
    sheet = paste(client, f"{text}\nМост открыли\n  {text.replace(' ', '  ')}")
    model = desk.sheets.get(sheet.rpartition("/")[2]) or pytest.fail("no sheet")
    client.post("/editor", data={"name": "Аня"})
    toggled = "war" if "war" not in model.tags(0) else "economy"
    assert client.post(f"{sheet}/tags", data={"change": f"0:{toggled}"}).status_code == 303
    kept = Corrections(desk.corrections.path).standing()[text]
    assert (kept.old, kept.new, kept.editor) == (model.tags(0), (*model.tags(0), toggled), "Аня")
    assert kept.model == model.champion.version
    part = client.post(f"{sheet}/tags", data={"change": "1:right"}, headers={"Rubrika-Part": "row"}).text
    assert ("flag done" in part, "не уверен" in part.partition('<li class="row')[2]) == (True, False)
    client.post(f"{sheet}/tags", data={"change": "1:undo"})
    for place in (sheet, paste(client, text)):
        assert client.get(place, headers=PAGE).text.count("flag done") == (2 if place == sheet else 1)
    saved = [json.loads(line) for line in client.get(f"{sheet}/headlines.jsonl?topic=corrected").text.splitlines()]
    assert [(row["tags"][-1], row["unsure"], row["corrected"]) for row in saved] == [(toggled, False, True)] * 2
    part = client.post(f"{sheet}/tags", data={"change": f"2:{toggled}"}, headers={"Rubrika-Part": "row"}).text
    assert (part.count('id="row-2"'), part.count('id="chips"'), "<html" in part) == (1, 1, False)
    assert text not in Corrections(desk.corrections.path).standing()


@pytest.mark.parametrize(
    "change",
    ["", "x", "0", "0:sport", "9:war", "-1:war", "1e1:war", "٣:war", pytest.param("9" * 5000 + ":war", id="no number")],
)
def test_what_is_no_change_is_a_problem(at: tuple[httpx.Client, Desk], change: str) -> None:
    client, desk = at
    before = len(desk.corrections.history())
    assert client.post(f"{paste(client)}/tags", data={"change": change}).status_code == 422
    assert len(desk.corrections.history()) == before


def test_a_correction_that_cannot_be_kept_is_no_fault_of_the_editors(at: tuple[httpx.Client, Desk]) -> None:
    client, desk = at
    sheet, change, before = paste(client), {"change": "3:war"}, len(desk.corrections.history())
    with no_room_beyond(0):
        refused = client.post(f"{sheet}/tags", data=change, headers=PAGE)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert "corrections.db: found a file that cannot be used (disk I/O error)" in refused.text
    assert len(desk.corrections.history()) == before
    assert client.post(f"{sheet}/tags", data=change).status_code == 303
    assert len(desk.corrections.history()) == before + 1


def test_a_store_that_is_another_now_is_no_fault_of_the_editors(model_folder: Path, tmp_path: Path) -> None:
    with served(tmp_path, model_folder) as (client, desk):
        sheet = paste(client)
        for path in tmp_path.glob("corrections.db*"):
            path.unlink()
        with closing(sqlite3.connect(desk.corrections.path)) as other:
            other.execute("CREATE TABLE a (b)")
        answer = client.post(f"{sheet}/tags", data={"change": "0:war"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert "found a database of something else" in answer.json()["detail"]


def test_each_editor_has_one_opinion_of_a_headline(tmp_path: Path) -> None:
    store, old = Corrections(tmp_path / "store.db"), parse_tags("war")

    def says(editor: str, what: str) -> tuple[str, ...]:
        standing = store.standing().get("Мост открыли")
        now = standing.new if standing else old
        correct(store, what, Correction("Мост  открыли", old, now, "m", editor, "2025-11-03T09:00:00+00:00"))
        return standing.new if (standing := store.standing().get("Мост открыли")) else ("the model's",)

    assert says("Аня", "economy") == ("war", "economy")
    assert says("Аня", "war") == ("economy",)
    assert says("Боря", "politics") == ("economy", "politics")
    assert says("Аня", "right") == ("economy", "politics")
    assert says("Аня", "undo") == ("economy", "politics"), "Боря's"
    assert says("Аня", "undo") == ("war",), "said against Боря"
    assert says("Боря", "undo") == ("war",)
    assert says("Аня", "undo") == ("the model's",)


HOSTILE = ["=1+1", "+7 звонят мошенники", "@минск", "-рубль", "\tрубль", "Рубль\rупал", "'=1", "Рубль \x07 \u202e"]


def test_downloads_are_read_again_and_hold_no_formula(at: tuple[httpx.Client, Desk]) -> None:
    client, desk = at
    lines = "\n".join(json.dumps({"headline": text, "=x": text, "n": 5}) for text in HOSTILE)
    sheet = paste(client, file=("list.jsonl", lines.encode()))
    texts = [
        text
        for text in (desk.sheets.get(sheet.rpartition("/")[2]) or pytest.fail("no sheet")).table["headline"].to_pylist()
    ]
    rows = list(csv.reader(io.StringIO(client.get(f"{sheet}/headlines.csv").content.decode("utf-8-sig"), newline="")))
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert headlines(client, sheet) == texts
    book = load_workbook(io.BytesIO(client.get(f"{sheet}/headlines.xlsx").content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "b"}
    again = client.get(f"{sheet}/headlines.xlsx").content
    assert len(headlines(client, paste(client, file=("again.xlsx", again)))) == len(texts)
    plain = client.get(f"{sheet}/headlines.txt").text.splitlines()
    assert len(plain) == len(texts)
    assert client.get(f"{sheet}/headlines.exe").status_code == 404


def test_a_download_is_named_after_its_sheet(at: tuple[httpx.Client, Desk]) -> None:
    client, _ = at
    sheet = paste(client, file=('сводка"\r\nX: y.txt', "\n".join(HEADLINES).encode()))
    told = client.get(f"{sheet}/headlines.csv").headers
    assert "filename*=UTF-8''%D1%81%D0%B2%D0%BE%D0%B4%D0%BA%D0%B0" in told["Content-Disposition"]
    assert "X" not in told


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("de", "ru"),
        ("", "ru"),
        ("*;q=x,;;", "ru"),
        ("ru;q=1.2.3,en;q=0.1", "en"),
    ],
)
def test_the_page_speaks_the_browsers_language(at: tuple[httpx.Client, Desk], asked: str, language: str) -> None:
    client, _ = at
    headers = PAGE | {"Accept-Language": asked}
    assert f'<html lang="{language}">' in client.get("/", headers=headers).text
    switch = client.get("/tongue/en?to=/api", headers=headers)
    assert switch.headers["Location"] == "/api"
    assert "Set-Cookie" not in client.get("/tongue/xx?to=/api", headers=headers).headers
    assert '<html lang="en">' in client.get("/api", headers=headers).text
    client.cookies.delete(tongue.COOKIE)


def test_every_phrase_is_said_in_both_languages_and_somewhere() -> None:
    table = [line.split("\t") for line in (SERVE / "tongue.tsv").read_text("utf-8").splitlines()[1:]]
    assert all(len(row) == 3 and all(row) for row in table)
    used = "".join(path.read_text("utf-8") for path in [*SERVE.glob("templates/*.html"), *SERVE.glob("*.py")])
    said = set(re.findall(r'(?:\bt|\bsay)\("([\w.]*\w)"', used))
    made = ("hint.", *re.findall(r'\bt\("([\w.]+\.)" ~', used))
    keys = {row[0] for row in table}
    assert said - keys == set()
    spoken = said | {"all", "unsure", "corrected", *TOPICS, OTHER}
    assert {key for key in keys - spoken if not key.startswith(made)} == set()


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 заголовков"), (1, "1 заголовок"), (2, "2 заголовка"), (11, "11 заголовков"), (12, "12 заголовков"),
     (21, "21 заголовок"), (104, "104 заголовка"), (1005, "1\u202f005 заголовков")],
)  # fmt: skip
def test_numbers_choose_their_form(number: int, told: str) -> None:
    assert tongue.tongues()["ru"]("headlines", n=number) == told


@given(st.text(max_size=80), st.text(max_size=80))
def test_pieces_are_the_headline_whatever_was_cleaned_away(tagger: Tagger, headline: str, seen: str) -> None:
    assert "".join(piece.text for piece in marks(tagger, headline, seen).pieces) == headline


def test_the_words_that_decided_are_marked(tagger: Tagger) -> None:
    found = marks(tagger, "12:30 Нацбанк поднял ставку", "Нацбанк поднял ставку")
    styles = {piece.text: piece.style for piece in found.pieces}
    assert re.fullmatch(r"w (p\d )?e[123]( w\d)?", styles["ставку"])
    assert styles["12:30"] == styles[" "] == ""


def test_old_sheets_make_room(monkeypatch: pytest.MonkeyPatch, model_folder: Path) -> None:
    monkeypatch.setattr(sheets, "MOST", 2)
    kept, throne = Sheets(), Throne(model_folder)
    made: list[Sheet] = []
    for place in range(3):
        texts = pa.array([f"Рубль {place}"])
        table = throne.champion.tagger.tag_arrow(pa.table({"headline": texts}))
        made.append(Sheet("a", table, texts, Counts(), throne.champion))
        kept.add(made[-1])
        kept.get(made[0].key)
    assert [kept.get(each.key) is not None for each in made] == [True, False, True]
    monkeypatch.setattr(sheets, "LARGEST", 1)
    kept.add(made[1])
    assert [kept.get(each.key) is not None for each in made] == [False, True, False]


def test_a_wish_is_written_shortly() -> None:
    wish = Wish(topic="war", sort="doubt", q="рубль & дрон", start=100)
    assert wish.but(topic="") == "sort=doubt&q=%D1%80%D1%83%D0%B1%D0%BB%D1%8C+%26+%D0%B4%D1%80%D0%BE%D0%BD"
    assert Wish().but() == ""
    assert view.ROWS == 100


def test_shares_count_what_the_sheet_shows(at: tuple[httpx.Client, Desk]) -> None:
    client, _ = at
    rows = [f"{HEADLINES[n % 4]},2025-11-{n % 20 + 1:02},{'Ясень' if n % 2 else 'Берег'}" for n in range(40)]
    sheet = paste(client, file=("dated.csv", "\n".join(["headline,date,source", *rows]).encode()))
    page = client.get(f"{sheet}/shares?by=week&sources=true", headers=PAGE).text
    bars = re.findall(r'<a href="([^"]+)"><title>[^<]*?(?:\((\d+) из|: (\d+)<)', page)
    assert len(bars) > 20
    for href, share, every in bars:
        query = href.replace("&amp;", "&").partition("?")[2]
        assert len(headlines(client, sheet, f"?{query}")) == int(share or every), href
    undated = paste(client)
    assert "Доли по времени" not in client.get(undated, headers=PAGE).text
    assert "нет даты" in client.get(f"{undated}/shares", headers=PAGE).text
    assert headlines(client, sheet, "?period=made-up&by=week") == []
    assert "Таких заголовков здесь нет" in client.get(f"{sheet}?period=made-up&by=week", headers=PAGE).text


def test_a_review_keeps_labels_and_goes_on_where_it_stopped(at: tuple[httpx.Client, Desk]) -> None:
    client, desk = at
    texts = [f"{text} {word}" for text in HEADLINES for word in ("снова", "опять")]
    answer = client.post("/sheets", files={"text": (None, "\n".join(texts)), "then": (None, "review")})
    review = answer.headers["Location"]
    sheet = desk.sheets.get(review.split("/")[2]) or pytest.fail("no sheet")
    client.post("/editor", data={"name": "Вера"})
    says = {"answer": "war", "at": "0", "tags": "-"}
    place = client.post(review, data=says).headers["Location"]
    assert place.endswith("?at=0&tags=war")
    assert client.post(review, data=says | {"answer": "keep", "tags": "war"}).headers["Location"].endswith("?at=1")
    first = " ".join(sheet.plan[0].headline.split())
    kept = desk.corrections.opinions()[first, "Вера"]
    assert (kept.new, kept.old, kept.model) == (("war",), sheet.plan[0].tags, sheet.champion.version)
    assert f"размечено 1 из {len(sheet.plan)}" in client.get(review, headers=PAGE).text
    client.post("/editor", data={"name": "Глеб"})
    client.post(review, data={"answer": "keep", "at": "0"})
    assert "Вера, Глеб" in client.get(review, headers=PAGE).text
    undone = client.post(review, data={"answer": "undo", "at": "1"}).headers["Location"]
    assert "?at=0" in undone
    assert (first, "Глеб") not in desk.corrections.opinions()
    client.post(review, data={"answer": "keep", "at": "1"})
    assert (first, "Глеб") not in desk.corrections.opinions(), "what was shown is labelled, whatever comes next"
    assert client.post(review, data=says | {"tags": "sport"}).status_code == 422
    assert client.get(f"{review}?at=99999", headers=PAGE).status_code == 200
    client.cookies.delete("editor")


def test_a_review_begins_with_a_list_and_ends_with_its_last_headline(at: tuple[httpx.Client, Desk]) -> None:
    client, _ = at
    assert 'name="then" value="review"' in client.get("/review", headers=PAGE).text
    sheet = client.post("/sheets", files={"text": (None, HEADLINES[0]), "then": (None, "review")}).headers["Location"]
    client.post("/editor", data={"name": "Последний"})
    client.post(sheet, data={"answer": "keep", "at": "0"})
    assert "размечено 1 из 1" in client.get(sheet, headers=PAGE).text
    client.cookies.delete("editor")


def test_where_and_when_a_headline_appeared_is_told_as_far_as_it_is_known(at: tuple[httpx.Client, Desk]) -> None:
    client, _ = at
    when, file = [datetime(2025, 11, 3, 9, 15), None, datetime(2025, 11, 4)], io.BytesIO()
    pq.write_table(pa.table({"headline": HEADLINES[:3], "date": when, "link": ["http://[", None, "//a.example"]}), file)
    page = client.get(paste(client, file=("a.parquet", file.getvalue())), headers=PAGE).text
    assert [page.count(told) for told in ("03.11.2025 09:15", "04.11.2025 00:00", "a.example")] == [1, 1, 1]


def test_the_watch_shows_finds_and_corrects(model_folder: Path, tmp_path: Path) -> None:
    with served(tmp_path, model_folder, watched=tmp_path / "headlines.db") as (client, desk):
        assert "Таких заголовков здесь нет" in client.get("/watch", headers=PAGE).text
        store, links = Headlines(tmp_path / "headlines.db"), ["https://yasen.example/1", *["javascript:alert(1)"] * 3]
        items = [
            Item(text, link, "", "https://yasen.example/feed") for text, link in zip(HEADLINES, links, strict=True)
        ]
        tagged = desk.throne.champion.tagger.tag(HEADLINES)
        store.keep(list(zip(items, tagged, strict=True)), "m", "2025-11-03T09:00:00+00:00")
        page = client.get("/watch", headers=PAGE).text
        assert [page.count(text) for text in ('class="row ', "javascript:", f'href="{links[0]}"')] == [4, 0, 1]
        for query, count in (("q=ставки", 1), ("after=3", 1), ("before=3", 2)):
            assert client.get(f"/watch?{query}", headers=PAGE).text.count('class="row ') == count
        assert client.get("/watch?topic=sport").status_code == 422
        for change, status in (("1:war", 303), ("9:war", 404), ("1:sport", 422)):
            assert client.post("/watch/tags", data={"change": change}).status_code == status
        assert desk.corrections.standing()[HEADLINES[0]].new[-1] == "war"
        part = client.post("/watch/tags", data={"change": "1:undo"}, headers={"Rubrika-Part": "row"}).text
        assert ("flag done" in part, 'id="row-1"' in part) == (False, True)


def test_without_a_store_the_watch_tells_how_to_begin(at: tuple[httpx.Client, Desk]) -> None:
    assert "rubrika watch feeds.txt" in at[0].get("/watch", headers=PAGE).text
    assert at[0].post("/watch/tags", data={"change": "1:war"}).status_code == 404
