"""Speeds: measured in interleaved rounds, told as a table, a picture and JSON, with the machine and the versions."""

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.machine import processors

_PACKAGES: Final = ("numpy", "pyarrow", "scikit-learn", "pymorphy3", "fasttext-community")
UNITS: Final = {"warm": "headlines/s", "threads": "headlines/s", "cold": "headlines/s", "shell": "s"}
"""The contests, with the unit of their figures."""


@dataclass(frozen=True)
class Speed:
    """How fast one contestant was.

    Attributes:
        name: Who.
        rounds: Headlines a second, or seconds, in each round.
        ratio: The median over rounds of our figure by theirs: how many times as fast we are.
    """

    name: str
    rounds: list[float]
    ratio: float

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return float(np.median(self.rounds))

    @property
    def spread(self) -> tuple[float, float]:
        """The slowest and the fastest round."""
        return min(self.rounds), max(self.rounds)


def interleave(works: dict[str, Callable[[], float]], rounds: int, *, faster: str, more: bool) -> list[Speed]:
    """Measure contestants in rounds, every other round backwards.

    Args:
        works: By name, what measures one contestant once.
        rounds: How many times each is measured.
        faster: The name that the others are compared with.
        more: Whether a larger figure is a faster one.

    Returns:
        Their speeds in the order given.
    """
    measured: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds):
        for name in list(works)[:: -1 if turn % 2 else 1]:
            measured[name].append(works[name]())
    own = np.array(measured[faster])
    ratios = {name: own / figures if more else figures / own for name, figures in measured.items()}
    return [Speed(name, figures, float(np.median(ratios[name]))) for name, figures in measured.items()]


def machine(packages: Sequence[str] = ()) -> dict[str, object]:
    """Tell what the figures were measured on, with the versions of the packages that matter."""
    cpu = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in cpu.read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": (names or [platform.processor()])[0],
        "processors": processors(),
        "load before": os.getloadavg()[0],
        "python": platform.python_version(),
        "versions": {name: version(name) for name in packages or _PACKAGES},
    }


def save(contests: Mapping[str, Sequence[Speed]], told: Mapping[str, object], folder: Path) -> None:
    """Write ``speed.json``, ``speed.md`` and ``speed.svg``.

    Args:
        contests: The speeds of each contest of ``UNITS``.
        told: What else to tell: the machine and how much was measured.
        folder: Where; made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plain = {name: [asdict(speed) | {"median": speed.median} for speed in speeds] for name, speeds in contests.items()}
    text = json.dumps(dict(told) | plain, ensure_ascii=False, indent=1) + "\n"
    (folder / "speed.json").write_text(text, encoding="utf-8")
    (folder / "speed.md").write_text(table(contests) + f"\n{_sentence(told)}\n", encoding="utf-8")
    _picture(contests["warm"], folder / "speed.svg")


def table(contests: Mapping[str, Sequence[Speed]]) -> str:
    """Lay the speeds out in Markdown: the median, the spread, and how many times as fast the first one is."""
    lines = ["| | median | slowest to fastest round | the first by this |", "| --- | ---: | ---: | ---: |"]
    for name, speeds in contests.items():
        lines.append(f"| **{name}** ({UNITS[name]}) | | | |")
        for speed in speeds:
            low, high = (_number(end) for end in speed.spread)
            lines.append(f"| {speed.name} | {_number(speed.median)} | {low} to {high} | {speed.ratio:.2f} |")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value > 100 else f"{value:.2f}"  # noqa: PLR2004 (seconds, or headlines a second)


def _sentence(told: Mapping[str, object]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in told.items())


def _picture(speeds: Sequence[Speed], path: Path) -> None:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    names, medians = [speed.name for speed in speeds], [speed.median for speed in speeds]
    ends = [[speed.median - speed.spread[0] for speed in speeds], [speed.spread[1] - speed.median for speed in speeds]]
    with rc_context({"svg.hashsalt": "rubrika"}):
        figure = Figure(figsize=(8, 0.6 * len(names) + 1), layout="constrained")
        axes = figure.subplots()
        axes.barh(names, medians, xerr=ends, color=["#0072B2"] + ["#999999"] * (len(names) - 1))
        axes.invert_yaxis()
        axes.set_xlabel("headlines a second: the median, slowest and fastest round")
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, metadata={"Date": None})
