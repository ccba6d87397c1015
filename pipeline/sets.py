"""The lemmas of many headlines as one sorted array, in which millions of pairs are compared at a time.

Alike is what ``likeness.py`` says. Pairs are first compared by sketches of 256 bits, which tell how many lemmas two can
have in common at most, then, the few left, lemma by lemma.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.chunks import split
from pipeline.lemmatize import lemmatize

Numbers = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HIGH: Final = 32
"""Bits that a number is moved by to stand above another in one."""
_WORDS: Final = 4
"""Of 64 bits each, in a sketch."""
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits well mixed: 2 ** 64 by the golden ratio


class Sets(NamedTuple):
    """The different lemmas of headlines, as numbers.

    Attributes:
        members: Of one headline after the other, ``row << 32 | number`` in rising order; the rarest lemma is 0.
        ends: Where each headline's begin, and behind the last; shape (n_headlines + 1,).
        sketches: 256 bits for each headline, one for each lemma, several lemmas now and then the same; shape (n, 4).
    """

    members: Numbers
    ends: Numbers
    sketches: Bits

    @classmethod
    def of(cls, headlines: Sequence[str]) -> "Sets":
        """Give the sets of headlines.

        Args:
            headlines: The headlines.

        Returns:
            The sets, in the same order.
        """
        members = _members(headlines)
        ends = np.searchsorted(members, np.arange(len(headlines) + 1) << HIGH)
        return cls(members, ends, _sketches(members, ends))

    @property
    def sizes(self) -> Numbers:
        """How many lemmas each headline has."""
        return np.diff(self.ends)

    def alike(self, one: Numbers, other: Numbers, wanted: Floats) -> Flags:
        """Tell which pairs of headlines are as alike as wanted.

        Args:
            one: Places of headlines; shape (n_pairs,).
            other: Places of those to compare them with; same shape.
            wanted: Jaccard similarities from which a pair counts, above 0, up to 1; same shape.

        Returns:
            An answer for each pair.
        """
        found = self._at_most(one, other) >= wanted
        likely = np.flatnonzero(found)
        few, fellows = one[likely], other[likely]
        found[likely] = self._similarity(few, fellows, self._common(few, fellows)) >= wanted[likely]
        return found

    def _at_most(self, one: Numbers, other: Numbers) -> Floats:
        """Give the highest similarity that pairs can have: lemmas that share a bit may all be common ones."""
        mine = self.sketches[one]
        common = np.bitwise_count(mine & self.sketches[other]).sum(axis=1, dtype=np.int64)
        hidden = self.sizes[one] - np.bitwise_count(mine).sum(axis=1, dtype=np.int64)
        return self._similarity(one, other, np.minimum(common + hidden, self.sizes[other]))

    def _common(self, one: Numbers, other: Numbers) -> Numbers:
        """Count the lemmas that pairs have in common."""
        sizes = self.sizes[one]
        pair = np.repeat(np.arange(len(one)), sizes)
        asked = numbers(self.members[self.ends[one][pair] + _within(sizes)]) | other[pair] << HIGH
        place = np.searchsorted(self.members, asked)
        met = self.members[np.minimum(place, len(self.members) - 1)] == asked
        return np.bincount(pair[met], minlength=len(one))

    def _similarity(self, one: Numbers, other: Numbers, common: Numbers) -> Floats:
        every = self.sizes[one] + self.sizes[other] - common
        return np.where(common > 0, common / np.maximum(every, 1), 0.0)


def numbers(members: Numbers) -> Numbers:
    """Give the lower number of two in one: of a member of ``Sets`` its lemma."""
    return members & ((1 << HIGH) - 1)


def distinct(values: Numbers) -> Numbers:
    """Give the different values in rising order; ``np.unique`` would hash them, and take many times as long."""
    ordered = np.sort(values)
    return ordered[np.diff(ordered, prepend=ordered[:1] - 1) > 0]


def _members(headlines: Sequence[str]) -> Numbers:
    chunks = split(pa.array(headlines, pa.string()))
    known: dict[str, int] = {}
    lemmas = [[known.setdefault(word.lemma, len(known)) for word in lemmatize(chunk)] for chunk in chunks.distinct]
    counts = np.array([*map(len, lemmas)], np.int64)
    flat, begins = np.array([*chain.from_iterable(lemmas)], np.int64), np.cumsum(counts) - counts
    many = counts[chunks.codes]
    rows = np.repeat(np.arange(len(headlines)), np.diff(chunks.offsets))
    members = distinct(np.repeat(rows, many) << HIGH | flat[np.repeat(begins[chunks.codes], many) + _within(many)])
    return np.sort(members & -1 << HIGH | _ranks(numbers(members), list(known)))


def _ranks(lemmas: Numbers, names: Sequence[str]) -> Numbers:
    """Number lemmas anew, the rarest first, equally rare ones by name."""
    often = np.bincount(lemmas, minlength=len(names)).tolist()
    rarest = sorted(range(len(names)), key=lambda number: (often[number], names[number]))
    ranks = np.empty(len(names), np.int64)
    ranks[rarest] = np.arange(len(names))
    return ranks[lemmas]


def _sketches(members: Numbers, ends: Numbers) -> Bits:
    drawn = numbers(members).astype(np.uint64) * _FACTOR >> np.uint64(56)
    bits = np.uint64(1) << (drawn & np.uint64(63))
    sketches = np.zeros((len(ends) - 1, _WORDS), np.uint64)
    filled = np.flatnonzero(np.diff(ends))
    for word in range(_WORDS if len(filled) else 0):
        own = np.where(drawn >> np.uint64(6) == word, bits, np.uint64(0))
        sketches[filled, word] = np.bitwise_or.reduceat(own, ends[filled])
    return sketches


def _within(counts: Numbers) -> Numbers:
    """Count from 0 on within each of several stretches that follow each other."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
