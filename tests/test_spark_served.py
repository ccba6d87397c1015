"""MLflow's own way to a cluster: the registered model as a Spark function. `make test-spark` runs it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from registering import registered

from pipeline.tagger import Tagger
from pipeline.train import Trained

pyspark = pytest.importorskip("pyspark", reason="the extra spark is not installed")
pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("default"), pytest.mark.usefixtures("store")]

HEADLINES = ["Рубль упал", "Сейм выбрал спикера", "Дроны ночью атаковали нефтебазу", "", "Ёжик вышел из тумана"]


@pytest.fixture
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        yield session
        session.stop()


def test_registered_model_is_a_spark_function(spark: Any, trained: Trained, tagger: Tagger) -> None:
    import mlflow

    registered(trained, Path("models/champion"))
    kind = "topic string, tags array<string>, unsure boolean, scores map<string, double>, iptc array<string>"
    tag = mlflow.pyfunc.spark_udf(spark, "models:/rubrika@champion", result_type=kind, env_manager="local")
    frame = spark.createDataFrame(pa.table({"headline": HEADLINES}))
    rows = frame.withColumn("said", tag("headline")).toArrow().to_pylist()
    for row, tagged in zip(rows, tagger.tag(HEADLINES), strict=True):
        said = row["said"]
        assert (said["topic"], tuple(said["tags"]), said["unsure"]) == (tagged.topic, tagged.tags, tagged.unsure)
        assert tuple(said["iptc"]) == tagged.iptc
        assert dict(said["scores"]) == tagged.scores
