"""The cluster gives the answers of one process. Needs the extra spark and Java; `make test-spark` brings them."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import pieces
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.predict import predict
from pipeline.tagger import Tagger

pyspark = pytest.importorskip("pyspark", reason="the extra spark is not installed")
pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("default")]

HEADLINES = ["Рубль упал", "⚡️ Дроны ночью", "Сейм выбрал спикера", "", None, " РќР°С†Р±Р°РЅРє РїРѕРґРЅСЏР» ", "Ёж"]


@pytest.fixture(autouse=True)
def own_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
        yield session
        session.stop()


def test_every_row_of_a_frame_gets_the_answer_of_one_process(cluster: Any, tagger: Tagger, model_folder: Path) -> None:
    from pipeline.spark import tag

    texts = pa.array(HEADLINES * 100, pa.string())
    own = pa.table({"id": range(700), "topic": ["спорт"] * 700, "заголовок": texts})
    tagged = tag(cluster.createDataFrame(own).repartition(4), model_folder).orderBy("id").toArrow()
    whole = [" ".join((text or "").replace("⚡️", "").split()) for text in HEADLINES]
    expected = tagger.tag_arrow(own.rename_columns(["id", "topic", "headline"]), pa.array(whole * 100, pa.string()))
    assert tagged.column_names == expected.column_names
    assert tagged.to_pylist() == expected.to_pylist()


def test_frame_without_headlines_is_refused(cluster: Any, model_folder: Path) -> None:
    from pipeline.spark import tag

    with pytest.raises(InputError, match="the columns “lead”; expected a column named headline"):
        tag(cluster.createDataFrame(pa.table({"lead": ["Снег"]})), model_folder)


def save(path: Path) -> None:
    rows = [{"id": str(place), "title": text} for place, text in enumerate(HEADLINES * 20)]
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=30)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["id", "title"], *(row.values() for row in rows)])


def test_a_large_table_put_together_of_parts_is_read_by_others(
    cluster: Any, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spark reads Parquet in Java, each row group by the machine in whose share of the file it begins."""
    monkeypatch.setattr(pieces, "_ROWS", 40)
    own = cluster.newSession()
    own.conf.set("spark.sql.files.maxPartitionBytes", "2000")
    save(tmp_path / "in.parquet")
    out = tmp_path / "out.parquet"
    command = ["predict", str(tmp_path / "in.parquet"), "--out", str(out), "--resume", "--model", str(model_folder)]
    assert main(command) == 0
    found, expected = own.read.parquet(str(out)), pq.read_table(out)
    assert pq.ParquetFile(out).num_row_groups > 1
    assert found.rdd.getNumPartitions() > 1
    assert found.orderBy(found["id"].cast("int")).toArrow().to_pylist() == expected.to_pylist()


@pytest.mark.parametrize("source", ["in.parquet", "in.jsonl", "in.csv"])
def test_files_get_the_answers_of_one_machine(
    source: str, tagger: Tagger, model_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path / source)
    paths = [str(tmp_path / source), "--out", str(tmp_path / "out")]
    command = ["predict", "--engine", "spark", "--master", "local[2]", *paths, "--model"]
    assert main([*command, str(model_folder)]) == 0
    counts = predict([source], tagger, out=Path("whole.parquet"), kind=None, rejects=None, why=False)
    assert str(counts) in capfd.readouterr().err
    tagged, expected = pq.read_table("out").to_pylist(), pq.read_table("whole.parquet").to_pylist()
    assert sorted(tagged, key=lambda row: int(row["id"])) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["in.xlsx", "--out", "out"], "in.xlsx: found the ending “.xlsx”; expected one of .parquet, .jsonl, .csv"),
        (["none.parquet", "--out", "out"], "none.parquet: found [PATH_NOT_FOUND]"),
        (["in.parquet", "--out", "full"], "in.parquet: found [PATH_ALREADY_EXISTS]"),
        (["in.parquet"], "--engine spark: found other inputs or options; expected one path or URI, --out"),
        (["in.parquet", "--out", "out", "--explain"], "--engine spark: found other inputs or options"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    arguments: list[str], message: str, model_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    save(Path("in.parquet"))
    Path("full").mkdir()
    command = ["predict", "--engine", "spark", "--master", "local[2]", "--model", str(model_folder)]
    paths = [argument if argument.startswith("-") else str(tmp_path / argument) for argument in arguments]
    assert main([*command, *paths]) > 0
    assert [line for line in capfd.readouterr().err.splitlines() if message in line]


def test_without_java_the_extra_is_named(model_folder: Path, tmp_path: Path) -> None:
    save(Path("in.parquet"))
    command = [str(Path(sys.executable).parent / "rubrika"), "predict", "--engine", "spark", "--model"]
    asked = [*command, str(model_folder), "--master", "local[2]", "in.parquet", "--out", "out"]
    run = subprocess.run(asked, env={"JAVA_HOME": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "rubrika: --engine spark: found no Java that starts" in run.stderr
