"""Large tables: by the piece the same answers, counts and rejects as at once, and the same file after a kill."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import astuple
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import bulk, large, pieces
from pipeline.bulk import tag_table
from pipeline.errors import InputError, SettingsError
from pipeline.ingest import Counts, Options
from pipeline.job import Job
from pipeline.join import join
from pipeline.large import one_table
from pipeline.parts import read_piece, tag_piece
from pipeline.predict import predict
from pipeline.tagger import Tagger

HEADLINES = ["Рубль упал", "Сейм выбрал\nспикера", 'Дроны "ночью"', "", "Ёжик, туман"] * 8
CONSOLE = str(Path(sys.executable).parent / "rubrika")


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of a few rows, tagged in threads of this process."""
    monkeypatch.setattr(pieces, "_ROWS", 7)
    monkeypatch.setattr(pieces, "_BYTES", 100)
    monkeypatch.setattr(bulk, "ProcessPoolExecutor", ThreadPoolExecutor)


def save(headlines: Sequence[str], path: Path) -> Path:
    table = pa.table({"id": [str(place) for place in range(len(headlines))], "headline": pa.array(headlines, "string")})
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=3)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist()), "utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([table.column_names, *(row.values() for row in table.to_pylist())])
    return path


def by_the_piece(source: Path, folder: Path, out: str, options: Options | None = None, **more: bool) -> Counts:
    table = one_table([str(source)], options or Options(), forced=True, allowed=True)
    assert table
    kind = Path(out).suffix[1:]
    return tag_table(table, folder, Path(out), kind=kind, rejects=Path("rejects.csv"), workers=3, **more)


def at_once(source: Path, tagger: Tagger, out: str, options: Options | None = None) -> Counts:
    return predict([str(source)], tagger, options, out=Path(out), kind=None, rejects=Path("told.csv"), why=False)


def rows(path: Path) -> list[object]:
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    with path.open(encoding="utf-8", newline="") as file:
        return list(map(json.loads, file)) if path.suffix == ".jsonl" else list(csv.DictReader(file))


def rejects(name: str) -> list[list[str]]:
    with Path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def same(source: Path, tagger: Tagger, folder: Path, out: str, options: Options | None = None) -> Counts:
    """Check that both ways give the same rows, counts and rejects; give the counts."""
    counts, expected = by_the_piece(source, folder, out, options), at_once(source, tagger, f"whole_{out}", options)
    assert rows(Path(out)) == rows(Path(f"whole_{out}"))
    assert str(counts) == str(expected)
    assert sorted(rejects("rejects.csv")) == sorted(rejects("told.csv"))  # headlines are looked at some rows later
    assert not list(Path().glob(".*.parts"))
    return counts


@pytest.mark.parametrize("source", ["in.parquet", "in.jsonl", "in.csv"])
@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl", "out.csv"])
def test_pieces_give_what_the_whole_gives(source: str, out: str, tagger: Tagger, model_folder: Path) -> None:
    counts = same(save(HEADLINES, Path(source)), tagger, model_folder, out)
    assert (counts.read, counts.kept, counts.empty) == (40, 32, 8)


LINES = """{"id": 1, "title": "Рубль упал", "note": {"a": [1]}}
{"id": 2, "title": ""}

{"id": 3, "title": "Нацбанк поднял ставку", "note": 1.5, "extra": true}
{"id": 4, "title": "Сейм
{"id": 5, "тема": "Сейм"}
{"id": "шесть", "title": "  РќР°С†Р±Р°РЅРє РїРѕРґРЅСЏР» СЃС‚Р°РІРєСѓ "}
15
"Дроны ночью"
{"id": null, "title": 15}
"""
ROWS = """id;заголовок
1;Рубль упал
2;
3;Сейм; выбрал
4;"Дроны
ночью"

5;"Ёжик" в тумане
6;Экран 15" подешевел
7; РќР°С†Р±Р°РЅРє РїРѕРґРЅСЏР» СЃС‚Р°РІРєСѓ
8;"не закрыта
"""


