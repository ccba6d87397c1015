"""Sheets of tagged headlines, kept in memory and nowhere else: the latest ones, within bounds, under secret names."""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.answers import Tagged
from pipeline.corrections import Correction
from pipeline.ingest.record import COLUMN, Counts
from pipeline.serve.champion import Champion
from pipeline.serve.origins import Origins
from pipeline.topics import TOPICS, Topic

MOST: Final = 64
"""Sheets that are kept; the one looked at longest ago goes first."""
MOST_ASKED: Final = 100
"""Headlines that a person is asked to label, of a sheet."""
LARGEST: Final = 1 << 29
"""Bytes of all sheets: 512 MB."""
_BESIDE: Final = 1000
"""Bytes that a headline takes beside its columns, once it has been looked at."""

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sheet:
    """Tagged headlines, in the order of the input.

    Attributes:
        name: What the input is called.
        table: The input's own columns, and those that the tagger adds.
        seen: What the tagger looked at, headline by headline.
        counts: What became of the input's rows.
        champion: Who tagged it.
        key: The secret part of its address.
    """

    name: str
    table: pa.Table
    seen: pa.Array
    counts: Counts
    champion: Champion
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def __len__(self) -> int:
        """How many headlines."""
        return int(self.table.num_rows)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each headline stands, its white space as single spaces."""
        places: dict[str, list[int]] = {}
        for place, headline in enumerate(self.table[COLUMN].to_pylist()):
            places.setdefault(" ".join(headline.split()), []).append(place)
        return places

    @cached_property
    def scores(self) -> Floats:
        """The probabilities; shape (n_headlines, n_topics)."""
        return _matrix(self.table["scores"].combine_chunks().flatten())

    @cached_property
    def given(self) -> Flags:
        """Which topics the model gives; shape (n_headlines, n_topics)."""
        return np.array([[topic in tags for topic in TOPICS] for tags in self.table["tags"].to_pylist()]).reshape(
            -1, len(TOPICS)
        )

    @cached_property
    def unsure(self) -> Flags:
        """Where a person should look; shape (n_headlines,)."""
        return np.asarray(self.table["unsure"].combine_chunks().to_numpy(zero_copy_only=False), np.bool_)

    @cached_property
    def origins(self) -> Origins:
        """When and where the headlines appeared."""
        return Origins.of(self.table)

    @cached_property
    def plan(self) -> list[Tagged]:
        """The headlines whose labels would teach most, that which teaches most first."""
        from pipeline.review.choose import plan  # 0.3 s: only when it is wanted

        return plan(self.champion.tagger, list(self.places), MOST_ASKED)

    def tags(self, place: int) -> tuple[Topic, ...]:
        """Give the model's tags of a headline, the main one first."""
        return tuple(map(Topic, self.table["tags"][place].as_py()))

    def corrected(self, standing: Mapping[str, Correction]) -> dict[int, Correction]:
        """Give the corrections that stand, by the places of the headlines here."""
        smaller = self.places if len(self.places) < len(standing) else standing
        both = (text for text in smaller if text in self.places and text in standing)
        return {place: standing[text] for text in both for place in self.places[text]}


def _matrix(columns: list[pa.Array]) -> Floats:
    return np.column_stack([column.to_numpy(zero_copy_only=False) for column in columns]).reshape(-1, len(TOPICS))


class Sheets:
    """The sheets of one server; safe between threads."""

    def __init__(self) -> None:
        self._sheets: OrderedDict[str, Sheet] = OrderedDict()
        self._lock = Lock()

    def add(self, new: Sheet) -> None:
        """Keep a sheet; the oldest ones go if there is no room."""
        with self._lock:
            self._sheets[new.key] = new
            while len(self._sheets) > 1 and (len(self._sheets) > MOST or self._size() > LARGEST):
                self._sheets.popitem(last=False)

    def get(self, key: str) -> Sheet | None:
        """Give a sheet by its key, or None if it is not kept any more."""
        with self._lock:
            if key in self._sheets:
                self._sheets.move_to_end(key)
            return self._sheets.get(key)

    def _size(self) -> int:
        return sum(each.table.nbytes + _BESIDE * len(each) for each in self._sheets.values())
