"""Every format that an editor may have: the samples give the headlines and the columns that are known to be in them."""

import io
import json
import os
import socket
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from malformed import malformed
from openpyxl import Workbook
from zips import workbook, zipped

from pipeline.collect import collect
from pipeline.errors import InputError
from pipeline.ingest import Counts, Options, bytestream, columnar, html, jsons, read, sqlite, texts, xlsx
from pipeline.ingest.unfold import LARGEST
from pipeline.plain import rows

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "data/samples"
GOLDEN = sorted(path.stem for path in (ROOT / "tests/golden").glob("*.jsonl"))


def golden(name: str) -> list[dict[str, Any]]:
    lines = (ROOT / f"tests/golden/{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", GOLDEN)
def test_sample(name: str) -> None:
    counts = collect([str(SAMPLES / name)], Path("out.jsonl"), None, None, Options())
    assert lines_of(Path("out.jsonl")) == golden(name)
    assert counts.read == counts.kept + counts.empty
    assert counts.kept == len(golden(name))


def test_each_sample_has_a_known_list() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == {*GOLDEN, "page.txt", "page_tags.csv"}


@pytest.mark.parametrize("name", GOLDEN)
def test_content_decides_and_not_the_name(name: str) -> None:
    Path("input").write_bytes((SAMPLES / name).read_bytes())
    headlines = [headline for table in read("input", Counts()) for headline in table["headline"].to_pylist()]
    assert headlines == [row["headline"] for row in golden(name)]


@pytest.mark.parametrize("name", ["lines.jsonl", "table.parquet", "table.tsv", "news.json"])
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_what_is_written_is_read_again(name: str, kind: str) -> None:
    first, second = Path(f"first.{kind}"), Path("second.jsonl")
    collect([str(SAMPLES / name)], first, None, None, Options())
    collect([str(first)], second, None, None, Options())
    assert lines_of(second) == golden(name)


def test_typed_columns_keep_their_types() -> None:
    (table,) = read(str(SAMPLES / "table.parquet"), Counts())
    before = pq.read_table(SAMPLES / "table.parquet")
    assert table.schema.types == before.schema.types
    assert table.drop_columns(["headline"]).equals(before.drop_columns(["title"]))


def test_a_table_of_a_database_is_named() -> None:
    (table,) = read(f"{SAMPLES / 'base.db'}::news", Counts())
    assert table.num_rows == len(golden("base.db"))
    with pytest.raises(InputError, match=r"no table nws; expected one of news, users"):
        list(read(f"{SAMPLES / 'base.db'}::nws", Counts()))


@pytest.mark.parametrize(
    ("column", "first"),
    [("Дата", "2025-11-03"), ("Просмотры", "300"), ("просмотры ", "300"), (None, golden("table.csv")[0]["headline"])],
)
def test_column(column: str | None, first: str) -> None:
    (table,) = read(str(SAMPLES / "table.csv"), Counts(), Options(column=column))
    assert table["headline"][0].as_py() == first


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"line 1: found the columns “№, Заголовок, .*a column named Тема"):
        list(read(str(SAMPLES / "table.csv"), Counts(), Options(column="Тема")))


def test_a_column_that_is_in_the_way_is_kept() -> None:
    Path("two.csv").write_text("headline,title\nсвой,Мост открыли\n", encoding="utf-8")
    (table,) = read("two.csv", Counts(), Options(column="title"))
    assert table.to_pylist() == [{"input_headline": "свой", "headline": "Мост открыли"}]


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_a_folder_of_all_formats_becomes_one_table(kind: str) -> None:
    counts = collect([str(SAMPLES)], Path(f"all.{kind}"), None, None, Options())
    again = [table for table in read(f"all.{kind}", Counts())]
    assert counts.kept == sum(table.num_rows for table in again) == sum(map(len, map(golden, GOLDEN))) + 2 * 16
    assert counts.rejected == 0