@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl", "out.csv"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("name", "text"), [("in.jsonl", LINES * 5), ("in.csv", ROWS), ("in.csv", "\n\n" + ROWS)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_rules_of_ingest_hold(  # noqa: PLR0913, PLR0917
    encoding: str, name: str, text: str, end: str, out: str, tagger: Tagger, model_folder: Path
) -> None:
    source = Path(name)
    source.write_text(text, encoding, newline=end)
    counts = same(source, tagger, model_folder, out)
    assert min(counts.kept, counts.empty, counts.rejected, counts.repaired) > 0


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from('аб ,"\n\r'), max_size=60), st.integers(4, 40), st.sampled_from(["csv", "jsonl"]))
@example("ааааа,\r\nаа", 4, "csv")
def test_cutting_changes_nothing(tagger: Tagger, model_folder: Path, text: str, size: int, kind: str) -> None:
    """Quotes where they do not belong, line ends of any system: however a text is cut, its rows are the same."""
    source = Path(f"in.{kind}")
    head = "headline,б\n" if kind == "csv" else '{"headline": "а"}\n{"headline": "б"}\n'
    source.write_bytes((head + (text if kind == "csv" else text.replace("а", '{"headline": "а"}'))).encode())
    table = one_table([str(source)], Options(), forced=True, allowed=True)
    assert table
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_BYTES", size)
        job = Job(table, tuple(pieces.cut(table)), model_folder, None, "jsonl", Path())
    with ThreadPoolExecutor(1) as readers:
        for number in range(len(job.cut)):
            tag_piece(job, tagger, number, readers.submit(read_piece, job, number)).close()
    counts = Counts()
    join(job, Path("out.jsonl"), counts, iter(()))
    expected = at_once(source, tagger, "whole.jsonl")
    assert Path("out.jsonl").read_bytes() == Path("whole.jsonl").read_bytes()
    assert str(counts) == str(expected)
    assert sorted(map(astuple, counts.rejects)) == sorted(map(astuple, expected.rejects))


def test_a_quote_that_is_never_closed_costs_one_reading(tagger: Tagger, model_folder: Path) -> None:
    source = Path("in.csv")
    source.write_text("id,headline\n" + '1,"Рубль\n' + "2,Сейм выбрал спикера\n" * 30, "utf-8")
    assert same(source, tagger, model_folder, "out.csv").rejected == 1


