"""How many headlines carry which topic, by period and by source."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from pipeline.dates import dated, following, period
from pipeline.topics import OTHER, TOPICS, Topic

KINDS: Final = (*(topic.value for topic in TOPICS), OTHER)
"""What a headline can be counted as: each of its topics, or other."""
EVERY: Final = "every"
"""What all headlines are counted as."""
MOST_GAPS: Final = 400
"""Periods up to which those without headlines are shown too; one wrong date would else make a century of them."""


@dataclass(frozen=True)
class Piece:
    """A headline, for a digest.

    Attributes:
        headline: The text.
        tags: Its topics, the main one first.
        unsure: Whether a person should look at the tags.
        date: When, as it is written; see ``dates.dated``.
        source: Where it appeared; may be empty.
        link: Where the piece is; may be empty.
    """

    headline: str
    tags: tuple[Topic, ...]
    unsure: bool = False
    date: object = ""
    source: str = ""
    link: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it is counted as: each of its topics, or other."""
        return self.tags or (OTHER,)


@dataclass(frozen=True)
class Group:
    """Headlines counted together.

    Attributes:
        pieces: The headlines in order.
    """

    pieces: Sequence[Piece]

    def count(self, kind: str) -> int:
        """Give how many carry a topic, or none of them for other, or how many there are for every."""
        return len(self.pieces) if kind == EVERY else sum(kind in piece.kinds for piece in self.pieces)

    def share(self, kind: str) -> float:
        """Give the share that carries a topic, or none, 0 to 1; several topics may add up to more than 1."""
        return self.count(kind) / len(self.pieces) if self.pieces else 0.0


@dataclass(frozen=True)
class Digest:
    """Headlines by period and source.

    Attributes:
        by: The length of a period; one of ``dates.PERIODS``.
        periods: Their first days in order, those without headlines between others among them, if not too many.
        groups: By source and period; the source of all together is ``None``. Absent where there is no headline.
        sources: The sources by their number of headlines, the largest first; empty if they were not asked for.
        undated: How many headlines have no date, or none exact enough; they are in no group.
    """

    by: str
    periods: list[date]
    groups: dict[tuple[str | None, date], Group]
    sources: list[str]
    undated: int

    @property
    def whole(self) -> bool:
        """Whether no period is left out between the first and the last."""
        return all(following(one, self.by) == other for one, other in pairwise(self.periods))

    def group(self, source: str | None, first: date) -> Group:
        """Give the headlines of a source and a period; of all sources for None."""
        return self.groups.get((source, first), _NONE)

    def total(self, source: str | None) -> Group:
        """Give the headlines of a source in all periods; of all sources for None."""
        return Group([piece for first in self.periods for piece in self.group(source, first).pieces])


_NONE: Final = Group(())


def digest(pieces: Iterable[Piece], by: str, by_source: bool = False) -> Digest:
    """Count headlines by period, and by source if wanted.

    Args:
        pieces: The headlines.
        by: One of ``dates.PERIODS``.
        by_source: Whether to count each source by itself as well.

    Returns:
        The counts, and the headlines behind each.
    """
    met: dict[tuple[str | None, date], list[Piece]] = defaultdict(list)
    undated = 0
    for piece in pieces:
        when = dated(piece.date)
        first = period(when, by) if when else None
        if first is None:
            undated += 1
            continue
        met[None, first].append(piece)
        if by_source:
            met[piece.source, first].append(piece)
    groups = {place: Group(found) for place, found in met.items()}
    return Digest(by, _periods({first for _, first in met}, by), groups, _sources(met), undated)


def _periods(met: set[date], by: str) -> list[date]:
    every = sorted(met)
    filled = every[:1]
    while filled and filled[-1] < every[-1]:
        if len(filled) == MOST_GAPS:
            return every
        filled.append(following(filled[-1], by))
    return filled


def _sources(met: dict[tuple[str | None, date], list[Piece]]) -> list[str]:
    sizes: dict[str, int] = defaultdict(int)
    for (source, _), found in met.items():
        if source is not None:
            sizes[source] += len(found)
    return sorted(sizes, key=lambda source: (-sizes[source], source))
