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
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from pipeline.errors import ExtraError, InputError
from pipeline.ingest.columns import choose, missing, named
from pipeline.ingest.keep import Keeper
from pipeline.ingest.record import Counts, Options
from pipeline.model import digest
from pipeline.predict import tagged
from pipeline.tagger import Tagger

if TYPE_CHECKING:
    from pyspark import Accumulator, SparkContext
    from pyspark.sql import DataFrame, SparkSession

FORMATS: Final = {".parquet": "parquet", ".jsonl": "json", ".csv": "csv"}
"""Endings of files, with what Spark calls their formats."""
_COUNTED: Final = ("read", "kept", "empty", "repaired", "rejected")
Sums = dict[str, "Accumulator[int]"]


def tag(
    frame: "DataFrame", model: Path, *, column: str | None = None, min_precision: float | None = None
) -> "DataFrame":
    """Tag a Spark table; every row stays, as it is.

    Args:
        frame: Any table with a column of headlines.
        model: The model's folder, where the driver runs.
        column: The column of the headlines, if it is not to be found by its name.
        min_precision: The precision wanted of every tag, 0 to 1, if any.

    Returns:
        The table, the column of the headlines named ``headline``, with the columns of ``answers.RESULT`` added; lazy,
        as Spark's tables are.

    Raises:
        InputError: If the table has no column of headlines.
    """
    return _tag(_renamed(frame, column), model, min_precision, None)


def tag_files(
    source: str,
    model: Path,
    out: str,
    *,
    master: str | None = None,
    column: str | None = None,
    min_precision: float | None = None,
) -> Counts:
    """Tag files on a cluster, by the rules of ingest: rows without a headline are left out, garbled letters mended.

    Args:
        source: A path or URI that Spark can read; its ending says Parquet, JSONL or CSV.
        model: The model's folder.
        out: The folder for Parquet files.
        master: The cluster, such as ``local[*]``; nothing means what ``spark-submit`` or the environment says.
        column: The column of the headlines, if it is not to be found by its name.
        min_precision: The precision wanted of every tag, 0 to 1, if any.

    Returns:
        What became of the rows; those of a task that failed and ran again are counted twice.

    Raises:
        InputError: If the files cannot be read, the folder is there, or there is no column of headlines.
    """
    kind = Path(source).suffix
    if kind not in FORMATS:
        raise InputError(source, f"the ending “{kind}”", f"one of {', '.join(FORMATS)}", "rename or convert it")
    spark = session(master)
    from pyspark.errors import AnalysisException

    spark.sparkContext.setLogLevel("ERROR")
    try:
        reader = spark.read.option("header", True).option("multiLine", kind == ".csv").option("escape", '"')
        frame = _renamed(reader.format(FORMATS[kind]).load(source), column)
        sums = {name: spark.sparkContext.accumulator(0) for name in _COUNTED}
        _tag(frame, model, min_precision, sums).write.mode("errorifexists").parquet(out)
    except AnalysisException as error:
        found = str(error.getMessage()).splitlines()[0]
        raise InputError(source, found, "files to read, and a new folder to write", "check both") from error
    finally:
        spark.stop()
    counts = Counts()
    counts.add({name: sum_.value for name, sum_ in sums.items()})
    return counts


def session(master: str | None) -> "SparkSession":
    """Connect to a cluster.

    Args:
        master: Such as ``local[*]``; nothing means what ``spark-submit`` or the environment says.

    Returns:
        A session.

    Raises:
        ExtraError: If Spark or Java is not there.
    """
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ExtraError("--engine spark", "no pyspark", "spark") from error
    if (master or "").startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else whatever python3 the path names
    builder = SparkSession.builder.appName("rubrika")
    try:
        return (builder.master(master) if master else builder).getOrCreate()
    except PySparkRuntimeError as error:
        raise ExtraError("--engine spark", "no Java that starts (17 or later is needed)", "spark") from error


def _renamed(frame: "DataFrame", column: str | None) -> "DataFrame":
    place = choose(frame.columns, column)
    if place is None:
        raise missing(frame.columns, column, "the Spark table")
    return frame.toDF(*named(frame.columns, place))


def _tag(frame: "DataFrame", model: Path, min_precision: float | None, sums: Sums | None) -> "DataFrame":
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    tagger = Tagger.load(model, min_precision)
    schema = from_arrow_schema(tagger.tag_arrow(to_arrow_schema(frame.schema).empty_table()).schema)
    return frame.mapInArrow(_work(_ship(frame.sparkSession.sparkContext, model), min_precision, sums), schema)


def _ship(context: "SparkContext", model: Path) -> str:
    """Send the model's folder to every worker, under a name that tells what is in it."""
    name = f"rubrika-{digest(model)[:16]}"
    folder = Path(tempfile.gettempdir()) / name
    shutil.copytree(model, folder, dirs_exist_ok=True)
    context.addFile(str(folder), recursive=True)
    return name


def _work(name: str, min_precision: float | None, sums: Sums | None) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        tagger = _tagger(name, min_precision)
        tables = (pa.Table.from_batches([batch]) for batch in batches)
        for table in tables if sums is None else _kept(tables, sums):
            yield from tagged(tagger, table).combine_chunks().to_batches()

    return work


def _kept(tables: Iterator[pa.Table], sums: Sums) -> Iterator[pa.Table]:
    counts = Counts()
    yield from Keeper(counts, Options()).keep(("", table) for table in tables)
    for name, sum_ in sums.items():
        sum_.add(getattr(counts, name))


@cache
def _tagger(name: str, min_precision: float | None) -> Tagger:
    """Load the model once in the life of a worker process."""
    from pyspark import SparkFiles

    tagger = Tagger.load(SparkFiles.get(name), min_precision)
    tagger.threads = 1  # Spark starts a process for each processor
    return tagger
