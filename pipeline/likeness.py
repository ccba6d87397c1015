"""How alike two headlines are: the share of common lemmas among all of theirs. ``sets.py`` compares millions."""

from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa

from pipeline.chunks import split
from pipeline.lemmatize import lemmatize


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
