"""Headlines of two topics: are both found, and does the main one come first?"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pipeline.assess.judged import Judged
from pipeline.assess.rightness import Draws, Estimate, Flags
from pipeline.evaluate import resampled
from pipeline.topics import TOPICS

ALL = "any two"
"""What all pairs together are called."""


@dataclass(frozen=True)
class Pair:
    """How well the headlines of two topics are tagged.

    Attributes:
        topics: The names of the two, in the order of ``TOPICS``, or ``ALL``.
        support: Headlines that carry these two and no other.
        both: Share of them that were given both.
        ordered: Share of the headlines given both where the main topic comes first.
        whole: Share of all of them that were given both, the main topic first.
    """

    topics: str
    support: int
    both: Estimate
    ordered: Estimate
    whole: Estimate


def pairs(judged: Judged, draws: Draws) -> list[Pair]:
    """Judge the headlines of two topics.

    Args:
        judged: Headlines and answers.
        draws: How intervals are drawn.

    Returns:
        One entry a pair of topics, and one for all pairs.
    """
    two = judged.truth.sum(axis=1) == len(("main", "second"))
    both = two & (judged.given | ~judged.truth).all(axis=1)
    ordered = both & np.array([_in_order(*tags) for tags in zip(judged.true_tags, judged.given_tags, strict=True)])
    found = []
    for one, other in combinations(range(len(TOPICS)), 2):
        these = two & judged.truth[:, one] & judged.truth[:, other]
        found.append(_pair(f"{TOPICS[one]} {TOPICS[other]}", these, both, ordered, draws))
    return [*found, _pair(ALL, two, both, ordered, draws)]


def _in_order(true: tuple[str, ...], given: tuple[str, ...]) -> bool:
    """Tell whether the given tags stand in the true ones' order, others left aside."""
    return [tag for tag in given if tag in true] == [tag for tag in true if tag in given]


def _pair(name: str, these: Flags, both: Flags, ordered: Flags, draws: Draws) -> Pair:
    rows = np.column_stack([these, these & both, these & ordered]).astype(np.int64)
    drawn, totals = resampled(rows, *draws).T, rows.sum(axis=0)
    shares = [
        Estimate.ratio(totals[[part, whole]], drawn[part], drawn[whole]) for part, whole in ((1, 0), (2, 1), (2, 0))
    ]
    return Pair(name, int(totals[0]), *shares)
