"""Headlines that repeat or retell earlier ones, found among a million in the time that sorting takes.

Two sets of lemmas with a Jaccard similarity of t have at least ``t * n`` lemmas in common, so two of these are among
the ``n - t * n + 2`` rarest of each (prefix filtering: Chaudhuri, Ganti and Kaushik 2006). So every pair of such rare
lemmas is a key; headlines that share a key stand side by side when all keys are sorted, and are compared: first by
sketches of 256 bits, which tell how many lemmas two can have in common at most, then, the few left, lemma by lemma.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.chunks import split
from pipeline.lemmatize import lemmatize

Numbers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

TWIN: Final = 0.5
"""Jaccard similarity of two headlines' lemmas from which they count as near-duplicates."""
RETELLING: Final = 0.35
"""The same for two headlines of one month, which are then taken as retellings of one event."""

_CROWD: Final = 256
"""Of more headlines than so many that share a key, each is compared with the nearest before it only."""
_WORDS: Final = 4
"""Of 64 bits each, in a sketch."""
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits well mixed: 2 ** 64 by the golden ratio
_COMPARED: Final = 1 << 20
"""Pairs compared at a time."""
_HIGH: Final = 32
_EMPTY: Final = np.zeros(0, np.int64)


class Sets(NamedTuple):
    """The different lemmas of headlines, as numbers.

    Attributes:
        members: Of one headline after the other, ``row << 32 | number`` in rising order; the rarest lemma is 0.
        ends: Where each headline's begin, and behind the last; shape (n_headlines + 1,).
    """

    members: Numbers
    ends: Numbers

    @property
    def sizes(self) -> Numbers:
        """How many lemmas each headline has."""
        return np.diff(self.ends)


def twins_before(headlines: Sequence[str], dates: Sequence[str]) -> Iterator[list[int]]:
    """Find the near-duplicates and retellings among headlines.

    Args:
        headlines: The headlines in order.
        dates: Their dates as ``YYYY-MM…``; where one is empty, only near-duplicates count.

    Yields:
        For each headline the places of the earlier ones that are its near-duplicates or retell its event, in order.
    """
    sets, months = _sets(headlines), _months(dates)
    sketches = _sketches(sets)
    found = [_EMPTY]
    for later, earlier in _candidates(*_keys(sets)):
        wanted = np.where(months[later] == months[earlier], RETELLING, TWIN)
        likely = np.flatnonzero(_at_most(sketches, sets.sizes, later, earlier) >= wanted)
        one, other = later[likely], earlier[likely]
        alike = _similarity(sets.sizes, one, other, _common(sets, one, other)) >= wanted[likely]
        found.append(one[alike] << _HIGH | other[alike])
    edges = np.unique(np.concatenate(found))
    ends = np.searchsorted(edges, np.arange(len(headlines) + 1) << _HIGH)
    before = (edges & ((1 << _HIGH) - 1)).tolist()
    yield from (before[begin:end] for begin, end in pairwise(ends.tolist()))


def _sets(headlines: Sequence[str]) -> Sets:
    chunks = split(pa.array(headlines, pa.string()))
    numbers: dict[str, int] = {}
    lemmas = [[numbers.setdefault(word.lemma, len(numbers)) for word in lemmatize(chunk)] for chunk in chunks.distinct]
    counts = np.array([*map(len, lemmas)], np.int64)
    flat, begins = np.array([*(number for some in lemmas for number in some)], np.int64), np.cumsum(counts) - counts
    many = counts[chunks.codes]
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    rows = np.repeat(np.arange(len(headlines)), np.diff(chunks.offsets))
    members = np.unique(np.repeat(rows, many) << _HIGH | flat[np.repeat(begins[chunks.codes], many) + within])
    rows, lemma = members >> _HIGH, members & ((1 << _HIGH) - 1)
    often, names = np.bincount(lemma, minlength=len(numbers)).tolist(), list(numbers)
    rarest = sorted(range(len(names)), key=lambda number: (often[number], names[number]))
    ranks = np.empty(len(names), np.int64)
    ranks[rarest] = np.arange(len(names))
    members = np.sort(rows << _HIGH | ranks[lemma])
    return Sets(members, np.searchsorted(members, np.arange(len(headlines) + 1) << _HIGH))


