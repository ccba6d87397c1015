"""Large tables: the same answers piece by piece as at once, and the same file after a kill."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import bulk, pieces
from pipeline.bulk import tag_file
from pipeline.errors import InputError, SettingsError
from pipeline.large import one_table
from pipeline.pieces import read_piece
from pipeline.tagger import Tagger

HEADLINES = ["Рубль упал", "Сейм выбрал\nспикера", 'Дроны "ночью"', "", "Ёжик, туман"] * 8


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of a few rows, tagged in threads of this process."""
    monkeypatch.setattr(pieces, "_ROWS", 7)
    monkeypatch.setattr(pieces, "_BATCH", 3)
    monkeypatch.setattr(pieces, "_BYTES", 100)
    monkeypatch.setattr(bulk, "ProcessPoolExecutor", ThreadPoolExecutor)


def save(headlines: list[str], path: Path) -> Path:
    table = pa.table(
        {"id": [str(place) for place in range(len(headlines))], "headline": pa.array(headlines, pa.string())}
    )
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=3)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist()), "utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([table.column_names, *(row.values() for row in table.to_pylist())])
    return path


def answers(path: Path) -> list[tuple[str, str, str]]:
    if path.suffix == ".parquet":
        return [(row["id"], row["headline"], row["topic"]) for row in pq.read_table(path).to_pylist()]
    text = path.read_bytes().decode()
    rows = (
        map(json.loads, text.splitlines()) if path.suffix == ".jsonl" else csv.DictReader(io.StringIO(text, newline=""))
    )
    return [(row["id"], row["headline"], row["topic"]) for row in rows]


@pytest.mark.parametrize("source", ["in.parquet", "in.jsonl", "in.csv"])
@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl", "out.csv"])
def test_pieces_give_the_answers_of_the_whole(
    source: str, out: str, tagger: Tagger, model_folder: Path, tmp_path: Path
) -> None:
    tag_file(save(HEADLINES, tmp_path / source), model_folder, tmp_path / out, workers=3)
    topics = [tagged.topic for tagged in tagger.tag(HEADLINES)]
    assert answers(tmp_path / out) == [
        (str(place), *pair) for place, pair in enumerate(zip(HEADLINES, topics, strict=True))
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source, out])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text(st.sampled_from('аб ,"\n\r'), max_size=9)), st.integers(1, 50), st.sampled_from([".jsonl", ".csv"])
)
def test_blocks_of_text_lose_nothing(headlines: list[str], size: int, ending: str) -> None:
    path = save(headlines, Path(f"table{ending}"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_BYTES", size)
        read = [table["headline"].to_pylist() for piece in pieces.pieces(path) for table in read_piece(path, piece)]
    assert [headline for batch in read for headline in batch] == headlines


@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl", "out.csv"])
def test_resumed_run_does_the_rest_and_gives_the_same_bytes(out: str, model_folder: Path, tmp_path: Path) -> None:
    source, target = save(HEADLINES, tmp_path / "in.parquet"), tmp_path / out
    count = tag_file(source, model_folder, target)
    expected = target.read_bytes()
    target.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "_join", lambda job, parts, _out: job.part(parts - 2).unlink() or 1 / 0)
        with pytest.raises(ZeroDivisionError, match="division by zero"):
            tag_file(source, model_folder, target)
    assert not target.exists()
    assert tag_file(source, model_folder, target, resume=True) == 1 < count
    assert target.read_bytes() == expected


def test_parts_of_another_run_are_not_joined(model_folder: Path, tmp_path: Path) -> None:
    source, target = save(HEADLINES, tmp_path / "in.jsonl"), tmp_path / "out.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "_join", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError, match="division by zero"):
            tag_file(source, model_folder, target)
    save(HEADLINES[1:], source)
    with pytest.raises(InputError, match="parts of another input, model or precision; expected those of the same run"):
        tag_file(source, model_folder, target, resume=True)
    tag_file(source, model_folder, target)
    assert len(answers(target)) == len(HEADLINES) - 1


@pytest.mark.parametrize("source", ["in.parquet", "in.jsonl", "in.csv"])
def test_table_without_rows_gives_one_without_rows(source: str, model_folder: Path, tmp_path: Path) -> None:
    tag_file(save([], tmp_path / source), model_folder, tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("in.csv", "id,title\n1,Снег\n", "the columns id, title; expected a text column headline"),
        ("in.jsonl", '{"title": "Снег"}\n', "the columns title; expected a text column headline"),
        ("in.jsonl", '{"headline": ["Снег"]}\n', "a column headline of type list<item: string>; expected text"),
        ("in.jsonl", "Снег\n", "byte 0 and after: found what cannot be read .*; expected jsonl throughout"),
        ("in.csv", "headline,id\nСнег\n", "byte 12 and after: found what cannot be read .*; expected csv throughout"),
        ("in.parquet", "Снег", "a file that cannot be read .*; expected Parquet, JSONL or CSV"),
    ],
)
def test_tables_that_cannot_be_read(name: str, content: str, message: str, model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(InputError, match=message):
        tag_file(tmp_path / name, model_folder, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_one_table_alone_is_tagged_by_the_piece() -> None:
    assert one_table(["a.parquet"], {"out": Path("b.csv"), "explain": False}) == Path("a.parquet")


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        (["-"], {"out": "b.csv"}),
        (["a.txt"], {"out": "b.csv"}),
        (["a.csv", "b.csv"], {"out": "c.csv"}),
        (["a.csv"], {"out": None}),
        (["a.csv"], {"out": "b.csv", "explain": True}),
    ],
)
def test_nothing_else_can_be_resumed(inputs: list[str], wanted: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=r"--resume: found other inputs or options; expected one file \.parquet"):
        one_table(inputs, wanted)


def test_killed_process_is_taken_up(model_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table({"headline": HEADLINES * 10_000}), source, row_group_size=1 << 17)
    command = [
        str(Path(sys.executable).parent / "rubrika"),
        "predict",
        str(source),
        "--model",
        str(model_folder),
        "--out",
    ]
    subprocess.run([*command, "whole.parquet", "--resume"], check=True, capture_output=True)
    with subprocess.Popen(
        [*command, "out.parquet", "--resume"], stderr=subprocess.DEVNULL, start_new_session=True
    ) as run:
        while run.poll() is None and not list(tmp_path.glob(".out.parquet.parts/0*.parquet")):
            time.sleep(0.01)
        assert run.poll() is None, "it was over before it could be killed"
        os.killpg(run.pid, signal.SIGKILL)
    assert not Path("out.parquet").exists()
    subprocess.run([*command, "out.parquet", "--resume"], check=True, capture_output=True)
    assert Path("out.parquet").read_bytes() == Path("whole.parquet").read_bytes()