@pytest.mark.parametrize("size", range(20, 90, 7))
def test_a_cut_within_a_quote_is_seen(
    size: int, tagger: Tagger, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stray quote makes the cutter take what is quoted for what is not."""
    monkeypatch.setattr(pieces, "_BYTES", size)
    Path("in.csv").write_text("headline,n\n" + 'Экран 15" подешевел,1\n"Рубль\nупал\nопять",2\n' * 12, "utf-8")
    assert same(Path("in.csv"), tagger, model_folder, "out.jsonl").kept == 24


def test_utf_16_goes_the_ordinary_way() -> None:
    Path("in.csv").write_text("id,headline\n1,Рубль упал\n", "utf-16")
    assert one_table(["in.csv"], Options(), forced=False, allowed=True) is None
    with pytest.raises(SettingsError, match=r"--resume: .* expected one table .* in any encoding but UTF-16"):
        one_table(["in.csv"], Options(), forced=True, allowed=True)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_one_byte_encodings_are_cut(encoding: str, tagger: Tagger, model_folder: Path) -> None:
    source = Path("in.csv")
    source.write_text("номер;заголовок\n" + "1;Нацбанк Беларуси поднял ставку\n" * 20, encoding)
    assert same(source, tagger, model_folder, "out.jsonl").kept == 20


def test_a_header_of_several_lines_is_joined_once(tagger: Tagger, model_folder: Path) -> None:
    Path("in.csv").write_text('headline,"the ""own\nnumber"""\n' + "Рубль упал,1\n" * 30, "utf-8")
    assert same(Path("in.csv"), tagger, model_folder, "out.csv").kept == 30


def test_the_column_that_is_asked_for(tagger: Tagger, model_folder: Path) -> None:
    pq.write_table(pa.table({"headline": ["Снег"], "лид": ["Рубль упал"]}), "in.parquet")
    same(Path("in.parquet"), tagger, model_folder, "out.parquet", Options(column="лид"))
    assert pq.read_table("out.parquet")["headline"].to_pylist() == ["Рубль упал"]


@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl", "out.csv"])
def test_resumed_run_does_the_rest_and_gives_the_same_bytes(
    out: str, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, done = save(HEADLINES, Path("in.parquet")), list[int]()
    by_the_piece(source, model_folder, out)
    expected = Path(out).read_bytes()
    Path(out).unlink()

    def broken(job: Job, _out: Path, _counts: Counts, finished: Iterator[int]) -> None:
        assert sorted(finished) == list(range(len(job.cut)))
        job.part(len(job.cut) - 2).unlink()
        raise ZeroDivisionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "join", broken)
        with pytest.raises(ZeroDivisionError):
            by_the_piece(source, model_folder, out)
    assert not Path(out).exists()

    def tag_one(job: Job, own: Tagger, number: int, reading: None) -> ExitStack:
        done.append(number)
        return tag_piece(job, own, number, reading)

    monkeypatch.setattr(bulk, "tag_piece", tag_one)
    counts = by_the_piece(source, model_folder, out, resume=True)
    assert len(done) == 1
    assert counts.read == len(HEADLINES)
    assert Path(out).read_bytes() == expected


def test_what_was_finished_when_another_failed_stays(model_folder: Path) -> None:
    source = save(HEADLINES, Path("in.parquet"))

    def tag_one(job: Job, own: Tagger, number: int, reading: None) -> ExitStack:
        return tag_piece(job, own, number if number else 1 // number, reading)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "tag_piece", tag_one)
        with pytest.raises(ZeroDivisionError):
            by_the_piece(source, model_folder, "out.parquet")
    stayed = {path.name for path in Path(".out.parquet.parts").glob("0*.parquet")}
    assert stayed >= {f"{number:06}.parquet" for number in range(1, 6)}
    assert not list(Path(".out.parquet.parts").glob("*.unfinished"))
    by_the_piece(source, model_folder, "whole.parquet")
    by_the_piece(source, model_folder, "out.parquet", resume=True)
    assert Path("out.parquet").read_bytes() == Path("whole.parquet").read_bytes()


@pytest.mark.parametrize("out", ["out.parquet", "out.csv"])
def test_a_pipe_is_written_to(out: str, model_folder: Path) -> None:
    source = save(HEADLINES, Path("in.parquet"))
    by_the_piece(source, model_folder, f"whole_{out}")
    os.mkfifo(out)
    with ThreadPoolExecutor(1) as others:
        reading = others.submit(Path(out).read_bytes)
        by_the_piece(source, model_folder, out)
    assert reading.result() == Path(f"whole_{out}").read_bytes()


def test_what_a_kill_left_without_a_plan_is_not_taken_up(model_folder: Path) -> None:
    """It was killed before there was one, or when all was done: while the folder was being removed."""
    source, parts = save(HEADLINES, Path("in.parquet")), Path(".out.jsonl.parts")
    parts.mkdir()
    (parts / "000000.part").write_bytes(b"of another time")
    assert by_the_piece(source, model_folder, "out.jsonl", resume=True).read == len(HEADLINES)
    assert not parts.exists()


def test_parts_of_another_run_are_not_joined(model_folder: Path) -> None:
    source = save(HEADLINES, Path("in.jsonl"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "join", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError, match="division by zero"):
            by_the_piece(source, model_folder, "out.jsonl")
    save(HEADLINES[1:], source)
    with pytest.raises(InputError, match="parts of another input, model or option; expected those of the same run"):
        by_the_piece(source, model_folder, "out.jsonl", resume=True)
    assert by_the_piece(source, model_folder, "out.jsonl").read == len(HEADLINES) - 1


@pytest.mark.parametrize("source", ["in.parquet", "in.csv"])
@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl", "out.csv"])
@pytest.mark.parametrize("headlines", [[], ["", " "]])
def test_nothing_to_tag(headlines: list[str], source: str, out: str, tagger: Tagger, model_folder: Path) -> None:
    same(save(headlines, Path(source)), tagger, model_folder, out)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "in.csv",
            "id,lead\n1,Снег\n",
            "in.csv, line 1: found the columns “id, lead”; expected a column named headline",
        ),
        ("in.jsonl", " \n", "in.jsonl: found no text"),
        ("in.parquet", "PAR1 Снег", "in.parquet: found a damaged parquet file .*; expected a whole one"),
    ],
)
def test_tables_that_cannot_be_read(name: str, content: str, message: str, model_folder: Path) -> None:
    Path(name).write_text(content, "utf-8")
    with pytest.raises(InputError, match=message):
        by_the_piece(Path(name), model_folder, "out.csv")
    assert not Path("out.csv").exists()