def test_a_pattern_and_a_folder_give_files_in_order() -> None:
    for name in ("б.txt", "а.txt", ".скрыт.txt"):
        Path("folder").mkdir(exist_ok=True)
        Path("folder", name).write_text(f"Новость из {name}\n", encoding="utf-8")
    for source in ("folder", "folder/*.txt", "fold*"):
        given = pa.concat_tables(read(source, Counts())) if source != "fold*" else None
        if given:
            assert given["headline"].to_pylist() == ["Новость из а.txt", "Новость из б.txt"]


JSON = [
    pytest.param("a", '{"messages": [{"title": "А"}, {"title": "Б"}]}', "А Б", id="messages of another program"),
    pytest.param("a", '{"authors": [{"name": "Я"}], "hubs": [{"a": 1}], "items": [{"title": "А"}]}', "А", id="a feed"),
    pytest.param("a", '{"title": "А", "authors": [{"name": "Я"}]}', "А", id="an article and its author"),
    pytest.param("a", '{"headlines": ["А", "Б"], "tags": ["Я"]}', "А Б", id="texts under a key"),
    pytest.param("a", '[["headline", "date"], ["Я", "2025"]]', "", id="rows without names"),
    pytest.param("a.jsonl", '"А"\n"Б"\n', "А Б", id="a text a line"),
    pytest.param("a", 'le": "Я"}\n{"title": "А"}\n{"title": "Б"}\n', "А Б", id="a first line that is broken"),
    pytest.param("a", '{"title": "А"}\n{"title": "Я}\n', "А", id="a last line that is broken"),
]


@pytest.mark.parametrize(("name", "text", "expected"), JSON)
def test_json_gives_its_headlines_and_no_names(name: str, text: str, expected: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    found = [headline for table in read(name, Counts()) for headline in table["headline"].to_pylist()]
    assert found == expected.split()


@pytest.mark.parametrize(
    "text", ['{"1": {"title": "А"}, "2": {"title": "Б"}}', "[]", "{}", '{"items": []}', '{"tags": ["А"]}']
)
def test_json_without_rows_is_refused_and_not_passed_over(text: str) -> None:
    Path("input").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="JSON without an array of objects"):
        list(read("input", Counts()))


def test_a_row_alone_keeps_its_columns() -> None:
    row = {"headline": "А", "tags": ["economy"], "scores": {"war": 0.5}}
    Path("one.jsonl").write_text(json.dumps(row), encoding="utf-8")
    collect(["one.jsonl"], Path("out.jsonl"), None, None, Options())
    assert lines_of(Path("out.jsonl")) == [row]


def test_a_telegram_account_is_read_channel_by_channel() -> None:
    messages = [{"id": place, "type": "message", "text": [f"Мост {place}"]} for place in range(30_000)]
    channels = [{"name": "К", "messages": messages}, {"name": "Л", "messages": [{"type": "service"}, *messages[:2]]}]
    export = {"contacts": {"list": [{"first_name": "Я"}]}, "chats": {"list": channels}}
    Path("result.json").write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8")
    counts = Counts()
    assert sum(table.num_rows for table in read("result.json", counts)) == 30_002
    assert counts.rejected == 0


def rss(items: str) -> str:
    return (
        f'<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><image><url>u</url></image>{items}</channel></rss>'
    )


ITEM = "<item><title>Мост открыт</title></item>"
FEEDS = [
    pytest.param(rss("<item><media:title>Я</media:title><title>А</title></item>"), "А", id="a picture's title"),
    pytest.param(rss("<item><image><title>Я</title></image><title>А</title></item>"), "А", id="an image's title"),
    pytest.param("<feed><entry><source><title>Я</title></source><title>А</title></entry></feed>", "А", id="a source"),
    pytest.param("<urlset><url><loc/><image><title>Я</title></image><news><title>А</title></news></url></urlset>", "А"),
    pytest.param(rss("<item><title>А</title><item><title>Б</title></item>"), "Б А", id="an item without its end"),
]


@pytest.mark.parametrize(("text", "expected"), FEEDS)
def test_an_item_has_its_own_title(text: str, expected: str) -> None:
    Path("feed").write_text(text, encoding="utf-8")
    counts = Counts()
    assert [
        headline for table in read("feed", counts) for headline in table["headline"].to_pylist()
    ] == expected.split()
    assert counts.empty == 0


