"""Ingest: the headlines of lines and tables, and what became of every row; pages are in test_ingest_page.py."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.ingest import read
from pipeline.ingest.mojibake import repair
from pipeline.ingest.record import Counts

TEXT = st.text(st.sampled_from("аяЁ19 .,;\"'«»\t\u2028\u00a0") | st.characters(codec="utf-8"), max_size=12).map(
    lambda text: text.replace("\0", "")
)
Rows = list[dict[str, Any]]


def ingest(content: str | bytes, name: str = "input.txt") -> tuple[Rows, Counts]:
    counts, path = Counts(), Path(name)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rows = [row for table in read(name, counts) for row in table.to_pylist()]
    return rows, counts


def headlines(content: str | bytes, name: str = "input.txt") -> list[str]:
    return [row["headline"] for row in ingest(content, name)[0]]


def rejects(counts: Counts) -> list[tuple[int, str]]:
    return [(reject.line, reject.reason) for reject in counts.rejects]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Мост открыт\nСуд идет", "Мост открыт|Суд идет", id="two"),
        pytest.param(
            "  Мост открыт\u00a0\r\n\r\nСуд идет\r\n", "Мост открыт|Суд идет", id="stripped, a blank one empty"
        ),
        pytest.param("Мост\rСуд", "Мост|Суд", id="old line ends"),
        pytest.param("Мост\u2028за рекой\x85\x0bСуд", "Мост\u2028за рекой\x85\x0bСуд", id="no line ends"),
        pytest.param("1. Мост\n2. Суд\n", "1. Мост|2. Суд", id="two numbered lines are no list"),
        pytest.param("2.5 млрд на мост\n3.5 млрд на суд\n", "2.5 млрд на мост|3.5 млрд на суд", id="amounts"),
        pytest.param("2024. Мост\n2025. Суд\n2026. Дождь\n", "2024. Мост|2025. Суд|2026. Дождь", id="years"),
        pytest.param("Суд, мост, дождь\nСуд; мост\n", "Суд, мост, дождь|Суд; мост", id="commas"),
        pytest.param("Найден мост через всю реку, текст\nСуд", "Найден мост через всю реку, текст|Суд", id="no header"),
        pytest.param('«Мост\nСуд "идет\n', '«Мост|Суд "идет', id="lone quotes"),
    ],
)
def test_lines(text: str, expected: str) -> None:
    assert headlines(text) == expected.split("|")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_table_keeps_its_other_columns(mark: str) -> None:
    rows, counts = ingest(f"id{mark}Headline {mark}note\n7{mark} Мост открыт {mark}\n8{mark}Суд идет{mark} да \n")
    assert rows == [
        {"id": "7", "headline": "Мост открыт", "note": ""},
        {"id": "8", "headline": "Суд идет", "note": " да "},
    ]
    assert str(counts) == "2 read, 2 kept, 0 duplicates, 0 empty, 0 repaired, 0 rejected"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param('headline,id\n"Мост, суд и ""дождь""",1\n', 'Мост, суд и "дождь"', id="quotes"),
        pytest.param('headline,id\r\n"Мост\r\nи суд",1\r\nДождь,2\r\n', "Мост\r\nи суд|Дождь", id="newline in a cell"),
        pytest.param('"headline"\nМост\n', "Мост", id="one quoted column"),
        pytest.param("\ufeffheadline,id\nМост,1\n", "Мост", id="UTF-8 with a byte order mark"),
        pytest.param("headline\nМост\n".encode("utf-16"), "Мост", id="UTF-16"),
        pytest.param("\ufeffheadline\nМост\n".encode("utf-16-be"), "Мост", id="UTF-16, big end first"),
        pytest.param("headline\n1. Мост\n2. Суд\n3. Дождь\n", "1. Мост|2. Суд|3. Дождь", id="table before page"),
        pytest.param("headline,id\n\nМост,1\n\n", "Мост", id="blank lines"),
        pytest.param("Заголовок\nМост\n", "Мост", id="one column"),
    ],
)
def test_table(content: str | bytes, expected: str) -> None:
    rows, counts = ingest(content)
    assert [row["headline"] for row in rows] == expected.split("|")
    assert counts.read == counts.kept, "blank lines are no rows"


