"""What a peer is: a way to learn from headlines, and what it has learnt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Learnt(Protocol):
    """A peer that has learnt."""

    def margins(self, headlines: Sequence[str]) -> Floats:
        """Give a number for each headline and topic that rises with its likelihood; shape (n_headlines, n_topics)."""

    def fresh(self, headlines: Sequence[str]) -> Floats:
        """Give the same from the raw headlines, with nothing kept from before; this is what is timed."""

    def size(self) -> int:
        """Give the bytes on disk of all that answering needs, the code left aside."""


@dataclass(frozen=True)
class Recipe:
    """A way to learn.

    Attributes:
        family: Peers of one family differ in settings alone; the best one in cross-validation stands for it.
        settings: The settings, as a person would write them.
        fit: Learns from headlines and whether each carries each topic; shape (n_headlines, n_topics).
        timed: Headlines to time it on at most: the slow ones need few.
    """

    family: str
    settings: str
    fit: Callable[[Sequence[str], Flags], Learnt]
    timed: int = 1 << 20
