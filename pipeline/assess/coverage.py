"""How much can be left to the model: the share of right answers among the surest, and under the default band."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.assess.judged import Judged
from pipeline.assess.rightness import Draws, Estimate, Flags, Floats
from pipeline.evaluate import resampled

STEPS: Final = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)
"""Coverages that the tables tell."""


@dataclass(frozen=True)
class Point:
    """What leaving the surest headlines to the model brings.

    Attributes:
        coverage: Their share of all headlines, 0 to 1.
        right: Share of them whose set of tags is right; 1 minus the risk.
        sureness: Of the least sure of them.
    """

    coverage: float
    right: float
    sureness: float


@dataclass(frozen=True)
class Coverage:
    """What can be left to the model.

    Attributes:
        decided: Share of headlines that the model's own band calls sure.
        right: Share of right ones among them; none if it calls none sure.
        risk: Area under the risk-coverage curve, 0 to 1: the mean risk over all coverages.
        curve: The curve, the coverage rising.
    """

    decided: Estimate
    right: Estimate
    risk: float
    curve: list[Point]

    def at(self, coverage: float) -> Point:
        """Give the first point of the curve that covers so much, 0 to 1."""
        return next(point for point in self.curve if point.coverage >= coverage - 1e-9)


def cover(judged: Judged, draws: Draws) -> Coverage:
    """Judge what can be left to the model.

    Args:
        judged: Headlines and answers.
        draws: How intervals are drawn.

    Returns:
        The figures.
    """
    rows = np.column_stack([np.ones(len(judged)), judged.decided, judged.decided & judged.right]).astype(np.int64)
    drawn, totals = resampled(rows, *draws).T, rows.sum(axis=0)
    decided, right = (Estimate.ratio(totals[[one + 1, one]], drawn[one + 1], drawn[one]) for one in (0, 1))
    points = curve(judged.sure, judged.right)
    widths = np.diff([0.0, *(point.coverage for point in points)])
    risk = float(sum(width * (1 - point.right) for width, point in zip(widths, points, strict=True)))
    return Coverage(decided, right, risk, points)


def curve(sure: Floats, right: Flags) -> list[Point]:
    """Give the risk-coverage curve (El-Yaniv and Wiener 2010), the risk as its complement.

    Args:
        sure: The sureness of each answer; shape (n_headlines,), at least one.
        right: Whether it is right; same shape.

    Returns:
        A point for each different sureness, the surest first; headlines of one sureness are covered together.
    """
    order = np.argsort(-sure, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(sure[order]) != 0, True))
    hits = np.cumsum(right[order])[ends]
    rows = zip((ends + 1).tolist(), hits.tolist(), sure[order][ends].tolist(), strict=True)
    return [Point(covered / len(sure), hit / covered, level) for covered, hit, level in rows]