def test_ragged_rows_are_rejected_with_the_line_on_which_they_begin() -> None:
    rows, counts = ingest('headline,id\nМост\n"Суд\nидет\nдолго",1\nДождь,2,3\n,4\nСнег,5\n"Град\nи ветер"\n', "a.csv")
    assert [row["headline"] for row in rows] == ["Суд\nидет\nдолго", "Снег"]
    one, three = "1 cells where the header has 2", "3 cells where the header has 2"
    assert rejects(counts) == [(2, one), (6, three), (9, one)]
    assert [reject.text for reject in counts.rejects] == ["Мост", "Дождь,2,3", "Град\nи ветер"]
    assert {reject.file for reject in counts.rejects} == {"a.csv"}
    assert str(counts) == (
        "6 read, 2 kept, 0 duplicates, 1 empty, 0 repaired, 3 rejected (3 … cells where the header has …)"
    )


def test_an_oversized_cell_is_rejected_and_the_rows_after_it_are_read() -> None:
    rows, counts = ingest("headline,id\n" + "ы" * (1 << 21) + ",1\nМост,2\n")
    assert [row["headline"] for row in rows] == ["Мост"]
    assert [line for line, _ in rejects(counts)] == [2]


@pytest.mark.parametrize("rest", ["Дождь,2\nСнег,3\n", 'Дождь,2\n"Снег" шел,3\n', "Дождь,2\n" + "Снег,3\n" * 200_000])
def test_an_unclosed_quote_breaks_its_own_line_only(rest: str) -> None:
    rows, counts = ingest(f'headline,id\nМост,1\n"Суд идет,1\n{rest}', "a.csv")
    assert [(reject.line, reject.text) for reject in counts.rejects] == [(3, '"Суд идет,1')]
    assert [row["headline"] for row in rows] == ["Мост", *(line.rpartition(",")[0] for line in rest.splitlines())]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_quotes_that_are_but_letters_are_kept(mark: str) -> None:
    rows, counts = ingest(f'headline{mark}id\n"Динамо" обыграло "Спартак"{mark}1\nМост{mark}2\n', "a.csv")
    assert [(row["headline"], row["id"]) for row in rows] == [('"Динамо" обыграло "Спартак"', "1"), ("Мост", "2")]
    assert counts.rejects == []


def test_the_line_of_what_stands_behind_a_broken_row_is_told() -> None:
    _, counts = ingest('headline,id\n"Мост\nСуд,1\nДождь\n', "a.csv")
    assert rejects(counts) == [(2, "unexpected end of data"), (4, "1 cells where the header has 2")]


def test_a_line_of_any_length_is_read() -> None:
    _, counts = ingest("ы" * (1 << 21) + "\nМост\n")
    assert counts.read == 2


@given(st.sampled_from(["", "headline,id\n", "1. А\n2. Б\n3. В\n"]), st.lists(TEXT, min_size=1, max_size=6))
def test_counts_add_up(head: str, lines: list[str]) -> None:
    text = head + "а" + "\n".join(lines)
    rows, counts = ingest(text)
    assert counts.read == counts.kept + counts.empty + len(counts.rejects)
    assert counts.kept == len(rows)
    assert all(row["headline"] == row["headline"].strip() != "" for row in rows)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_a_written_table_is_read_again(rows: list[tuple[str, str]], mark: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=mark).writerows([("headline", "note"), *rows])
    found, counts = ingest(file.getvalue())
    assert [(row["headline"], row["note"]) for row in found] == [
        (repair(text).strip(), note) for text, note in rows if text.strip()
    ]
    assert counts.rejects == []


@pytest.mark.parametrize(
    ("write", "message"),
    [
        pytest.param(Path.exists, r"no such file", id="missing"),
        pytest.param(Path.mkdir, r"no file there; expected at least one", id="folder"),
        pytest.param(lambda path: path.write_bytes(b""), r"found no text; expected headlines", id="empty"),
        pytest.param(lambda path: path.write_text("\ufeff \n\t\n", "utf-8"), r"found no text", id="blank"),
        pytest.param(lambda path: path.write_bytes(b"PK\3\4\0\0"), r"a damaged zip", id="no zip"),
        pytest.param(lambda path: path.write_bytes(b"MS\3\4\0\0"), r"NUL bytes", id="no text"),
        pytest.param(lambda path: path.write_bytes(b"%PDF-1.7\n"), r"found a PDF", id="PDF"),
        pytest.param(
            lambda path: path.write_text("tags,id\n", "utf-8"), r"line 1: .*tags, id.*column named", id="no column"
        ),
    ],
)
def test_what_cannot_be_read_is_named(write: Callable[[Path], object], message: str) -> None:
    write(Path("broken.csv"))
    with pytest.raises(InputError, match=f"^broken.csv.*{message}"):
        list(read("broken.csv", Counts()))
