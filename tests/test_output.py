"""Outputs: whole or not at all, columns of all inputs, what was left out told."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from pipeline.plain import inert
from pipeline.spool import one_schema

ROWS = '{"title": "Мост открыли", "n": 1}\n{"title": "Суд идет", "n": [2]}\n{\n\n{"title": ""}\n'


def written(text: str = ROWS, *flags: str) -> tuple[int, list[str]]:
    Path("list.jsonl").write_text(text, encoding="utf-8")
    code = main(["ingest", "list.jsonl", "--out", "out.csv", *flags])
    return code, Path("out.csv").read_text(encoding="utf-8").splitlines() if Path("out.csv").exists() else []


def test_counts_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert written() == (0, ["headline,n", "Мост открыли,1", "Суд идет,[2]"])
    assert capsys.readouterr().err == (
        "4 read, 2 kept, 0 duplicates, 1 empty, 0 repaired, 1 rejected (1 broken JSON (Expecting property name "
        "enclosed in double quotes: line … column … (char …)))\n"
    )


def test_rejects_are_written_with_file_and_line() -> None:
    written(ROWS, "--rejects", "rejects.csv")
    with Path("rejects.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["file"], row["line"], row["text"]) == ("list.jsonl", "3", "{")


def test_strict_says_so_after_the_whole_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(ROWS, "--strict", "--rejects", "rejects.csv") == (
        1,
        ["headline,n", "Мост открыли,1", "Суд идет,[2]"],
    )
    assert "1 rejected" in capsys.readouterr().err
    assert Path("rejects.csv").read_text(encoding="utf-8").count("\n") == 2
    assert written('{"title": "Мост открыли"}\n', "--strict")[0] == 0


@pytest.mark.parametrize(
    ("flags", "kept"), [([], 3), (["--dedupe"], 1), (["--dedupe", "near"], 1), (["--dedupe", "exact"], 2)]
)
def test_dedupe_needs_no_value(flags: list[str], kept: int) -> None:
    Path("list.txt").write_text(
        "Лавина накрыла лыжников в Домбае\nЛавина накрыла лыжников на Домбае\nЛавина НАКРЫЛА лыжников в Домбае\n",
        "utf-8",
    )
    assert main(["ingest", *flags, "list.txt", "--out", "out.parquet"]) == 0
    assert pq.read_table("out.parquet").num_rows == kept


def test_tables_of_different_columns_become_one() -> None:
    tables = [
        pa.table({"headline": ["а"], "n": [1]}),
        pa.table({"headline": ["б"], "m": [None]}),
        pa.table({"m": ["х"], "headline": ["в"], "n": ["два"]}),
    ]
    given = pa.concat_tables(one_schema(tables))
    assert given.column_names == ["headline", "n", "m"]
    assert given["n"].to_pylist() == ["1", None, '"два"']
    assert given["m"].to_pylist() == [None, None, "х"]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("\n=1+1", "'\n'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("Курс;=1+1", "Курс;'=1+1"),
        ("Курс; -1+cmd", "Курс; '-1+cmd"),
        ("Курс\r\n@SUM(1)", "Курс\r\n'@SUM(1)"),
        ("Суд; мост", "Суд; мост"),
        ("@мост", "'@мост"),
        ("-5,3", "-5,3"),
        ("+7", "+7"),
        ("-1+1", "'-1+1"),
        ("— мост", "— мост"),
        (5, 5),
    ],
)
def test_no_formula_is_written(cell: object, safe: object) -> None:
    assert inert(cell) == safe


def test_nothing_to_write_still_has_its_header() -> None:
    assert written('{"title": ""}\n{"title": " "}\n') == (0, ["headline"])


def test_numbers_that_json_has_not_become_null() -> None:
    pq.write_table(pa.table({"headline": ["Мост"], "n": [float("nan")]}), "in.parquet")
    assert main(["ingest", "in.parquet", "--out", "out.jsonl"]) == 0
    assert json.loads(Path("out.jsonl").read_text(encoding="utf-8")) == {"headline": "Мост", "n": None}


def test_heavy_libraries_are_not_loaded_for_a_plain_page() -> None:
    Path("list.txt").write_text("1. Мост\n2. Суд\n3. Дождь\n", encoding="utf-8")
    code = (
        "import sys; from pipeline.ingest import Counts, read; list(read('list.txt', Counts()));"
        "heavy = ('lxml', 'ijson', 'sqlite3', 'ssl', 'pyarrow.parquet');"
        "print([name for name in heavy if name in sys.modules])"
    )
    root = str(Path(__file__).parent.parent)
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": root}, check=True, capture_output=True, text=True
    )
    assert run.stdout.strip() == "[]"
