"""Peer: fastText (Joulin and others 2017), of words and of subwords, one binary answer a topic (loss ``ova``)."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline.peers.recipe import Flags, Floats, Recipe
from pipeline.topics import OTHER, TOPICS

_LABEL: Final = "__label__"
_PLACES: Final = {f"{_LABEL}{topic}": place for place, topic in enumerate(TOPICS)}
_WORD: Final = re.compile(r"\w+")

_FIXED: Final = {"loss": "ova", "dim": 50, "lr": 0.5, "bucket": 200_000, "thread": 1, "verbose": 0}
_WORDS: Final = tuple({"wordNgrams": size, "epoch": epochs} for size, epochs in ((1, 10), (1, 25), (2, 25)))
_SUBWORDS: Final = tuple(
    {"minn": shortest, "maxn": 6, "epoch": epochs} for shortest, epochs in ((3, 10), (3, 25), (2, 25))
)


@dataclass(frozen=True)
class FastText:
    """A trained fastText model."""

    model: Any

    def margins(self, headlines: Sequence[str]) -> Floats:
        """Give the log-odds of the topics; shape (n_headlines, n_topics)."""
        labels, shares = self.model.predict([_words(headline) for headline in headlines], k=-1)
        found = np.full((len(headlines), len(TOPICS)), 1e-6)
        for row, (names, values) in enumerate(zip(labels, shares, strict=True)):
            for name, value in zip(names, values, strict=True):
                if name in _PLACES:
                    found[row, _PLACES[name]] = value
        found = found.clip(1e-6, 1 - 1e-6)
        return np.asarray(np.log(found / (1 - found)))

    fresh = margins

    def size(self) -> int:
        """Give the bytes of the model as fastText writes it, not quantized."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.bin"
            self.model.save_model(str(path))
            return path.stat().st_size


def recipes() -> list[Recipe]:
    """Give the settings that are searched: three of words, three of subwords."""
    families = {"fastText, words": _WORDS, "fastText, subwords": _SUBWORDS}
    return [
        Recipe(family, ", ".join(f"{name} {value}" for name, value in tried.items()), partial(_fit, tried))
        for family, settings in families.items()
        for tried in settings
    ]


def _fit(settings: dict[str, int], headlines: Sequence[str], tagged: Flags) -> FastText:
    import fasttext

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = (f"{_labels(row)} {_words(headline)}\n" for headline, row in zip(headlines, tagged, strict=True))
        path.write_text("".join(lines), encoding="utf-8")
        return FastText(fasttext.train_supervised(str(path), **_FIXED, **settings))


def _labels(row: Flags) -> str:
    names: list[str] = [topic for topic, carried in zip(TOPICS, row, strict=True) if carried] or [OTHER]
    return " ".join(f"{_LABEL}{name}" for name in names)


def _words(headline: str) -> str:
    return " ".join(_WORD.findall(headline.lower()))
