"""Which headlines train and which judge: dealt by a hash, with the retellings of one event on one side.

Rows are dealt in the order of the file. A headline without a twin before it goes by its hash; one with twins goes where
they are; one whose twins sit on both sides is set aside. So rows added at the end never move the rows before them.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import chain, combinations, pairwise
from math import ceil
from typing import NamedTuple

import pyarrow as pa

from pipeline.chunks import split
from pipeline.lemmatize import lemmatize
from pipeline.retold import RETELLING, twins_before


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


def lemma_sets(headlines: Sequence[str]) -> list[frozenset[str]]:
    """Give the different lemmas of each headline."""
    chunks = split(pa.array(headlines, pa.string()))
    lemmas = [frozenset(word.lemma for word in lemmatize(chunk)) for chunk in chunks.distinct]
    codes, ends = chunks.codes.tolist(), chunks.offsets.tolist()
    return [frozenset().union(*map(lemmas.__getitem__, codes[begin:end])) for begin, end in pairwise(ends)]


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Give the share of common lemmas among all the lemmas of two headlines, 0 to 1."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


def likeness(one: str, other: str) -> float:
    """Give the Jaccard similarity of two headlines' lemmas, 0 to 1."""
    return jaccard(*lemma_sets([one, other]))


def _by_hash(headline: str, held_out: float) -> Side:
    drawn = int.from_bytes(hashlib.sha256(headline.encode()).digest()[:8], "big") / 2**64
    return Side.HELD_OUT if drawn < held_out else Side.TRAIN


def _root(groups: list[int], row: int) -> int:
    """Find a row's group, halving the path on the way (Tarjan and van Leeuwen 1984)."""
    while groups[row] != row:
        groups[row] = groups[groups[row]]
        row = groups[row]
    return row


def resembling(headlines: Sequence[str], others: Iterable[str]) -> list[bool]:
    """Tell which headlines resemble some of others as much as a retelling does, of whatever date.

    Args:
        headlines: The headlines.
        others: The others.

    Returns:
        An answer for each headline.
    """
    sets = lemma_sets(headlines)
    distinct = list(dict.fromkeys(lemma_sets(list(others))))
    df = Counter(chain.from_iterable(sets + distinct))
    having: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, lemmas in enumerate(distinct):
        for pair in _rare_pairs(lemmas, df):
            having[pair].append(place)
    candidates = ({place for pair in _rare_pairs(lemmas, df) for place in having.get(pair, ())} for lemmas in sets)
    return [
        any(jaccard(lemmas, distinct[place]) >= RETELLING for place in places)
        for lemmas, places in zip(sets, candidates, strict=True)
    ]


def _rare_pairs(lemmas: frozenset[str], df: Mapping[str, int]) -> list[tuple[str, str]]:
    """Give pairs of rare lemmas such that two sets as alike as ``RETELLING`` share one of them.

    Sets with a Jaccard similarity of t have at least ``t * n`` lemmas in common, so two of these are among each one's
    ``n - t * n + 2`` rarest (prefix filtering: Chaudhuri, Ganti and Kaushik 2006). Sets with one common lemma pair it
    with itself.
    """
    rare_first = sorted(lemmas, key=lambda lemma: (df[lemma], lemma))
    prefix = rare_first[: len(lemmas) - ceil(RETELLING * len(lemmas)) + 2]
    alone = [(lemma, lemma) for lemma in prefix] if ceil(RETELLING * len(lemmas)) == 1 else []
    return alone + list(combinations(prefix, 2))
