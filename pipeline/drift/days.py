"""The same signs by day: to be looked at.

They raise no alarm, as a day is always unlike a year: its events are its own.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.drift import signs
from pipeline.drift.compare import Told
from pipeline.drift.signs import Counted, Figure
from pipeline.topics import TOPICS

NEW_WORDS: Final = "words not in the reference"
MOST: Final = 400
"""Days that are shown, the latest ones."""


@dataclass(frozen=True)
class Day:
    """A day of the new batch.

    Attributes:
        day: As it is written.
        rows: Its headlines among those looked at.
        figures: By name: the share of its headlines that are given a topic, and of its words that do not stand in the
            reference.
    """

    day: str
    rows: int
    figures: dict[str, Figure]


def days(reference: Told, new: Told) -> list[Day]:
    """Give the figures of each day.

    Args:
        reference: What is usual.
        new: What came.

    Returns:
        The days with two headlines or more, in order; none where no days are known.
    """
    dates = np.array(new.batch.days)
    known = frozenset(word for words in reference.words for word in words)
    unknown = signs.unknown(new.words, known)
    found = []
    for day in sorted(set(new.batch.days) - {""})[-MOST:]:
        here = dates == day
        if here.sum() > 1:
            shares = (signs.wilson(Counted.of(flags)) for flags in new.given[here].T)
            figures = {topic.value: share for topic, share in zip(TOPICS, shares, strict=False)}
            found.append(Day(day, int(here.sum()), figures | {NEW_WORDS: signs.mean(unknown[here])}))
    return found
