"""What a training costs as the corpus grows: seconds and memory of each stage, each size in a process of its own.

``python -m pipeline.bench.growth 25000 100000 1000000`` writes ``models/report/growth.md``, ``.json`` and ``.svg``. The
corpus is made larger by copies of its headlines in which half of the words are exchanged for others of the corpus.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import pandas as pd
from joblib.externals.loky import get_reusable_executor

from pipeline.bench.speed import machine
from pipeline.labelled import read_labelled
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.train import train

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


def enlarge(rows: int, path: Path) -> None:
    """Write the corpus, shortened or grown, as a labelled table."""
    grown(read_labelled(_DATA), rows, Settings().seed).to_csv(path, index=False)


def measure(path: Path) -> Measured:
    """Train as ``rubrika train`` does, and measure each stage.

    Args:
        path: A labelled table.

    Returns:
        By stage, ``seconds`` on the clock, and ``megabytes`` at the peak, worker processes included.
    """
    stages = Stages()
    train([path], Settings(), stages)
    get_reusable_executor().shutdown()  # joblib's workers, for which the end of this process would wait five minutes
    return {name: {"seconds": seconds, "megabytes": stages.megabytes[name]} for name, seconds in stages.seconds.items()}


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
    (folder / "growth.md").write_text(_markdown(measured), encoding="utf-8")
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


def _markdown(measured: dict[int, Measured]) -> str:
    """Lay out seconds a stage, their sum, and the memory at the peak."""
    names = list(next(iter(measured.values())))
    lines = [f"| headlines | {' | '.join(names)} | in all | MB |", f"| ---: |{' ---: |' * (len(names) + 2)}"]
    told = ""
    for size, stages in measured.items():
        seconds, peak = (
            [each["seconds"] for each in stages.values()],
            max(each["megabytes"] for each in stages.values()),
        )
        cells = [f"{value:.0f} s" for value in (*seconds, sum(seconds))]
        lines.append(f"| {size:,} | {' | '.join(cells)} | {peak:,.0f} |")
        told = f"{size:,} headlines take {sum(seconds):.0f} s, and {peak:,.0f} MB at most."
    return "# What a training costs\n\n" + "\n".join([*lines, "", told]) + "\n"


def _alone(work: Callable[..., T], *given: object) -> T:
    """Work in a new process, whose memory nothing else has grown."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(work, *given).result()


def main(sizes: Sequence[str]) -> None:
    """Measure trainings of so many headlines."""
    measured: dict[int, Measured] = {}
    for size in map(int, sizes):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "headlines.csv"
            _alone(enlarge, size, path)
            measured[size] = _alone(measure, path)
        save(measured, _REPORT)


if __name__ == "__main__":
    main(sys.argv[1:])