def test_a_damaged_row_group_is_rejected_and_the_others_are_tagged(model_folder: Path) -> None:
    source = save(HEADLINES, Path("in.parquet"))
    data = bytearray(source.read_bytes())
    group = pq.ParquetFile(source).metadata.row_group(9).column(1)
    begin = group.dictionary_page_offset or group.data_page_offset
    data[begin : begin + 8] = b"\xff" * 8
    source.write_bytes(data)
    counts = by_the_piece(source, model_folder, "out.jsonl")
    assert "a damaged parquet file" in counts.rejects[0].reason
    assert counts.kept >= 25


@pytest.mark.parametrize(
    ("inputs", "allowed", "dedupe"),
    [
        (["-"], True, None),
        (["a.txt"], True, None),
        (["in.csv", "in.csv"], True, None),
        (["in.csv"], False, None),
        (["in.csv"], True, "exact"),
    ],
)
def test_nothing_else_can_be_resumed(inputs: list[str], allowed: bool, dedupe: str | None) -> None:
    save(HEADLINES, Path("in.csv"))
    with pytest.raises(SettingsError, match="--resume: found other inputs or options; expected one table of Parquet"):
        one_table(inputs, Options(dedupe=dedupe), forced=True, allowed=allowed)


def test_only_a_large_table_is_cut_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    source = save(HEADLINES, Path("in.csv"))
    assert one_table(["in.csv"], Options(), forced=False, allowed=True) is None
    monkeypatch.setattr(large, "LARGE", source.stat().st_size)
    assert one_table(["in.csv"], Options(), forced=False, allowed=True) is not None


def test_killed_process_is_taken_up(model_folder: Path) -> None:
    pq.write_table(pa.table({"title": HEADLINES * 15_000}), "in.parquet", row_group_size=1 << 15)
    command = [CONSOLE, "predict", "in.parquet", "--model", str(model_folder), "--out"]
    subprocess.run([*command, "whole.parquet", "--resume"], check=True, capture_output=True)
    with subprocess.Popen(
        [*command, "out.parquet", "--resume"], stderr=subprocess.DEVNULL, start_new_session=True
    ) as run:
        while run.poll() is None and not list(Path().glob(".out.parquet.parts/0*.parquet")):
            time.sleep(0.01)
        assert run.poll() is None, "it was over before it could be killed"
        os.killpg(run.pid, signal.SIGKILL)
    assert not Path("out.parquet").exists()
    told = subprocess.run([*command, "out.parquet", "--resume"], check=True, capture_output=True, text=True).stderr
    assert "600000 read, 480000 kept, 0 duplicates, 120000 empty, 0 repaired, 0 rejected" in told
    assert Path("out.parquet").read_bytes() == Path("whole.parquet").read_bytes()
