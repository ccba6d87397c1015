"""Who scores an archive for the model to learn from: a larger model, or whoever wrote a file of scores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.neural_network import MLPClassifier

from pipeline.adapt.embed import Vectors
from pipeline.errors import InputError
from pipeline.ingest import read
from pipeline.ingest.record import Counts
from pipeline.learn import Flags, Floats, Places
from pipeline.topics import TOPICS

Teacher = Callable[[Places, Floats], Floats]
"""Gives the archive's chances of each topic, 0 to 1, shape (n_archive, n_topics), from the places of the training
headlines that may be learnt from and the log-odds that the plain model, learnt from the same, gives to the archive."""

COLUMNS: Final = tuple(f"score_{topic}" for topic in TOPICS)
"""The scores in a teacher's file, named as in a CSV that ``rubrika predict`` writes."""

_BATCH: Final = 128
_STEPS: Final = 2400
"""Batches that the network learns from, in whole rounds: of these at least 12, at most 60."""
_HIDDEN: Final = 128
_DECAY: Final = 0.03
_EDGE: Final = 1e-4
"""The chance nearest to 0, and to 1, that counts as said."""


@dataclass(frozen=True)
class Encoded:
    """The teacher e5: a small network on a sentence encoder's vectors, its log-odds averaged with the plain model's.

    Attributes:
        own: The training headlines' vectors; shape (n_training, WIDTH).
        tagged: Their tags; shape (n_training, n_topics).
        archive: The archive's vectors; shape (n_archive, WIDTH).
        seed: Of the network.
    """

    own: Vectors
    tagged: Flags
    archive: Vectors
    seed: int

    def __call__(self, seen: Places, logits: Floats) -> Floats:
        """Learn from the training headlines seen, and score the archive; see ``Teacher``."""
        mean, spread = self.own[seen].mean(axis=0), self.own[seen].std(axis=0) + np.float32(_EDGE)
        rows, answers = (self.own[seen] - mean) / spread, self.tagged[seen].astype(int)
        network = MLPClassifier((_HIDDEN,), alpha=_DECAY, batch_size=min(_BATCH, len(rows)), random_state=self.seed)
        for _ in range(int(np.clip(_STEPS * _BATCH / len(rows), 12, 60))):
            network.partial_fit(rows, answers, classes=np.arange(len(TOPICS)))
        chances = np.clip(network.predict_proba((self.archive - mean) / spread), _EDGE, 1 - _EDGE)
        return np.asarray(1 / (1 + np.exp(-(np.log(chances / (1 - chances)) + logits) / 2)))


@dataclass(frozen=True)
class Written:
    """A teacher that wrote its scores down.

    Attributes:
        chances: The archive's; shape (n_archive, n_topics).
    """

    chances: Floats

    def __call__(self, _seen: Places, _logits: Floats) -> Floats:
        """Give the scores as they were written; see ``Teacher``."""
        return self.chances


def read_scores(file: str, headlines: Sequence[str]) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Read a teacher's scores of headlines.

    Args:
        file: A table with the columns ``headline`` and ``COLUMNS``.
        headlines: The headlines.

    Returns:
        Which headlines stand in the file, shape (n_headlines,), and the scores of these, shape (n_found, n_topics).

    Raises:
        InputError: If the file is no such table, a score is no number from 0 to 1, or none of the headlines is in it.
    """
    scores: dict[str, list[float]] = {}
    for table in read(file, Counts()):
        missing = [name for name in COLUMNS if name not in table.column_names]
        if missing:
            found = f"a table without {', '.join(missing)}"
            raise InputError(file, found, f"the columns headline, {', '.join(COLUMNS)}", "add them")
        rows = zip(*(table[name].to_pylist() for name in COLUMNS), strict=True)
        scores |= {
            _said(headline): [_score(file, headline, str(cell)) for cell in row]  # null as well
            for headline, row in zip(table["headline"].to_pylist(), rows, strict=True)
        }
    found_ = np.array([_said(headline) in scores for headline in headlines])
    if not found_.any():
        found = f"scores of {len(scores):,} headlines, none of them in the archive"
        raise InputError(file, found, "scores of the archive's headlines", "score the archive, and give that file")
    return found_, np.array([scores[_said(headline)] for headline in headlines if _said(headline) in scores])


def _said(headline: str) -> str:
    """Give a headline without the quote mark that ``rubrika predict`` puts before what may look like a formula."""
    return headline.strip().removeprefix("'")


def _score(file: str, headline: str, cell: str) -> float:
    try:
        score = float(cell)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise InputError(f"{file}, “{headline}”", f"the score “{cell}”", "a number from 0 to 1", "mend it")
    return score
