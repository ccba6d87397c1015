"""Which headlines train and which judge: dealt by a hash, with the retellings of one event on one side.

Rows are dealt in the order of the file. A headline without a twin before it goes by its hash; one with twins goes where
they are; one whose twins sit on both sides is set aside. So rows added at the end never move the rows before them.
"""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from pipeline.retold import twins_before


class Side(StrEnum):
    """What a row is for."""

    TRAIN = "train"
    HELD_OUT = "held-out"
    ASIDE = "aside"


class Dealt(NamedTuple):
    """A corpus, dealt.

    Attributes:
        sides: The side of each row.
        groups: A number for each row, equal for twins and their twins, so that folds can keep them together.
    """

    sides: list[Side]
    groups: list[int]


def deal(headlines: Sequence[str], dates: Sequence[str], held_out: float, teaching: int = 0) -> Dealt:
    """Deal headlines to the sides.

    Args:
        headlines: The headlines in the order of the file.
        dates: Their dates as ``YYYY-MM…``, or empty.
        held_out: Share of the headlines to hold out, 0 to 1.
        teaching: How many of the last headlines are never held out: they train, or are set aside if a twin is held out.

    Returns:
        Sides and groups.
    """
    sides: list[Side] = []
    groups = list(range(len(headlines)))
    for row, before in enumerate(twins_before(headlines, dates)):
        met = {sides[twin] for twin in before} - {Side.ASIDE}
        if row >= len(headlines) - teaching:
            sides.append(Side.ASIDE if Side.HELD_OUT in met else Side.TRAIN)
        else:
            sides.append(_by_hash(headlines[row], held_out) if not met else met.pop() if len(met) == 1 else Side.ASIDE)
        for twin in before:
            groups[_root(groups, twin)] = _root(groups, row)
    return Dealt(sides, [_root(groups, row) for row in range(len(groups))])


def _by_hash(headline: str, held_out: float) -> Side:
    drawn = int.from_bytes(hashlib.sha256(headline.encode()).digest()[:8], "big") / 2**64
    return Side.HELD_OUT if drawn < held_out else Side.TRAIN


def _root(groups: list[int], row: int) -> int:
    """Find a row's group, halving the path on the way (Tarjan and van Leeuwen 1984)."""
    while groups[row] != row:
        groups[row] = groups[groups[row]]
        row = groups[row]
    return row
