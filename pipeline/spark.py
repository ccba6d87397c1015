"""The same tagger on a cluster: a Spark table in, the same table with the tagger's columns out.

Each worker process loads the model once and tags Arrow batches; nothing goes through pandas or row by row. The package
must be installed where the workers run; the model travels with the job.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.errors import InputError, SettingsError
from pipeline.large import FORMATS
from pipeline.model import digest
from pipeline.tagger import Tagger

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def tag_frame(frame: "DataFrame", model: Path, min_precision: float | None = None) -> "DataFrame":
    """Tag a Spark table.

    Args:
        frame: Any table with a text column ``headline``.
        model: The model's folder, where the driver runs.
        min_precision: The precision wanted of every tag, 0 to 1, if any.

    Returns:
        The table with the columns of ``answers.RESULT`` added; lazy, as Spark's tables are.

    Raises:
        InputError: If the table has no column ``headline``.
    """
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    if "headline" not in frame.columns:
        found = f"the columns {', '.join(frame.columns)}"
        raise InputError("the Spark table", found, "a text column headline", "name the column of the headlines so")
    tagger = Tagger.load(model, min_precision)
    schema = from_arrow_schema(tagger.tag_arrow(to_arrow_schema(frame.schema).empty_table()).schema)
    return frame.mapInArrow(_work(_ship(frame.sparkSession, model), min_precision), schema)


def tag_files(source: str, model: Path, out: str, *, master: str | None, min_precision: float | None = None) -> None:
    """Tag files on a cluster.

    Args:
        source: A path or URI that Spark can read; its ending says Parquet, JSONL or CSV.
        model: The model's folder.
        out: The folder for Parquet files.
        master: The cluster, such as ``local[*]``; nothing means what ``spark-submit`` or the environment says.
        min_precision: The precision wanted of every tag, 0 to 1, if any.

    Raises:
        InputError: If the ending is of no format.
        SettingsError: If Spark is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        remedy = "install it: pip install 'rubrika[spark]'"
        raise SettingsError("spark", "no pyspark", "the extra spark and Java 17 or later", remedy) from error
    kind = Path(source).suffix
    if kind not in FORMATS:
        raise InputError(source, f"the ending “{kind}”", f"one of {', '.join(FORMATS)}", "rename or convert it")
    if (master or "").startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else whatever python3 the path names
    builder = SparkSession.builder.appName("rubrika")
    spark = (builder.master(master) if master else builder).getOrCreate()
    try:
        reader = spark.read.option("header", True).option("multiLine", kind == ".csv").option("escape", '"')
        frame = reader.format({".jsonl": "json"}.get(kind, kind[1:])).load(source)
        tag_frame(frame, model, min_precision).write.mode("errorifexists").parquet(out)
    finally:
        spark.stop()


def _ship(spark: "SparkSession", model: Path) -> str:
    """Send the model's folder to every worker, under a name that tells what is in it."""
    name = f"rubrika-{digest(model)[:16]}"
    folder = Path(tempfile.gettempdir()) / name
    shutil.copytree(model, folder, dirs_exist_ok=True)
    spark.sparkContext.addFile(str(folder), recursive=True)
    return name


def _work(name: str, min_precision: float | None) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        tagger = _tagger(name, min_precision)
        for batch in batches:
            yield from tagger.tag_arrow(pa.Table.from_batches([batch])).combine_chunks().to_batches()

    return work


@cache
def _tagger(name: str, min_precision: float | None) -> Tagger:
    """Load the model once in the life of a worker process."""
    from pyspark import SparkFiles

    tagger = Tagger.load(SparkFiles.get(name), min_precision)
    tagger.threads = 1  # Spark starts a process for each processor
    return tagger
