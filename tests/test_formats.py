"""Every format that an editor may have: the samples give the headlines and the columns that are known to be in them."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.collect import collect
from pipeline.errors import InputError
from pipeline.ingest import Counts, Options, read

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
