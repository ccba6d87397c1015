"""How fast large tables are tagged, in how much memory, and what that makes of a job of 100 million headlines.

``python -m pipeline.bench.volume 20000000 10000000`` makes tables of so many headlines in a temporary folder and tags
each by the command ``rubrika predict``, kills one run and takes it up, does the same work by joblib and by Spark, and
tags so many new chunks; it writes ``models/report/bulk.json`` and ``bulk.md``.
"""

import filecmp
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pipeline.bench.cost import told
from pipeline.bench.made import make
from pipeline.bench.runs import by_joblib, killed, run
from pipeline.bench.speed import machine
from pipeline.ingest import Options
from pipeline.labelled import read_labelled
from pipeline.large import Table
from pipeline.machine import processors
from pipeline.pieces import cut

_DATA: Final = Path("data/headlines.csv")
_MODEL: Final = Path("models/champion")
_REPORT: Final = Path("models/report")
_PACKAGES: Final = ("numpy", "pyarrow", "joblib", "pyspark")
_ROUNDS: Final = 3
"""Times that the Parquet file is tagged, and the same in memory: where the machine swings, the ratio does so less."""
_COMPARED: Final = 1_000_000
"""Rows of the table that joblib and Spark tag too, unless a quarter of the large one is less; the difference between
the two sizes tells the start from the rate."""


def measure(rows: int, chunks: int, folder: Path) -> dict[str, Any]:
    """Measure everything.

    Args:
        rows: Of each table.
        chunks: New chunks over which the memory must stay flat; what is remembered is full after the first million.
        folder: A folder with room for them, some 400 bytes a row.

    Returns:
        The figures, by name.
    """
    words = " ".join(read_labelled(_DATA)["headline"]).split()
    compared = min(rows // 4, _COMPARED)
    figures: dict[str, Any] = {"machine": machine(_PACKAGES), "rows": rows, "compared rows": compared, "chunks": chunks}
    for kind in ("csv", "jsonl"):
        make(words, rows, folder / f"in.{kind}")
        figures[kind] = run(*_predict(folder / f"in.{kind}", folder / f"out.{kind}"))._asdict()
        (folder / f"in.{kind}").unlink()
        (folder / f"out.{kind}").unlink()
    make(words, rows, folder / "in.parquet")
    figures |= _rounds(folder)
    figures["resumed"] = _resumed(folder)
    make(words, compared, folder / "some.parquet")
    figures["joblib"] = by_joblib(_MODEL, folder / "some.parquet", folder)
    figures["some"] = run(*_predict(folder / "some.parquet", folder / "some.out.parquet"), "--resume")._asdict()
    spark = "--engine", "spark", "--master", f"local[{processors()}]"
    for name in ("some", "in"):
        figures[f"spark {name}"] = run(
            *_predict(folder / f"{name}.parquet", folder / f"{name}.spark"), *spark
        )._asdict()
    figures["flat"] = json.loads(run(sys.executable, "-m", "pipeline.bench.flat", str(_MODEL), str(chunks)).told)
    return figures


def _rounds(folder: Path) -> dict[str, Any]:
    """Tag the Parquet file by the command, and the same headlines in memory, by turns."""
    tag = _predict(folder / "in.parquet", folder / "out.parquet")
    hold = [sys.executable, "-m", "pipeline.bench.inmemory", str(_MODEL), str(folder / "in.parquet")]
    runs, held = zip(*((run(*tag), json.loads(run(*hold).told)) for _ in range(_ROUNDS)), strict=True)
    return {"parquet": [each._asdict() for each in runs], "in memory": list(held)}


def _predict(source: Path, out: Path) -> list[str]:
    console = str(Path(sys.executable).parent / "rubrika")
    return [console, "predict", "--model", str(_MODEL.resolve()), str(source), "--out", str(out)]


def _resumed(folder: Path) -> dict[str, Any]:
    """Kill a run on the Parquet file when a third of its parts are there, take it up, and compare the files."""
    command = _predict(folder / "in.parquet", folder / "again.parquet")
    parts, third = folder / ".again.parquet.parts", len(cut(Table(folder / "in.parquet", "parquet", Options()))) // 3

    def done() -> int:
        return len(list(parts.glob("0*.parquet")))

    killed(lambda: done() >= max(third, 1), *command)
    before = done()
    taken = run(*command, "--resume")
    same = filecmp.cmp(folder / "again.parquet", folder / "out.parquet", shallow=False)
    return {"parts before": before, "same file": same} | taken._asdict()


def main(arguments: Sequence[str]) -> None:
    """Measure, and write the report.

    Args:
        arguments: How many rows, and how many new chunks.
    """
    rows, chunks = map(int, arguments)
    _REPORT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(rows, chunks, Path(folder))
    (_REPORT / "bulk.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    (_REPORT / "bulk.md").write_text(told(figures), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
