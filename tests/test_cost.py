"""What the report of large tables says follows from its figures."""

from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.bench.cost import told
from pipeline.bench.made import make
from pipeline.ingest import Counts, read
from pipeline.machine import processors

FIGURES = {
    "rows": 5_000_000,
    "compared rows": 1_000_000,
    "chunks": 2_000_000,
    "parquet": [
        {"seconds": seconds, "megabytes": megabytes} for seconds, megabytes in ((10, 440.4), (20, 430), (9, 1))
    ],
    "jsonl": {"seconds": 20.0, "megabytes": 650},
    "csv": {"seconds": 25.0, "megabytes": 640},
    "in memory": [{"seconds": seconds, "kept and tagged": 1e6, "tagged": 2e6} for seconds in (6.0, 5.0, 3.6)],
    "joblib": 4.0,
    "some": {"seconds": 2.8, "megabytes": 400},
    "spark some": {"seconds": 12.0, "megabytes": 1500},
    "spark in": {"seconds": 24.0, "megabytes": 1500},
    "resumed": {"parts before": 7, "same file": True},
    "flat": [300.0, 400.0, 401.0, 400.0],
}


@pytest.mark.parametrize(
    "line",
    [
        "| parquet to parquet | 500,000 | 40% | 440 |",
        "| csv to csv | 200,000 | 20% | 640 |",
        f"| in memory: looked at, cleaned and tagged, {processors()} threads | 1,000,000 | 100% | |",
        "| tagged only, words known | 2,000,000 | 200% | |",
        "5,000,000 headlines, those of joblib and Spark 1,000,000",
        "Parquet and memory took 3 turns",
        "killed after 7 parts and taken up by `--resume` gave the same file, byte by byte",
        "Over 2,000,000 chunks that were all new, one process held at most 300, 400, 401 and 400 MB in each quarter",
        "At this rate 100,000,000 headlines in Parquet take one such machine 3.3 minutes",
        "Spark takes 9.0 s to start, one machine without it 1.0 s",
        "each machine under Spark tags 333,333 headlines a second, one without it 555,556",
        "with 4 of them from 7,619,048 on, with 16 of them from 4,961,240 on.",
    ],
)
def test_the_report_says_what_the_figures_say(line: str) -> None:
    assert line in told(FIGURES)


def test_another_file_after_a_kill_is_shouted() -> None:
    assert "gave ANOTHER FILE" in told(FIGURES | {"resumed": {"parts before": 7, "same file": False}})


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_tables_are_made_of_given_words(kind: str) -> None:
    make(["рубль", "сейм", "дрон"], 250, Path(f"in.{kind}"))
    table = pa.concat_tables(read(f"in.{kind}", Counts()))
    assert table.column_names == ["id", "headline", "date"]
    assert {word for text in table["headline"].to_pylist() for word in text.split()} == {"рубль", "сейм", "дрон"}
    assert len(set(map(str, table["id"].to_pylist()))) == table.num_rows == 250
