"""What of a sheet is looked at: filtered, sorted, cut, with the corrections that stand."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from pipeline.corrections import Correction
from pipeline.decide import sureness
from pipeline.ingest.record import COLUMN
from pipeline.serve.row import Row, Told, row_of
from pipeline.serve.sheets import Flags, Sheet
from pipeline.topics import OTHER, TOPICS, Topic

ROWS: Final = 100
"""Rows that are shown at a time; more come when they are asked for."""
UNSURE: Final = "unsure"
CORRECTED: Final = "corrected"
SORTS: Final = ("order", "doubt", "sure")
_USUAL: Final = ("", 0, SORTS[0])

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an editor wants to see.

    Attributes:
        topic: One of the topics, ``other``, ``unsure`` or ``corrected``; empty for all.
        sort: One of ``SORTS``.
        q: What the headline must contain, in any case.
        by: The length of the period; one of ``dates.PERIODS``.
        period: The first day of the period in which it appeared (ISO 8601); empty for all.
        source: Where it appeared; empty for all.
        start: Where to begin, from 0.
    """

    topic: str = ""
    sort: str = SORTS[0]
    q: str = ""
    by: str = ""
    period: str = ""
    source: str = ""
    start: int = 0

    def but(self, **changed: str | int) -> str:
        """Give the query of an address that asks for the same but for some of it."""
        wish = vars(replace(self, **{"start": 0} | changed))  # type: ignore[arg-type]
        return urlencode({name: value for name, value in wish.items() if value not in _USUAL})


class View:
    """A sheet with its corrections.

    Args:
        sheet: The sheet.
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

    def counts(self, wish: Wish) -> dict[str, int]:
        """Count the headlines by the topics that can be wished for, all else being as it is wished."""
        among = self._found(wish.q) & self._appeared(wish)
        return {topic: int((self._of_topic(topic) & among).sum()) for topic in ("", *TOPICS, OTHER, UNSURE, CORRECTED)}

    def band(self) -> list[tuple[str, float]]:
        """Give the shares of the main topics and of other, in percent."""
        mains = Counter((self.tags(place) or (OTHER,))[0] for place in range(len(self.sheet)))
        return [(kind, 100 * mains[kind] / max(len(self.sheet), 1)) for kind in (*TOPICS, OTHER)]

    def places(self, wish: Wish) -> Places:
        """Give the places of the headlines that are wished for, sorted."""
        places = np.flatnonzero(self._of_topic(wish.topic) & self._found(wish.q) & self._appeared(wish))
        if wish.sort == SORTS[0]:
            return places
        sure = sureness(self.sheet.scores[places], self.sheet.champion.tagger.decision.thresholds)
        return places[np.argsort(sure if wish.sort == "doubt" else -sure, kind="stable")]

    def _of_topic(self, topic: str) -> Flags:
        if topic in TOPICS:
            return self.given[:, TOPICS.index(Topic(topic))]
        if topic == OTHER:
            return np.asarray(~self.given.any(axis=1))
        if topic == UNSURE:
            return self.unsure
        every = np.ones(len(self.sheet), np.bool_)
        return np.isin(np.arange(len(self.sheet)), list(self.corrected)) if topic == CORRECTED else every

    def _found(self, text: str) -> Flags:
        if not text:
            return np.ones(len(self.sheet), np.bool_)
        found = pc.match_substring(self.sheet.table[COLUMN], text, ignore_case=True)
        return np.asarray(found.to_numpy(zero_copy_only=False))

    def _appeared(self, wish: Wish) -> Flags:
        """Give which appeared in the period and at the source that are wished for."""
        origins = self.sheet.origins
        appeared = np.ones(len(self.sheet), np.bool_)
        if wish.source:
            appeared &= np.array([source == wish.source for source in origins.sources], np.bool_)
        if wish.period:
            periods = (origins.period(place, wish.by) for place in range(len(self.sheet)))
            appeared &= np.array([str(first) == wish.period for first in periods], np.bool_)
        return appeared

    def rows(self, places: Places) -> list[Row]:
        """Give the rows at some places."""
        return [self.row(int(place)) for place in places]

    def row(self, place: int) -> Row:
        """Give a row with all that is shown of it."""
        sheet = self.sheet
        told = Told(
            headline=sheet.table[COLUMN][place].as_py(),
            seen=sheet.seen[place].as_py(),
            tags=sheet.tags(place),
            scores=sheet.scores[place].tolist(),
            unsure=bool(sheet.unsure[place]),
            facts=sheet.origins.facts(place),
            link=sheet.origins.links[place],
        )
        return row_of(place, told, self.corrected.get(place), sheet.champion.tagger)