@pytest.mark.parametrize(("cut", "kept"), [(-35, 1), (-23, 1), (-16, 2), (-6, 2)])
def test_a_feed_that_breaks_off_is_told(cut: int, kept: int) -> None:
    Path("feed").write_text(rss(2 * ITEM)[:cut], encoding="utf-8")
    counts = Counts()
    assert [table.num_rows for table in read("feed", counts)] == [kept]
    assert [reject.reason for reject in counts.rejects] == ["XML that breaks off"]


def test_all_authors_are_kept() -> None:
    Path("feed").write_text(rss("<item><title>А</title><author>Я</author><author>Ю</author></item>"), encoding="utf-8")
    (table,) = read("feed", Counts())
    assert table["author"].to_pylist() == ["Я, Ю"]


def sheet(*rows: Sequence[object]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = book.worksheets[0].cell(number, place, value or None)
            cell.number_format = "0.00"  # so that an empty cell is there, too
    book.save(file)
    return file.getvalue()


def database(*tables: str) -> bytes:
    with closing(sqlite3.connect("made.db")) as connection:
        for table in tables:
            connection.execute(f"CREATE TABLE {table}")
    return Path("made.db").read_bytes()


def arrow(table: pa.Table, write: Callable[..., Any] = pa.ipc.new_file) -> bytes:
    file = io.BytesIO()
    with write(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


def locked() -> bytes:
    """A zip that says that its file is under a password: bit 0 of the flags, in both places (APPNOTE 4.4.4)."""
    data = bytearray(zipped({"a.txt": b"-"}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


SUIT = "Суд отложил дело"


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: sheet([SUIT], [], ["Мост открыт"]), [SUIT, "Мост открыт"]),
        (lambda: sheet([None, None], ["Сводка"], ["id", "title", None], [1, SUIT, None]), [SUIT]),
        (lambda: arrow(pa.table({"headline": [SUIT]}), pa.ipc.new_stream), [SUIT]),
        (lambda: arrow(pa.table({"headline": pa.array([SUIT]).dictionary_encode()})), [SUIT]),
        (lambda: arrow(pa.table({"headline": pa.array([SUIT], pa.large_string())})), [SUIT]),
        (lambda: arrow(pa.table({"headline": ["", SUIT], "a": pa.array(["-", "-"], pa.string_view())})), [SUIT]),
    ],
    ids=[
        "a sheet without a header",
        "a sheet with a title",
        "a stream of Arrow",
        "a dictionary",
        "large texts",
        "views",
    ],
)
def test_what_stands_in_an_unusual_place_is_read(make: Callable[[], bytes], expected: list[str]) -> None:
    Path("input").write_bytes(make())
    assert [headline for table in read("input", Counts()) for headline in table["headline"].to_pylist()] == expected


@pytest.mark.parametrize("more", [{}, {"tags": [["а"]] * 20_000}, {"text": [str(n) * 300 for n in range(20_000)]}])
@pytest.mark.parametrize("groups", [None, range(1)])
def test_few_rows_at_a_time_do_not_bring_the_dictionary_of_all(
    more: dict[str, list[Any]], groups: range | None
) -> None:
    """It is made, and looked at, anew for each step: the cost would grow by the square."""
    pq.write_table(pa.table({"headline": [f"Дело {n}" for n in range(20_000)]} | more), "in.parquet")
    with Path("in.parquet").open("rb") as file:
        steps = [step for step, _ in columnar._parquet(file, "in.parquet", groups)]
    told = {(pa.types.is_dictionary(step["headline"].type), len(step) >= 1 << 14) for step in steps[:-1]}
    assert sum(map(len, steps)) == 20_000
    assert told == {(groups is None,) * 2}


def test_a_damaged_arrow_file_that_asks_for_all_memory_is_told() -> None:
    name, _, data = malformed(8_394)  # of 144 PB, unpacked
    Path("input").write_bytes(data)
    with pytest.raises(InputError, match=r"^input: found an arrow file that is damaged, or too large \(malloc of size"):
        list(read("input", Counts()))
    assert name == "table.arrow"


NESTED: dict[str, pa.Array] = {
    "list": pa.array([["а", None], None, [], ["а"]]),
    "large list": pa.array([["а"], None, [], ["б"]], pa.large_list(pa.large_string())),
    "list of two": pa.array([["а", "б"], ["в", None], ["а", "а"]], pa.list_(pa.string(), 2)),
    "lists in a list": pa.array([[["а"], []], None, [], [None, ["б"]]]),
    "struct": pa.array([{"n": 1, "text": "а"}, None, {"n": None, "text": None}, {"n": 2, "text": "б"}]),
    "list of structs": pa.array([[{"texts": ["а"]}], None, [], [{"texts": None}]]),
    "nulls": pa.array([[{"text": "а", "more": [None]}], None, [], [{"text": "б", "more": [None, None]}]]),
    "map": pa.array([[("а", "б")], None, [], [("в", None)]], pa.map_(pa.string(), pa.string())),
    "bytes": pa.array([[b"a"], None, [], [b"b", b""]]),
    "views": pa.array([["а"], None, [], ["б", None]], pa.list_view(pa.string())),
    "list of views": pa.array([["а"], None, [], ["б", None]], pa.list_(pa.string_view())),
    "numbers": pa.array([[1], None, [], [2, None]]),
    "dictionary": pa.array([["а"], None, [], ["б"]], pa.list_(pa.dictionary(pa.int32(), pa.string()))),
}


@pytest.mark.parametrize("name", NESTED)
def test_what_is_within_lists_is_as_it_was(name: str) -> None:
    """Its texts are read in dictionaries, and rows are halved where these are long."""
    column = pa.concat_arrays([NESTED[name], NESTED[name]])
    long = ["б" * (LARGEST // 4)] * len(column)
    table = pa.table({"headline": ["Мост открыт"] * len(column), "more": column, "text": long})
    pq.write_table(table, "in.parquet", row_group_size=3)  # each has dictionaries of its own
    found = pa.concat_tables(read("in.parquet", Counts()))
    found.validate(full=True)
    assert found["more"].type == column.type
    assert found["more"].to_pylist() == column.to_pylist()
    assert found["more"].num_chunks > 1


def test_a_row_of_a_sheet_that_is_too_wide_is_told() -> None:
    Path("input").write_bytes(sheet(["title", "id"], [SUIT, 1, "лишнее"], ["Мост открыт", None, None]))
    counts = Counts()
    assert [row for table in read("input", counts) for row in table.to_pylist()] == [
        {"headline": "Мост открыт", "id": None}
    ]
    assert [(each.file, each.line, each.reason) for each in counts.rejects] == [
        ("input, Sheet", 2, "3 cells where the header has 2")
    ]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: sheet(["Год", "Сумма"], *[[2025, 5]] * 30), "found the columns “Год, Сумма”; expected a column named"),
        (
            lambda: database("a (headline)", "b (title)"),
            r"found 2 tables with headlines \(a, b\); expected one; name it",
        ),
        (lambda: database("a (b)"), "found 0 tables with headlines; expected one"),
        (lambda: database("a (b)")[:300] + b"-" * 9000, r"found a damaged database \("),
        (lambda: arrow(pa.table({"headline": [1]})), "found a column headline of type int64; expected texts"),
        (lambda: arrow(pa.table({"a": ["-"]})), "found the columns “a”; expected a column named headline"),
        (lambda: zipped({}), "found a zip without files"),
        (locked, "found a file under a password; expected an open one"),
        (lambda: b'headline,"a\n', r"line 1: found a broken header \(unexpected end of data\)"),
        (lambda: b"<!DOCTYPE html><!-- -->", "found a page without text; expected a saved web page"),
    ],
)
def test_what_cannot_be_read_is_told(make: Callable[[], bytes], told: str) -> None:
    Path("input.csv").write_bytes(make())
    with pytest.raises(InputError, match=rf"^input.csv(/a.txt)?(, |: ){told}"):
        list(read("input.csv", Counts()))


