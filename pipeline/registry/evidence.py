"""May a challenger take the champion's place? Both are judged on the same held-out headlines, resampled in pairs.

The rule: overall macro-F1 is not lower; no topic's F1 and no calibration is worse beyond chance, which is where the
95 % interval of the difference lies wholly on the wrong side of 0 (paired bootstrap: Efron and Tibshirani 1993, and for
such comparisons Berg-Kirkpatrick, Burkett and Klein 2012); no slice of 50 tags or more falls by over three points of
F1, its topics taken together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.assess.calibration import BINS
from pipeline.assess.judged import Judged
from pipeline.assess.rightness import Draws
from pipeline.assess.slices import columns
from pipeline.evaluate import macro_f1, outcomes
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

Floats = npt.NDArray[np.float64]

FEWEST: Final = 50
"""Tags of a slice's headlines from which on it counts."""
FALL: Final = 0.03
"""Points, of 1, that a slice may fall at most."""
AS_GOOD: Final = "at least as good"
NOT_AS_GOOD: Final = "not as good"
CALIBRATION: Final = "calibration error"
_BLOCK: Final = 64
"""Resamples drawn at a time."""


@dataclass(frozen=True)
class Difference:
    """A figure of both models on the same headlines.

    Attributes:
        name: What is measured.
        old: The champion's, 0 to 1.
        new: The challenger's.
        low: The lower end of the 95 % interval of the difference.
        high: The upper end.
    """

    name: str
    old: float
    new: float
    low: float
    high: float

    @property
    def gain(self) -> float:
        """What the challenger has more."""
        return self.new - self.old

    def __str__(self) -> str:
        """The difference in points with its interval, for people."""
        return f"{self.name} {100 * self.gain:+.1f} points ({100 * self.low:+.1f} to {100 * self.high:+.1f})"


@dataclass(frozen=True)
class Evidence:
    """How a challenger compares with the champion.

    Attributes:
        overall: Macro-F1.
        topics: F1 of each topic.
        calibration: The expected calibration error, averaged over the topics; less is better.
        slices: Slices of ``FEWEST`` tags or more, with their F1 before and after, the topics taken together.
        rows: The headlines judged.
    """

    overall: Difference
    topics: list[Difference]
    calibration: Difference
    slices: list[tuple[str, float, float]]
    rows: int

    @property
    def objections(self) -> list[str]:
        """What speaks against the challenger; nothing means that it may take the place."""
        found = ["lower overall"] if self.overall.gain < 0 else []
        found += [f"{each}: worse beyond chance" for each in self.topics if each.high < 0]
        if self.calibration.low > 0:
            found.append(f"{self.calibration}: worse beyond chance")
        for name, old, new in self.slices:
            if old - new > FALL:
                found.append(f"{name} falls from {old:.3f} to {new:.3f}, by over {100 * FALL:.0f} points")
        return found

    def __str__(self) -> str:
        """The verdict in one line, for people."""
        figures = f"{self.overall} on the same {self.rows:,} held-out headlines"
        return f"{figures}, {NOT_AS_GOOD}: {'; '.join(self.objections)}" if self.objections else f"{figures}, {AS_GOOD}"


def compare(old: Tagger, new: Tagger, frame: pd.DataFrame, draws: Draws) -> Evidence:
    """Judge two models on the same labelled headlines.

    Args:
        old: The champion.
        new: The challenger.
        frame: Labelled headlines that neither has learnt from.
        draws: How intervals are drawn.

    Returns:
        The differences.
    """
    before, after = Judged.of(old, frame), Judged.of(new, frame)
    sides = [_columns(side) for side in (before, after)]
    width = sides[0].shape[1]
    totals = np.vstack([np.hstack(sides).sum(axis=0, keepdims=True), *_resampled(np.hstack(sides), draws)])
    olds, news = totals[:, :width], totals[:, width:]

    def difference(name: str, figure: Callable[[Floats], Floats]) -> Difference:
        was, now = figure(olds), figure(news)
        low, high = np.percentile(now[1:] - was[1:], [2.5, 97.5])
        return Difference(name, float(was[0]), float(now[0]), float(low), float(high))

    return Evidence(
        overall=difference("macro-F1", _f1),
        topics=[difference(f"F1 of {topic}", partial(_f1, place=place)) for place, topic in enumerate(TOPICS)],
        calibration=difference(CALIBRATION, partial(_error, rows=len(frame))),
        slices=list(_slices(before, after)),
        rows=len(frame),
    )


def _columns(judged: Judged) -> Floats:
    """Give what is summed over headlines: outcomes, and distances of scores from the truth by bin."""
    counts = outcomes(judged.given, judged.truth).reshape(len(judged), -1)
    bins = np.minimum((judged.scores * BINS).astype(np.intp), BINS - 1)
    gaps = (judged.truth - judged.scores)[:, :, None] * (bins[:, :, None] == np.arange(BINS))
    return np.hstack([counts, gaps.reshape(len(judged), -1)])


def _f1(totals: Floats, place: int | None = None) -> Floats:
    """Give the F1 of the topic at a place, or the mean over all."""
    counts = totals[:, : 3 * len(TOPICS)].astype(np.int64).reshape(-1, 3, len(TOPICS))
    return macro_f1(counts if place is None else counts[..., [place]])


def _error(totals: Floats, rows: int) -> Floats:
    """Give the expected calibration error from the summed distances of each bin, averaged over the topics."""
    return np.asarray(np.abs(totals[:, 3 * len(TOPICS) :]).sum(axis=1) / rows / len(TOPICS))


def _resampled(rows: Floats, draws: Draws) -> Iterator[Floats]:
    """Give the sums over resamples of the headlines with replacement, the same headlines for both models."""
    random, even = np.random.default_rng(draws.seed), np.full(len(rows), 1 / len(rows))
    for begin in range(0, draws.resamples, _BLOCK):
        yield random.multinomial(len(rows), even, min(_BLOCK, draws.resamples - begin)) @ rows


def _slices(before: Judged, after: Judged) -> Iterator[tuple[str, float, float]]:
    sides = [outcomes(side.given, side.truth).sum(axis=2, keepdims=True) for side in (before, after)]
    by = [name for name in ("theme",) if before.frame[name].any()]
    for name, column in columns(before.frame, by).items():
        for value in sorted(column.unique()):
            chosen = (column == value).to_numpy()
            if before.truth[chosen].sum() >= FEWEST:
                old, new = (float(macro_f1(side[chosen].sum(axis=0))) for side in sides)
                yield f"{name} {value}", old, new
