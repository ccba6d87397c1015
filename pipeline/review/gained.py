"""What review gains, in a table and a picture: ``python -m pipeline.review.gained`` (``make review-simulation``)."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy import stats

from pipeline.corpus import read_corpus
from pipeline.review.simulate import BEGIN, STEP, STEPS, WAYS, Pool, run
from pipeline.settings import Settings
from pipeline.stages import Stages

Floats = npt.NDArray[np.float64]
Reached = dict[str, Floats]
"""Macro-F1 by way of asking; each of shape (n_seeds, n_steps)."""

SEEDS: Final = 10
_DATA: Final = Path("data/headlines.csv")
_REPORT: Final = Path("models/report")
_COLOURS: Final = {"random": "#767676", "least sure": "#E69F00", "review": "#0072B2"}


def simulate(data: Path, seeds: int, settings: Settings) -> Reached:
    """Run each way of asking with each seed.

    Args:
        data: A labelled table.
        seeds: How many.
        settings: How to train.

    Returns:
        What was reached.
    """
    stages = Stages()
    with stages("ingest"):
        corpus = read_corpus([data], settings.split_held_out)
    pool = Pool.of(corpus, settings, stages)
    with stages("review") as tell:
        runs = [delayed(run)(pool, ask, settings, seed) for ask in WAYS.values() for seed in range(seeds)]
        reached = np.array(Parallel(n_jobs=-1)(runs)).reshape(len(WAYS), seeds, -1)
        tell(f"{len(runs)} runs on {len(pool.lemmas):,} headlines, judged on {len(pool.truth):,}")
    return dict(zip(WAYS, reached, strict=True))


def interval(differences: Floats) -> tuple[Floats, Floats]:
    """Give the 95 % interval of the mean over seeds, by Student's t; for shape (n_seeds, n_steps), each (n_steps,)."""
    middle, runs = differences.mean(axis=0), len(differences)
    wide = stats.t.ppf(0.975, runs - 1) * differences.std(axis=0, ddof=1) / np.sqrt(runs)
    return middle - wide, middle + wide


def table(reached: dict[str, Floats]) -> str:
    """Write the figures as Markdown.

    Args:
        reached: Macro-F1 by way; each of shape (n_seeds, n_steps).

    Returns:
        A row a number of labels, with the differences from random and their intervals.
    """
    base, others = reached["random"], [name for name in reached if name != "random"]
    ahead = {name: (reached[name] - base, *interval(reached[name] - base)) for name in others}
    lines = [["labels", "random", *(cell for name in others for cell in (name, f"{name} − random"))]]
    lines += [["---:"] * len(lines[0])]
    for step in range(base.shape[1]):
        cells = [f"{BEGIN + step * STEP:,}", f"{base[:, step].mean():.3f}"]
        for name, (more, low, high) in ahead.items():
            told = f"{more[:, step].mean():+.3f} ({low[step]:+.3f} to {high[step]:+.3f})" if step else "–"
            cells += [f"{reached[name][:, step].mean():.3f}", told]
        lines.append(cells)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def told(reached: Reached) -> str:
    """Say in a sentence what review gains, at the last number of labels."""
    more = reached["review"] - reached["random"]
    low, high = interval(more)
    curve, labels = reached["random"].mean(axis=0), BEGIN + STEP * np.arange(more.shape[1])
    wanted = curve[-1]
    enough = np.interp(wanted, reached["review"].mean(axis=0), labels)
    return (
        f"At {labels[-1]:,} labels, review is {more[:, -1].mean():+.3f} of macro-F1 ahead of random "
        f"(95 % interval over {len(more)} seeds: {low[-1]:+.3f} to {high[-1]:+.3f}); "
        f"what random reaches with {labels[-1]:,} labels, review reaches with {enough:,.0f}."
    )


def draw(reached: Reached, path: Path) -> None:
    """Draw macro-F1 by labels, with bands of the 95 % intervals of the means."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    labels = BEGIN + STEP * np.arange(STEPS + 1)
    with rc_context({"svg.hashsalt": "rubrika"}):
        figure = Figure(figsize=(7, 4.2), layout="constrained")
        axes = figure.subplots()
        for name, runs in reached.items():
            axes.plot(labels, runs.mean(axis=0), color=_COLOURS[name], marker="o", markersize=3, label=name)
            axes.fill_between(labels, *interval(runs), color=_COLOURS[name], alpha=0.2, linewidth=0)
        axes.set_xlabel("labels")
        axes.set_ylabel("macro-F1 on headlines held out")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        figure.savefig(path, metadata={"Date": None})


def main(arguments: Sequence[str]) -> None:
    """Simulate with ten seeds, or as many as are named, and write the report."""
    reached = simulate(_DATA, int(arguments[0]) if arguments else SEEDS, Settings())
    draw(reached, _REPORT / "review.svg")
    text = f"{_ABOUT}\n{told(reached)}\n\n![macro-F1 by labels](review.svg)\n\n{table(reached)}"
    (_REPORT / "review.md").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{told(reached)}\n")


_ABOUT: Final = """# What `rubrika review` gains

Labels of `data/headlines.csv` are hidden and asked for, 500 at a time after 1,000 drawn at random: at random; what the
model is least sure of first; and as `rubrika review` asks. After each step a model is trained on the labels so far, its
thresholds chosen from them, and judged on the held-out headlines. Means over seeds, 95 % intervals of the difference
over the same seeds (Student's t). Made by `make review-simulation`.
"""

if __name__ == "__main__":
    main(sys.argv[1:])