@pytest.mark.parametrize(
    ("module", "bound", "make", "told"),
    [
        (
            xlsx,
            "LARGEST_TEXTS",
            lambda: zipped(workbook() | {"xl/sharedStrings.xml": bytes(10)}),
            "found more than 0 MB of texts",
        ),
        (
            texts,
            "LARGEST_PAGE",
            f"1.\n{SUIT}\n2.\n{SUIT}\n3.\n{SUIT}\n".encode,
            "found a copied page of more",
        ),
        (html, "LARGEST", lambda: b"<html>" + b" " * 9, "found a page of more"),
    ],
    ids=["a workbook", "a copied page", "a saved page"],
)
def test_what_is_too_large_to_be_kept_in_memory_is_told(
    module: ModuleType, bound: str, make: Callable[[], bytes], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, bound, 9)
    Path("input").write_bytes(make())
    with pytest.raises(InputError, match=f"^input: {told}"):
        list(read("input", Counts()))


def piped(data: bytes) -> io.BufferedReader:
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    return open(reader, "rb")


def test_what_cannot_be_read_as_a_stream_is_kept_in_a_file_up_to_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    with piped(b"12345") as pipe, bytestream.seekable(pipe, "-") as kept:
        assert [kept.read(), kept.seek(3), kept.read()] == [b"12345", 3, b"45"]
    monkeypatch.setattr(bytestream, "LARGEST_SPOOLED", 4)
    with piped(b"12345") as pipe, pytest.raises(InputError, match="-: found more than 0 GB in a format that cannot"):
        bytestream.seekable(pipe, "-")


