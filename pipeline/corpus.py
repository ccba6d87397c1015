"""The corpus: the headlines of labelled tables, which of them train and which judge, and how much each counts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.errors import InputError
from pipeline.labelled import CORRECTED, OPTIONAL, REQUIRED, WRITTEN, read_labelled, tagged
from pipeline.split import Side, deal
from pipeline.topics import TOPICS, parse_tags

FEWEST: Final = 10
"""Training headlines with, and without, a topic below which nothing can be learnt about it."""


@dataclass(frozen=True)
class Corpus:
    """Labelled headlines, dealt to train or to judge.

    Attributes:
        frame: The labelled table.
        tagged: Whether a headline carries a topic; shape (n_headlines, n_topics).
        train: Which headlines train; shape (n_headlines,).
        held_out: Which headlines judge; shape (n_headlines,).
        groups: A number for each headline, equal for retellings of one event; shape (n_headlines,).
    """

    frame: pd.DataFrame
    tagged: npt.NDArray[np.bool_]
    train: npt.NDArray[np.bool_]
    held_out: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.intp]

    @property
    def asked(self) -> tuple[list[str], npt.NDArray[np.bool_]]:
        """The headlines that judge, and their tags."""
        return list(self.frame["headline"][self.held_out]), self.tagged[self.held_out]


def read_corpus(paths: Sequence[Path], held_out: float, lessons: pd.DataFrame | None = None) -> Corpus:
    """Read labelled tables and deal their headlines.

    Args:
        paths: Labelled tables, the first one's rows first.
        held_out: Share of the headlines that judge and never train, 0 to 1.
        lessons: Corrected headlines as a labelled table; they never judge, and stand in for training rows that say
            the same.

    Returns:
        The corpus.

    Raises:
        InputError: If a table is not what it should be, or no topic can be learnt from them.
    """
    taught = lessons if lessons is not None else pd.DataFrame(columns=[*REQUIRED, *OPTIONAL])
    frame = pd.concat([*map(read_labelled, paths), taught]).fillna("")
    dealt = deal(list(frame["headline"]), list(frame["date"]), held_out, len(taught))
    sides = np.array(dealt.sides)
    sides[_superseded(frame, len(taught)) & (sides == Side.TRAIN)] = Side.ASIDE
    corpus = Corpus(frame, tagged(frame), sides == Side.TRAIN, sides == Side.HELD_OUT, np.array(dealt.groups))
    for place, topic in enumerate(TOPICS):
        carried = int(corpus.tagged[corpus.train, place].sum())
        if min(carried, int(corpus.train.sum()) - carried) < FEWEST:
            where = " and ".join(str(path) for path in paths)
            found = f"{carried} of {corpus.train.sum()} training headlines tagged {topic}"
            expected = f"at least {FEWEST} with it and {FEWEST} without it"
            raise InputError(where, found, expected, "add rows, or check the column tags")
    return corpus


def weights(frame: pd.DataFrame, written: float, corrected: float, second: float) -> npt.NDArray[np.float64]:
    """Give how much each headline counts in learning each topic.

    Args:
        frame: A labelled table.
        written: Weight of a headline that retells no single event, which teaches more words; of a retold one: 1.
        corrected: Weight of a headline whose tags an editor corrected.
        second: Weight for a topic that a headline carries as a second tag, where annotators differ most.

    Returns:
        Shape (n_headlines, n_topics).
    """
    rows = np.where(frame["origin"].isin(WRITTEN), written, np.where(frame["origin"] == CORRECTED, corrected, 1.0))
    tags = [parse_tags(text)[1:] for text in frame["tags"]]
    cells = np.array([[second if topic in later else 1.0 for topic in TOPICS] for later in tags])
    return np.asarray(rows[:, None] * cells)


def digest(frame: pd.DataFrame) -> str:
    """Give the SHA-256 of what trains, headlines and tags, in hex: equal for equal rows in whatever file."""
    sha = hashlib.sha256()
    for headline, tags in zip(frame["headline"], frame["tags"], strict=True):
        sha.update(f"{headline}\t{tags}\n".encode())
    return sha.hexdigest()


def _superseded(frame: pd.DataFrame, taught: int) -> npt.NDArray[np.bool_]:
    """Tell which rows before the last so many say the same as one of these, white space apart."""
    said = [" ".join(headline.split()) for headline in frame["headline"]]
    corrected = set(said[len(said) - taught :])
    return np.array([row < len(said) - taught and text in corrected for row, text in enumerate(said)])
