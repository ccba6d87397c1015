"""Everything that is measured of a model on a labelled table, in one object."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from pipeline.assess import calibration, ranking
from pipeline.assess.coverage import STEPS, Coverage, Point, cover
from pipeline.assess.judged import Judged
from pipeline.assess.pairs import Pair, pairs
from pipeline.assess.rightness import Draws, Rightness, rightness
from pipeline.assess.slices import Slice, columns, sliced
from pipeline.assess.twins import twins
from pipeline.assess.worst import Mistake, worst
from pipeline.report import KINDS
from pipeline.topics import OTHER, TOPICS

TWINS = "resembles a training row"
FRESH = "resembles none"


@dataclass(frozen=True)
class Ask:
    """What is wanted beside the usual figures.

    Attributes:
        by: Columns to slice by.
        seen: Training rows, to find their near-duplicates; nothing if they are not known.
    """

    by: Sequence[str] = ()
    seen: pd.DataFrame | None = None


@dataclass(frozen=True)
class Assessment:
    """The figures of a model on a labelled table.

    Attributes:
        overall: How right the tags are.
        pairs: How right the tags of headlines of two topics are.
        calibration: Whether scores can be taken at their word, by topic.
        ranking: Precision against recall, by topic; none without a headline of the topic.
        coverage: What can be left to the model.
        confusion: Headlines by true main topic (rows) and given one (columns), in the order of ``KINDS``.
        slices: By the column's name.
        worst: The surest mistakes.
        warnings: What the table does not allow to say, each in a line.
    """

    overall: Rightness
    pairs: list[Pair]
    calibration: dict[str, calibration.Reliability]
    ranking: dict[str, ranking.Ranking | None]
    coverage: Coverage
    confusion: list[list[int]]
    slices: dict[str, list[Slice]]
    worst: list[Mistake]
    warnings: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Give the figures in plain values, for JSON; the curves thinned to the points that tables tell."""
        told: dict[str, Any] = asdict(self)
        for name, found in self.ranking.items():
            told["ranking"][name] = {"average_precision": found.average_precision} if found else None
        told["coverage"]["curve"] = [asdict(point) for point in steps(self.coverage)]
        told["confusion"] = {"order": list(KINDS), "true_by_given": self.confusion}
        return told


def assess(judged: Judged, ask: Ask, draws: Draws) -> Assessment:
    """Measure everything.

    Args:
        judged: Headlines and answers, at least one.
        ask: What is wanted beside the usual.
        draws: How intervals are drawn.

    Returns:
        The figures.
    """
    by = columns(judged.frame, ask.by)
    if ask.seen is not None:
        like = twins(judged.frame, ask.seen)
        told = pd.Series([TWINS if one else FRESH for one in like], index=judged.frame.index, dtype=str)
        by = {"training rows": told} | by
    slices = {name: sliced(judged, column, draws) for name, column in by.items()}
    return Assessment(
        overall=rightness(judged.given, judged.truth, draws),
        pairs=pairs(judged, draws),
        calibration=calibration.by_topic(judged),
        ranking=ranking.by_topic(judged),
        coverage=cover(judged, draws),
        confusion=_confusion(judged),
        slices=slices,
        worst=worst(judged),
        warnings=_warnings(judged, slices),
    )


def steps(coverage: Coverage) -> list[Point]:
    """Give the points of a coverage curve that tables tell, each once, the widest coverage first."""
    return list(dict.fromkeys(coverage.at(step) for step in STEPS))


def _confusion(judged: Judged) -> list[list[int]]:
    mains = ([tags[0] if tags else OTHER for tags in side] for side in (judged.true_tags, judged.given_tags))
    counts = Counter(zip(*mains, strict=True))
    return [[counts[true, given] for given in KINDS] for true in KINDS]


def _warnings(judged: Judged, slices: dict[str, list[Slice]]) -> list[str]:
    found = [
        f"no headline here carries {topic}: its recall, F1 and curve cannot be had"
        for topic, carried in zip(TOPICS, judged.truth.sum(axis=0), strict=True)
        if not carried
    ]
    if len(judged) == 1:
        found.append("one headline: the intervals say nothing")
    repeated = int(judged.frame["headline"].duplicated().sum())
    if repeated:
        found.append(f"{repeated:,} of {len(judged):,} headlines repeat an earlier one; each is counted")
    like = sum(each.right.rows for each in slices.get("training rows", []) if each.value == TWINS)
    if 2 * like > len(judged):
        found.append(f"{like:,} of {len(judged):,} headlines resemble training rows: read the slice “{FRESH}” instead")
    return found
