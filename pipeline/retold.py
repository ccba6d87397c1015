"""Headlines that repeat or retell others, found among a million in the time that sorting takes.

Two sets of lemmas with a Jaccard similarity of t have at least ``t * n`` lemmas in common, so two of these are among
the ``n - t * n + 2`` rarest of each (prefix filtering: Chaudhuri, Ganti and Kaushik 2006). So every pair of such rare
lemmas is a key; headlines that share a key are found by sorting the keys, and are compared.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import Final

import numpy as np

from pipeline.sets import HIGH, Bits, Flags, Numbers, Sets, distinct, numbers

TWIN: Final = 0.5
"""Jaccard similarity of two headlines' lemmas from which they count as near-duplicates."""
RETELLING: Final = 0.35
"""The same for two headlines of one month, which are then taken as retellings of one event."""

_CROWD: Final = 256
"""Of more headlines than so many that share a key, each is compared with the nearest before it only."""
_COMPARED: Final = 1 << 16
"""Pairs compared at a time."""

Pairs = Iterable[tuple[Numbers, Numbers]]


def twins_before(headlines: Sequence[str], dates: Sequence[str]) -> Iterator[list[int]]:
    """Find the near-duplicates and retellings among headlines.

    Args:
        headlines: The headlines in order.
        dates: Their dates as ``YYYY-MM…``; where one is empty, only near-duplicates count.

    Yields:
        For each headline the places of the earlier ones that are its near-duplicates or retell its event, in order.
    """
    sets = Sets.of(headlines)
    found = [later << HIGH | earlier for later, earlier in _twins(sets, _months(dates), _before(sets))]
    edges = distinct(np.concatenate([np.zeros(0, np.int64), *found]))
    ends = np.searchsorted(edges, np.arange(len(headlines) + 1) << HIGH)
    before = numbers(edges).tolist()
    yield from (before[begin:end] for begin, end in pairwise(ends.tolist()))


def have_twins(headlines: Sequence[str], dates: Sequence[str], others: Sequence[str], theirs: Sequence[str]) -> Flags:
    """Tell which headlines are near-duplicates of some of others or retell their events.

    Args:
        headlines: The headlines.
        dates: Their dates as ``YYYY-MM…``; where one is empty, only near-duplicates count.
        others: The others.
        theirs: The dates of the others.

    Returns:
        An answer for each headline; shape (n_headlines,).
    """
    return _have_twins(Sets.of([*others, *headlines]), _months([*theirs, *dates]), len(others))


def resembling(headlines: Sequence[str], others: Iterable[str]) -> list[bool]:
    """Tell which headlines resemble some of others as much as a retelling does, of whatever date.

    Args:
        headlines: The headlines.
        others: The others.

    Returns:
        An answer for each headline.
    """
    known = dict.fromkeys(others)
    sets = Sets.of([*known, *headlines])
    of_one_month = np.zeros(len(sets.sizes), np.int64)
    return list(map(bool, _have_twins(sets, of_one_month, len(known))))


def _months(dates: Sequence[str]) -> Numbers:
    """Give a number for each date, equal for dates of one month; one without a month has a number of its own."""
    known: dict[str, int] = {}
    told = (date[:7] if len(date) >= len("2026-01") else "" for date in dates)
    return np.array([known.setdefault(month, len(known)) if month else -1 - row for row, month in enumerate(told)])


def _have_twins(sets: Sets, months: Numbers, others: int) -> Flags:
    """Tell which headlines behind the first so many are twins of one of those."""
    found = np.zeros(len(sets.sizes), bool)
    for asked, _ in _twins(sets, months, _across(sets, others)):
        found[asked] = True
    return found[others:]


def _twins(sets: Sets, months: Numbers, pairs: Pairs) -> Pairs:
    """Give those of the pairs that are alike enough."""
    for one, other in pairs:
        wanted = np.where(months[one] == months[other], RETELLING, TWIN)
        alike = sets.alike(one, other, wanted)
        yield one[alike], other[alike]


def _before(sets: Sets) -> Pairs:
    """Give pairs of headlines that share a key, the later ones and the earlier ones; a pair as often as it does."""
    keys, rows = _sorted(_keys(sets, np.arange(len(sets.sizes))))
    first = np.maximum.accumulate(np.where(np.diff(keys, prepend=keys[:1]) > 0, np.arange(len(keys)), 0))
    places = np.flatnonzero(first < np.arange(len(keys)))
    for later, earlier in _spread(np.maximum(first[places], places - _CROWD), places):
        yield rows[places[later]], rows[earlier]


def _across(sets: Sets, others: int) -> Pairs:
    """Give pairs of headlines that share a key, one behind the first so many, one of these."""
    keys, rows = _sorted(_keys(sets, np.arange(others)))
    for asked, whose in _keys(sets, np.arange(others, len(sets.sizes))):
        for one, other in _spread(np.searchsorted(keys, asked), np.searchsorted(keys, asked, "right")):
            yield whose[one], rows[other]


def _keys(sets: Sets, rows: Numbers) -> Iterator[tuple[Bits, Numbers]]:
    """Give the pairs of rare lemmas, and whose each is; a set with one lemma in common pairs it with itself."""
    sizes = sets.sizes[rows]
    for size in np.unique(sizes[sizes > 0]).tolist():
        own = rows[sizes == size]
        shared = ceil(RETELLING * size)
        few = min(size, size - shared + 2)
        rare = numbers(sets.members[sets.ends[own][:, None] + np.arange(few)]).astype(np.uint64)
        one, other = np.triu_indices(few, 0 if shared == 1 else 1)
        yield (rare[:, one] << np.uint64(HIGH) | rare[:, other]).ravel(), np.repeat(own, len(one))


def _sorted(found: Iterable[tuple[Bits, Numbers]]) -> tuple[Bits, Numbers]:
    """Give all keys in rising order, the first headline that has one first."""
    keys, rows = map(np.concatenate, zip((np.zeros(0, np.uint64), np.zeros(0, np.int64)), *found, strict=True))
    order = np.lexsort((rows, keys))
    return keys[order], rows[order]


def _spread(begins: Numbers, ends: Numbers) -> Pairs:
    """Give each place of each span: the spans' numbers and the places, so many at a time."""
    stops = np.cumsum(ends - begins)
    every = int(stops[-1]) if len(stops) else 0
    for begin in range(0, every, _COMPARED):
        number = np.arange(begin, min(begin + _COMPARED, every))
        span = np.searchsorted(stops, number, "right")
        yield span, ends[span] - stops[span] + number
