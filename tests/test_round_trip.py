"""What is written in a format is read back the same: a property of each reader."""

import csv
import gzip
import html
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather

from pipeline.ingest import Counts, read

WORD = st.text("абвгдежзиклмнопрстухчшыэюя", min_size=2, max_size=7)
LINK = st.sampled_from([" ", ", ", " — ", ": ", " & ", ' "', " <", " 5% ", "; ", " «Ёж» ", " | "])
HEADLINE = st.lists(st.tuples(WORD, LINK), min_size=5, max_size=9).map(
    lambda pairs: "Мост " + "".join(word + link for word, link in pairs) + "открыт"
)
# A first line such as «Мост, текст, открыт» names a column; a list of headlines that begins so is taken for a table.
HEADLINES = st.lists(HEADLINE.filter(lambda text: "текст" not in text), min_size=3, max_size=8, unique=True)
Write = Callable[[list[str]], bytes]


def _buffered(write: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def _table(mark: str) -> Write:
    def write(headlines: list[str]) -> bytes:
        file = io.StringIO()
        csv.writer(file, delimiter=mark).writerows([("id", "Заголовок"), *enumerate(headlines)])
        return file.getvalue().encode("utf-8-sig")

    return write


def _markup(before: str, each: str, after: str) -> Write:
    return lambda headlines: (before + "".join(each % html.escape(text) for text in headlines) + after).encode()


def _workbook(headlines: list[str]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Лист")
    for row in (["id", "title"], *map(list, enumerate(headlines))):
        sheet.append(row)
    return _buffered(book.save)


def _database(headlines: list[str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "news.db"
        database = sqlite3.connect(path)
        database.execute("CREATE TABLE news (id INTEGER, title TEXT)")
        database.executemany("INSERT INTO news VALUES (?, ?)", enumerate(headlines))
        database.commit()
        database.close()
        return path.read_bytes()


def _telegram(headlines: list[str]) -> bytes:
    texts = [[{"type": "bold", "text": text}, "\n\nПодробности."] for text in headlines]
    messages = [{"id": place, "type": "message", "text": text} for place, text in enumerate(texts)]
    return json.dumps({"name": "Ясень", "messages": [{"type": "service", "text": ""}, *messages]}).encode()


def _zip(headlines: list[str]) -> bytes:
    def write(file: io.BytesIO) -> None:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("list.jsonl", _lines_of_json(headlines))

    return _buffered(write)


def _lines_of_json(headlines: list[str]) -> bytes:
    return "".join(json.dumps({"title": text}, ensure_ascii=False) + "\n" for text in headlines).encode()


def _columns(headlines: list[str]) -> pa.Table:
    return pa.table({"id": range(len(headlines)), "headline": headlines})


WRITERS: dict[str, Write] = {
    "lines": lambda headlines: "\n".join(headlines).encode(),
    "numbered page": lambda headlines: "\n".join(f"{n}. {text}" for n, text in enumerate(headlines, 1)).encode(),
    "bullets": lambda headlines: "\n".join(f"• {text}" for text in headlines).encode(),
    "CSV": _table(","),
    "TSV": _table("\t"),
    "semicolons": _table(";"),
    "carets": _table("^"),
    "JSON": lambda headlines: json.dumps({"items": [{"title": text} for text in headlines]}).encode(),
    "JSON lines": _lines_of_json,
    "RSS": _markup("<rss><channel>", "<item><title>%s</title></item>", "</channel></rss>"),
    "Atom": _markup('<feed xmlns="http://www.w3.org/2005/Atom">', "<entry><title>%s</title></entry>", "</feed>"),
    "HTML": _markup("<!DOCTYPE html><ul>", "<li><h3>%s</h3></li>", "</ul>"),
    "XLSX": _workbook,
    "SQLite": _database,
    "Telegram": _telegram,
    "Parquet": lambda headlines: _buffered(lambda file: pq.write_table(_columns(headlines), file)),
    "Arrow": lambda headlines: _buffered(lambda file: feather.write_feather(_columns(headlines), file)),
    "gzip": lambda headlines: gzip.compress("\n".join(headlines).encode()),
    "zip": _zip,
    "UTF-16": lambda headlines: "\n".join(headlines).encode("utf-16"),
    "CP1251": lambda headlines: "\n".join(headlines).encode("cp1251"),
}


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=8, deadline=None)
@given(headlines=HEADLINES)
def test_what_is_written_is_read(name: str, headlines: list[str]) -> None:
    Path("input").write_bytes(WRITERS[name](headlines))
    counts = Counts()
    found = [text for table in read("input", counts) for text in table["headline"].to_pylist()]
    assert [" ".join(text.split()) for text in found] == [" ".join(text.split()) for text in headlines]
    assert counts.rejected == 0
