"""What of a sheet is looked at: filtered, sorted, cut; and each row with all that is shown of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from pipeline.corrections import Correction
from pipeline.decide import sureness
from pipeline.ingest.record import COLUMN
from pipeline.serve.marks import Piece, marks
from pipeline.serve.sheets import Flags, Sheet
from pipeline.topics import OTHER, TOPICS, Topic

ROWS: Final = 100
"""Rows that are shown at a time; more come when they are asked for."""
UNSURE: Final = "unsure"
CORRECTED: Final = "corrected"
SORTS: Final = ("order", "doubt", "sure")
_SURE: Final = 99
_TOLD: Final = ("source", "author", "channel", "published", "date", "time")
_LINKS: Final = ("link", "url", "href")

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an editor wants to see.

    Attributes:
        topic: One of the topics, ``other``, ``unsure`` or ``corrected``; empty for all.
        sort: One of ``SORTS``.
        q: What the headline must contain, in any case.
        start: Where to begin, from 0.
    """

    topic: str = ""
    sort: str = SORTS[0]
    q: str = ""
    start: int = 0

    def but(self, **changed: str | int) -> str:
        """Give the query of an address that asks for the same but for some of it."""
        wish = vars(replace(self, **{"start": 0} | changed))  # type: ignore[arg-type]
        return urlencode({name: value for name, value in wish.items() if value not in ("", 0, SORTS[0])})


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
        place: In the sheet, from 0.
        pieces: The headline, word by word.
        cells: The topics.
        unsure: Whether a person should look; not after a person did.
        correction: What a person said, if anyone did.
        facts: Where and when, as the input has it.
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
    def headline(self) -> str:
        """The text."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def topic(self) -> str:
        """The main topic, or ``other``."""
        return next((cell.topic.value for cell in self.cells if cell.main), OTHER)


class View:
    """A sheet with its corrections.

    Args:
        sheet: The list.
        standing: The corrections that stand, by headline.
    """

    def __init__(self, sheet: Sheet, standing: Mapping[str, Correction]) -> None:
        self.sheet = sheet
        self.corrected = sheet.corrected(standing)

    @cached_property
    def given(self) -> Flags:
        """Which topics the headlines carry, corrections heeded; shape (n_headlines, n_topics)."""
        given = self.sheet.given.copy()
        for place, correction in self.corrected.items():
            given[place] = [topic in correction.new for topic in TOPICS]
        return given

    @cached_property
    def unsure(self) -> Flags:
        """Where a person should still look; shape (n_headlines,)."""
        unsure = self.sheet.unsure.copy()
        unsure[list(self.corrected)] = False
        return unsure

    def tags(self, place: int) -> tuple[Topic, ...]:
        """Give the tags of a headline, the main one first, corrections heeded."""
        correction = self.corrected.get(place)
        return correction.new if correction else self.sheet.tags(place)

    def counts(self) -> dict[str, int]:
        """Count the headlines by what can be wished for."""
        counted = {"": len(self.sheet)}
        counted |= {topic.value: int(column.sum()) for topic, column in zip(TOPICS, self.given.T, strict=True)}
        return counted | {
            OTHER: int((~self.given.any(axis=1)).sum()),
            UNSURE: int(self.unsure.sum()),
            CORRECTED: len(self.corrected),
        }

    def band(self) -> list[tuple[str, float]]:
        """Give the shares of the main topics and of other, in percent."""
        mains = Counter((self.tags(place) or (OTHER,))[0] for place in range(len(self.sheet)))
        return [(kind, 100 * mains[kind] / max(len(self.sheet), 1)) for kind in (*TOPICS, OTHER)]

    def places(self, wish: Wish) -> Places:
        """Give the places of the headlines that are wished for, sorted."""
        places = np.flatnonzero(self._wanted(wish))
        if wish.sort == "order":
            return places
        sure = sureness(self.sheet.scores[places], self.sheet.champion.tagger.decision.thresholds)
        return places[np.argsort(sure if wish.sort == "doubt" else -sure, kind="stable")]

    def _wanted(self, wish: Wish) -> Flags:
        wanted = np.ones(len(self.sheet), np.bool_)
        if wish.topic in TOPICS:
            wanted &= self.given[:, TOPICS.index(Topic(wish.topic))]
        elif wish.topic == OTHER:
            wanted &= ~self.given.any(axis=1)
        elif wish.topic == UNSURE:
            wanted &= self.unsure
        elif wish.topic == CORRECTED:
            wanted &= np.isin(np.arange(len(self.sheet)), list(self.corrected))
        if wish.q:
            found = pc.match_substring(self.sheet.table[COLUMN], wish.q, ignore_case=True)
            wanted &= found.to_numpy(zero_copy_only=False)
        return wanted

    def rows(self, places: Places) -> list[Row]:
        """Give the rows at some places."""
        return [self.row(int(place)) for place in places]

    def row(self, place: int) -> Row:
        """Give a row with all that is shown of it."""
        sheet, tags = self.sheet, self.tags(place)
        values = {name: sheet.table[name][place].as_py() for name in sheet.table.column_names}
        marked = marks(sheet.champion.tagger, values[COLUMN], sheet.seen[place].as_py())
        cells = tuple(
            Cell(topic, topic in tags, topic in tags[:1], min(round(100 * score), _SURE), words)
            for topic, score, words in zip(TOPICS, sheet.scores[place], marked.words, strict=True)
        )
        unsure, correction = bool(self.unsure[place]), self.corrected.get(place)
        return Row(place, marked.pieces, cells, unsure, correction, _facts(values), _link(values))


def _facts(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_fact(values[name]) for name in _TOLD if isinstance(values.get(name), str | date) and values[name])


def _fact(value: str | date) -> str:
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M}"
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else value


def _link(values: Mapping[str, Any]) -> str | None:
    """Give the address that a row leads to; one that would run a script leads nowhere."""
    links = (values.get(name) for name in _LINKS)
    return next((link for link in links if isinstance(link, str) and link.startswith(("http://", "https://"))), None)
