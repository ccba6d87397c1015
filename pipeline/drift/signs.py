"""The signs of drift: one figure of either batch, how likely so large a gap is by chance, and how large one matters.

Every test holds if headlines of alike batches could be exchanged, whatever their distribution: Fisher's exact test for
shares, the rank-sum test of Mann and Whitney (1947) for what is measured headline by headline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_NORMAL: Final = 1.96


class Figure(NamedTuple):
    """A figure with its 95 % interval.

    Attributes:
        value: The figure.
        low: Where the interval begins.
        high: Where it ends.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Sign:
    """Something in which two batches may differ.

    Attributes:
        name: What it is.
        reference: In the reference.
        new: In the new batch.
        chance: How likely as large a gap is between alike batches, 0 to 1; nothing if that cannot be told.
        matters: The smallest gap that matters.
    """

    name: str
    reference: Figure
    new: Figure
    chance: float | None
    matters: float

    @property
    def large(self) -> bool:
        """Whether the gap is one that matters."""
        return abs(self.new.value - self.reference.value) >= self.matters


class Counted(NamedTuple):
    """Some of many.

    Attributes:
        some: How many.
        all: Of how many.
    """

    some: int
    all: int

    @classmethod
    def of(cls, flags: Flags) -> "Counted":
        """Count flags; shape (n,)."""
        return cls(int(flags.sum()), len(flags))


def share(name: str, reference: Counted, new: Counted, matters: float) -> Sign:
    """Compare two shares by Fisher's exact test (1922).

    Args:
        name: What is counted.
        reference: In the reference.
        new: In the new batch.
        matters: The smallest gap that matters, 0 to 1.

    Returns:
        The sign, with the intervals of Wilson (1927).
    """
    table = np.array([[one.some, one.all - one.some] for one in (reference, new)])
    return Sign(name, wilson(reference), wilson(new), float(stats.fisher_exact(table).pvalue), matters)


def level(name: str, reference: Floats, new: Floats, matters: float) -> Sign:
    """Compare what is measured headline by headline by ranks.

    Args:
        name: What is measured.
        reference: In the reference; shape (n_headlines,).
        new: In the new batch; shape (n_new,).
        matters: The smallest gap of the means that matters.

    Returns:
        The sign; the figures are means.
    """
    both = np.concatenate([reference, new])
    chance = float(stats.mannwhitneyu(reference, new).pvalue) if (both != both[0]).any() else 1.0
    return Sign(name, mean(reference), mean(new), chance, matters)


def wilson(counted: Counted) -> Figure:
    """Give a share with its interval."""
    interval = stats.binomtest(*counted).proportion_ci(method="wilson")
    return Figure(counted.some / counted.all, float(interval.low), float(interval.high))


def mean(values: Floats) -> Figure:
    """Give a mean with its interval, by the normal law."""
    middle, half = float(values.mean()), _NORMAL * float(values.std(ddof=1)) / np.sqrt(len(values))
    return Figure(middle, middle - half, middle + half)


def unknown(headlines: Sequence[Sequence[str]], known: frozenset[str]) -> Floats:
    """Give the share of each headline's words that are not among the known ones, 0 to 1.

    Args:
        headlines: The words of each headline.
        known: Words.

    Returns:
        Shape (n_headlines,); 1 for a headline without words.
    """
    return np.array([sum(word not in known for word in words) / len(words) if words else 1.0 for words in headlines])
