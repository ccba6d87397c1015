"""Which words decided: the words of a headline as it is shown, with what each says for and against each topic."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

STEPS: Final = (0.4, 1.0, 2.0)
"""Log-odds from which a word is marked faintly, clearly, strongly."""
_PARTS: Final = re.compile(r"(\s+)")
_EDGES: Final = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True)
class Piece:
    """A word, or what stands between two.

    Attributes:
        text: As it stands there.
        steps: How strongly it speaks for each topic, 0 (not, or against) to 3; empty between words.
    """

    text: str
    steps: tuple[int, ...] = ()

    @property
    def style(self) -> str:
        """Its classes: ``w`` for a word that speaks for a topic, ``e2`` for one that speaks clearly for economy."""
        told = [f"{topic[0]}{step}" for topic, step in zip(TOPICS, self.steps, strict=False) if step]
        return " ".join(["w", *told]) if told else ""


@dataclass(frozen=True)
class Marks:
    """A headline in pieces, and its words by topic.

    Attributes:
        pieces: Together they are the headline.
        words: For each topic, the words with their shares of the log-odds, the weightiest first.
    """

    pieces: tuple[Piece, ...]
    words: tuple[tuple[tuple[str, float], ...], ...]


def marks(tagger: Tagger, headline: str, seen: str) -> Marks:
    """Mark the words that decided.

    Args:
        tagger: The model at work.
        headline: As it is shown.
        seen: What the tagger looked at; its words are words of the headline.

    Returns:
        The pieces and the words.
    """
    chunks, shares = tagger.shares(seen)
    shares = shares * tagger.decision.slopes
    words = tuple(_words(chunks, column) for column in shares.T) if chunks else ((),) * len(TOPICS)
    return Marks(tuple(_pieces(headline, chunks, np.searchsorted(STEPS, shares, side="right"))), words)


def _words(chunks: Sequence[str], shares: Sequence[float]) -> tuple[tuple[str, float], ...]:
    told = [(_EDGES.sub("", chunk) or chunk, float(share)) for chunk, share in zip(chunks, shares, strict=True)]
    return tuple(sorted((each for each in told if abs(each[1]) >= STEPS[0] / 4), key=lambda each: -abs(each[1])))


def _pieces(headline: str, chunks: Sequence[str], steps: npt.NDArray[np.intp]) -> Iterator[Piece]:
    """Find the chunks again in the headline, in their order; what was cleaned away stays unmarked."""
    place = 0
    for text in _PARTS.split(headline):
        if place < len(chunks) and chunks[place] in text:
            yield Piece(text, tuple(int(step) for step in steps[place]))
            place += 1
        elif text:
            yield Piece(text)