def test_columns_of_one_name_are_told_apart() -> None:
    Path("input").write_text(f"Headline,note,note,note_2,headline\n{SUIT},1,2,3,4\n", encoding="utf-8")
    (table,) = read("input", Counts())
    assert table.to_pylist() == [{"headline": SUIT, "note": "1", "note_3": "2", "note_2": "3", "input_headline": "4"}]


def test_what_is_no_file_or_is_gone_is_told() -> None:
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind("socket")
        with pytest.raises(InputError, match=r"^socket: found no such device or address; expected a file that can be"):
            list(read("socket", Counts()))
    Path("gone.db").write_bytes(database("a (title)"))
    with Path("gone.db").open("rb") as stream:
        Path("gone.db").unlink()
        with pytest.raises(InputError, match=r"^gone.db: found a damaged database \(unable to open database file\)"):
            list(sqlite.read(stream, "gone.db", None, None))


def test_bytes_of_a_database_are_a_text() -> None:
    Path("input.db").write_bytes(database("a (title, note)"))
    with closing(sqlite3.connect("input.db")) as connection, connection:
        connection.execute("INSERT INTO a VALUES (?, ?)", (SUIT, "да".encode()))
    (table,) = read("input.db", Counts())
    assert list(rows(table)) == [{"headline": SUIT, "note": "да"}]


def test_all_categories_of_an_item_are_kept() -> None:
    Path("feed").write_text(
        rss(f"<item><title>{SUIT}</title><category>а</category><category term='б'/></item>"), "utf-8"
    )
    (table,) = read("feed", Counts())
    assert table["category"].to_pylist() == ["а, б"]


def test_a_table_without_headlines_is_told_when_it_is_named() -> None:
    Path("input.db").write_bytes(database("a (b)"))
    with pytest.raises(InputError, match="table a: found the columns “b”; expected a column named headline"):
        list(read("input.db::a", Counts()))


def test_a_line_of_json_that_is_too_long_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsons, "LONGEST_LINE", 60)
    Path("lines.jsonl").write_text(f'{{"headline": "{SUIT}"}}\n{{"headline": "{SUIT * 9}"}}\n', encoding="utf-8")
    counts = Counts()
    assert [table.num_rows for table in read("lines.jsonl", counts)] == [1]
    assert [(each.line, each.reason) for each in counts.rejects] == [(2, "a line longer than 60 letters")]
