"""A headline as it is shown: its words, its topics with their probabilities, and what is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.corrections import Correction
from pipeline.serve.marks import Piece, marks
from pipeline.tagger import Tagger
from pipeline.topics import OTHER, TOPICS, Topic

_SURE: Final = 99
_OPENED: Final = ("http://", "https://")


@dataclass(frozen=True)
class Told:
    """What is known of a headline.

    Attributes:
        headline: The text.
        seen: What the tagger looks at of it.
        tags: The model's, the main one first.
        scores: The probability of each topic, 0 to 1.
        unsure: Whether the model is unsure.
        facts: Where and when it appeared, in words.
        link: Where it leads; may be empty.
    """

    headline: str
    seen: str
    tags: tuple[Topic, ...]
    scores: Sequence[float]
    unsure: bool
    facts: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True)
class Cell:
    """A topic of a headline.

    Attributes:
        topic: Which.
        given: Whether the headline carries it, by the model or by who corrected it.
        main: Whether it is the main one.
        percent: Its probability, 0 to 99: the model is never certain.
        words: What decided, with shares of the log-odds.
    """

    topic: Topic
    given: bool
    main: bool
    percent: int
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Row:
    """A headline as it is shown.

    Attributes:
        place: In its list, from 0; or its number in a store.
        pieces: The headline, word by word.
        cells: The topics.
        unsure: Whether a person should look; not after a person did.
        correction: What a person said, if anyone did.
        facts: Where and when.
        link: Where it leads, if it does.
    """

    place: int
    pieces: tuple[Piece, ...]
    cells: tuple[Cell, ...]
    unsure: bool
    correction: Correction | None
    facts: tuple[str, ...]
    link: str | None

    @property
    def topic(self) -> str:
        """The main topic, or ``other``."""
        return next((cell.topic.value for cell in self.cells if cell.main), OTHER)


def row_of(place: int, told: Told, correction: Correction | None, tagger: Tagger) -> Row:
    """Give a row with all that is shown of it.

    Args:
        place: In its list.
        told: What is known of the headline.
        correction: What a person said, if anyone did.
        tagger: The model that tells the words which decided.

    Returns:
        The row; a link that would run a script leads nowhere.
    """
    marked = marks(tagger, told.headline, told.seen)
    tags = correction.new if correction else told.tags
    cells = tuple(
        Cell(topic, topic in tags, topic in tags[:1], min(round(100 * score), _SURE), words)
        for topic, score, words in zip(TOPICS, told.scores, marked.words, strict=True)
    )
    link = told.link if told.link.lower().startswith(_OPENED) else None
    return Row(place, marked.pieces, cells, told.unsure and not correction, correction, told.facts, link)
