"""The cluster gives the answers of one process. Needs the extra spark and Java; `make test-spark` brings them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import InputError
from pipeline.spark import tag_files, tag_frame
from pipeline.tagger import Tagger

pyspark = pytest.importorskip("pyspark", reason="the extra spark is not installed")
pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("default")]

HEADLINES = ["Рубль упал", "Сейм выбрал спикера", "Дроны ночью атаковали нефтебазу", "", None, "Ёжик вышел из тумана"]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
        yield session
        session.stop()


def test_frame_gets_the_answers_of_one_process(spark: Any, tagger: Tagger, model_folder: Path) -> None:
    own = pa.table({"id": range(600), "topic": ["спорт"] * 600, "headline": HEADLINES * 100})
    frame = spark.createDataFrame(own).repartition(4)
    tagged = tag_frame(frame, model_folder).orderBy("id").toArrow()
    expected = tagger.tag_arrow(own)
    assert tagged.column_names == expected.column_names
    assert tagged.to_pylist() == expected.to_pylist()


def test_frame_without_headlines_is_refused(spark: Any, model_folder: Path) -> None:
    with pytest.raises(InputError, match="the columns title; expected a text column headline"):
        tag_frame(spark.createDataFrame(pa.table({"title": ["Снег"]})), model_folder)


def test_files_are_tagged(spark: Any, tagger: Tagger, model_folder: Path, tmp_path: Path) -> None:
    del spark  # tag_files takes the session that is there, and stops it: the last test of the module
    pq.write_table(pa.table({"headline": pa.array(HEADLINES, pa.string())}), tmp_path / "in.parquet")
    tag_files(str(tmp_path / "in.parquet"), model_folder, str(tmp_path / "out"), master=None)
    tagged = pq.read_table(tmp_path / "out")
    expected = tagger.tag_arrow(pa.table({"headline": pa.array(HEADLINES, pa.string())}))
    assert sorted(map(str, tagged.to_pylist())) == sorted(map(str, expected.to_pylist()))


def test_unknown_ending_is_refused(model_folder: Path) -> None:
    with pytest.raises(InputError, match=r"the ending “.xlsx”; expected one of .parquet, .jsonl, .csv"):
        tag_files("in.xlsx", model_folder, "out", master=None)
