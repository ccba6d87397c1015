"""The mistakes to read first: those of which the model was surest."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.assess.judged import Judged
from pipeline.topics import TOPICS

MOST: Final = 50


@dataclass(frozen=True)
class Mistake:
    """A headline with a wrong tag.

    Attributes:
        line: The line of the table on which it begins.
        headline: The headline.
        true: Its tags.
        given: The tags given to it.
        scores: The score of each topic.
        off: How far the score of the most mistaken topic lies from the truth, 0 to 1.
    """

    line: int
    headline: str
    true: str
    given: str
    scores: dict[str, float]
    off: float


def worst(judged: Judged, most: int = MOST) -> list[Mistake]:
    """Give the surest mistakes.

    Args:
        judged: Headlines and answers.
        most: How many at most.

    Returns:
        The most mistaken first; equal headlines with equal tags once.
    """
    off = np.where(judged.given == judged.truth, 0.0, np.abs(judged.scores - judged.truth)).max(axis=1)
    found: dict[tuple[str, str], Mistake] = {}
    for at in np.argsort(-off, kind="stable"):
        if judged.right[at] or len(found) == most:
            break
        headline, true = judged.frame["headline"].iloc[at], " ".join(judged.true_tags[at])
        scores = {topic.value: float(score) for topic, score in zip(TOPICS, judged.scores[at], strict=True)}
        mistake = Mistake(
            int(judged.frame.index[at]), headline, true, " ".join(judged.given_tags[at]), scores, float(off[at])
        )
        found.setdefault((headline, true), mistake)
    return list(found.values())