def _months(dates: Sequence[str]) -> Numbers:
    """Give a number for each date, equal for dates of one month; one without a month has a number of its own."""
    known: dict[str, int] = {}
    told = (date[:7] if len(date) >= len("2026-01") else "" for date in dates)
    return np.array([known.setdefault(month, len(known)) if month else -1 - row for row, month in enumerate(told)])


def _keys(sets: Sets) -> tuple[Keys, Numbers]:
    """Give the pairs of rare lemmas, and whose each is, sorted; a set with one lemma in common pairs it with itself."""
    keys, rows = [np.zeros(0, np.uint64)], [_EMPTY]
    for size in np.unique(sets.sizes[sets.sizes > 0]).tolist():
        own = np.flatnonzero(sets.sizes == size)
        shared = ceil(RETELLING * size)
        few = min(size, size - shared + 2)
        rare = (sets.members[sets.ends[own][:, None] + np.arange(few)] & ((1 << _HIGH) - 1)).astype(np.uint64)
        one, other = np.triu_indices(few, 0 if shared == 1 else 1)
        keys.append((rare[:, one] << np.uint64(_HIGH) | rare[:, other]).ravel())
        rows.append(np.repeat(own, len(one)))
    every, whose = np.concatenate(keys), np.concatenate(rows)
    order = np.lexsort((whose, every))
    return every[order], whose[order]


def _candidates(keys: Keys, rows: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Give pairs of headlines that share a key, the later ones and the earlier ones; a pair as often as it does."""
    first = np.flatnonzero(np.diff(keys, prepend=keys[:1] + np.uint64(1)))
    depth = np.arange(len(keys)) - np.repeat(first, np.diff(first, append=len(keys)))
    places = np.flatnonzero(depth)
    for back in range(1, _CROWD + 1):
        places = places[depth[places] >= back]
        for begin in range(0, len(places), _COMPARED):
            some = places[begin : begin + _COMPARED]
            yield rows[some], rows[some - back]


def _sketches(sets: Sets) -> Keys:
    """Give 256 bits for each headline, one for each lemma, several lemmas now and then the same; shape (n, 4)."""
    drawn = (sets.members & ((1 << _HIGH) - 1)).astype(np.uint64) * _FACTOR >> np.uint64(56)
    bits = np.uint64(1) << (drawn & np.uint64(63))
    sketches = np.zeros((len(sets.sizes), _WORDS), np.uint64)
    filled = np.flatnonzero(sets.sizes)
    for word in range(_WORDS if len(filled) else 0):
        own = np.where(drawn >> np.uint64(6) == word, bits, np.uint64(0))
        sketches[filled, word] = np.bitwise_or.reduceat(own, sets.ends[filled])
    return sketches


def _at_most(sketches: Keys, sizes: Numbers, later: Numbers, earlier: Numbers) -> npt.NDArray[np.float64]:
    """Give the highest similarity that pairs can have: lemmas that share a bit may all be common ones."""
    mine = sketches[later]
    common = np.bitwise_count(mine & sketches[earlier]).sum(axis=1, dtype=np.int64)
    hidden = sizes[later] - np.bitwise_count(mine).sum(axis=1, dtype=np.int64)
    return _similarity(sizes, later, earlier, np.minimum(common + hidden, sizes[earlier]))


def _common(sets: Sets, later: Numbers, earlier: Numbers) -> Numbers:
    """Count the lemmas that pairs have in common."""
    sizes = sets.sizes[later]
    pair = np.repeat(np.arange(len(later)), sizes)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    asked = sets.members[sets.ends[later][pair] + within] & ((1 << _HIGH) - 1) | earlier[pair] << _HIGH
    place = np.searchsorted(sets.members, asked)
    met = sets.members[np.minimum(place, len(sets.members) - 1)] == asked
    return np.bincount(pair[met], minlength=len(later))


def _similarity(sizes: Numbers, later: Numbers, earlier: Numbers, common: Numbers) -> npt.NDArray[np.float64]:
    """Give the share of common lemmas among all lemmas of pairs, 0 to 1."""
    every = sizes[later] + sizes[earlier] - common
    return np.where(common > 0, common / np.maximum(every, 1), 0.0)
