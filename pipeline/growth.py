"""What a training costs as the corpus grows: seconds and memory of each stage, each size in a process of its own.

``python -m pipeline.growth 25000 100000 1000000`` writes ``models/report/growth.json`` and ``growth.svg``. The corpus
is made larger by copies of its headlines in which half of the words are exchanged for others of the corpus.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline import classify, tfidf
from pipeline.chunks import split
from pipeline.corpus import read_labelled, tagged
from pipeline.features import Features
from pipeline.lemmatize import lemmatize
from pipeline.settings import Settings
from pipeline.speed import machine
from pipeline.split import deal

T = TypeVar("T")
Measured = dict[str, dict[str, float]]

_DATA: Final = Path("data/headlines.csv")
_REPORT: Final = Path("models/report")


def grown(table: pd.DataFrame, rows: int, seed: int) -> pd.DataFrame:
    """Give a table of so many rows: the table itself, then copies with half of each headline's words exchanged.

    Args:
        table: A labelled table.
        rows: How many rows.
        seed: Of the lots.

    Returns:
        The table, shortened or grown.
    """
    rng, every = np.random.default_rng(seed), np.array(" ".join(table["headline"]).split(), dtype=object)
    result = table.iloc[np.arange(rows) % len(table)].reset_index(drop=True)
    copies = [_edited(text.split(), every, rng) for text in result["headline"][len(table) :]]
    result.loc[len(table) :, "headline"] = copies
    return result


def _edited(words: list[str], every: "np.ndarray[tuple[int], np.dtype[np.object_]]", rng: np.random.Generator) -> str:
    for place in rng.choice(len(words), (len(words) + 1) // 2, replace=False):
        words[place] = every[rng.integers(len(every))]
    return " ".join(words)


def measure(table: pd.DataFrame, settings: Settings) -> Measured:
    """Run the stages of a training on all rows of a table, and measure each.

    Args:
        table: A labelled table.
        settings: How to train.

    Returns:
        By stage, ``seconds`` of the processor and ``megabytes``: the most memory so far.
    """
    measured: Measured = {}

    def stage(name: str, work: Callable[[], T]) -> T:
        begun = time.process_time()
        done = work()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        measured[name] = {"seconds": time.process_time() - begun, "megabytes": peak}
        return done

    truth = tagged(table)
    chunks = stage("chunks", lambda: split(pa.array(table["headline"], pa.string())))
    words = stage("lemmatize", lambda: [lemmatize(chunk) for chunk in chunks.distinct])
    counts = stage("count", lambda: tfidf.count(chunks, words, Features.of(settings)))
    blocks = stage("idf", lambda: tfidf.fit(counts, settings))
    rows = stage("tfidf", lambda: tfidf.factors(counts, blocks))
    stage("classify", lambda: classify.fit(rows, truth, np.ones(truth.shape), settings))
    stage("split", lambda: deal(list(table["headline"]), [""] * len(table), settings.split_held_out))
    return measured


def save(measured: dict[int, Measured], folder: Path) -> None:
    """Write the figures and their picture.

    Args:
        measured: By rows, the stages.
        folder: Where; made if it is not there.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"machine": machine(), "rows": measured}, indent=1)
    (folder / "growth.json").write_text(text + "\n", encoding="utf-8")
    sizes = list(measured)
    with rc_context({"svg.hashsalt": "rubrika"}):
        figure = Figure(figsize=(9, 4), layout="constrained")
        axes = figure.subplots(1, 2)
        for stage in measured[sizes[0]]:
            axes[0].loglog(sizes, [measured[size][stage]["seconds"] for size in sizes], marker="o", label=stage)
        peaks = [max(stage["megabytes"] for stage in measured[size].values()) for size in sizes]
        axes[1].loglog(sizes, peaks, marker="o", color="#0072B2")
        for one, name in zip(axes, ("seconds of a stage", "megabytes at most"), strict=True):
            one.set_xlabel("headlines")
            one.set_ylabel(name)
        axes[0].legend(frameon=False)
        figure.savefig(folder / "growth.svg", metadata={"Date": None})


def main(sizes: Sequence[str]) -> None:
    """Measure one size here, or each of several in a process of its own; the figures go to the standard output."""
    if len(sizes) == 1:
        settings = Settings()
        sys.stdout.write(
            json.dumps(measure(grown(read_labelled(_DATA), int(sizes[0]), settings.seed), settings)) + "\n"
        )
        return
    measured: dict[int, Measured] = {}
    for size in sizes:
        command = [sys.executable, "-m", "pipeline.growth", size]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603
        measured[int(size)] = json.loads(told)
        save(measured, _REPORT)


if __name__ == "__main__":
    main(sys.argv[1:])
