"""The three topics: their names, IPTC Media Topics codes and colours."""

from enum import StrEnum
from typing import Final

OTHER: Final = "other"
"""What a headline without a topic is called; the absence of a topic, never a class of its own."""


class Topic(StrEnum):
    """A rubric that a headline can be filed under."""

    POLITICS = "politics"
    ECONOMY = "economy"
    WAR = "war"

    @property
    def iptc(self) -> str:
        """The QCode of the IPTC Media Topics subject, such as ``medtop:11000000``."""
        return _IPTC[self]

    @property
    def russian(self) -> str:
        """The name that editors read (ours: IPTC publishes no Russian one)."""
        return _RUSSIAN[self]

    @property
    def colour(self) -> str:
        """A hex colour, told apart by people with any colour vision (Okabe and Ito 2008)."""
        return _COLOUR[self]


TOPICS: Final = tuple(Topic)
"""The topics in the order of every array's topic axis."""

_IPTC: Final = {
    Topic.POLITICS: "medtop:11000000",
    Topic.ECONOMY: "medtop:04000000",
    Topic.WAR: "medtop:16000000",
}
_RUSSIAN: Final = {Topic.POLITICS: "политика", Topic.ECONOMY: "экономика", Topic.WAR: "война"}
_COLOUR: Final = {Topic.POLITICS: "#0072B2", Topic.ECONOMY: "#009E73", Topic.WAR: "#D55E00"}


def parse_tags(text: str) -> tuple[Topic, ...]:
    """Read tags as a labelled table writes them.

    Args:
        text: Topic names parted by spaces, the main one first; empty means other.

    Returns:
        The topics in the order written.

    Raises:
        ValueError: A name is no topic, or stands twice.
    """
    names = text.split()
    unknown = [name for name in names if name not in _NAMES]
    if unknown:
        raise ValueError(f"unknown topic “{unknown[0]}”")
    if len(set(names)) != len(names):
        raise ValueError(f"a topic stands twice in “{text}”")
    return tuple(Topic(name) for name in names)


_NAMES: Final = frozenset(TOPICS)
