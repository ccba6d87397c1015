"""The tagger: raw headlines in; tags, probabilities and the words that decided out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.chunks import Chunks, split
from pipeline.decide import Decision
from pipeline.model import Model, load
from pipeline.rows import WIDTH, Rows
from pipeline.topics import OTHER, TOPICS, Topic

Floats = npt.NDArray[np.float64]

_BATCH: Final = 1 << 16
"""Headlines worked on at a time; keeps the memory flat whatever the table."""

RESULT: Final = pa.schema(
    [
        ("topic", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("unsure", pa.bool_()),
        ("scores", pa.struct([(topic.value, pa.float64()) for topic in TOPICS])),
        ("iptc", pa.list_(pa.string())),
    ]
)
"""The columns that tagging adds to a table."""


@dataclass(frozen=True)
class Tagged:
    """A headline with its tags.

    Attributes:
        headline: As it was given.
        topic: The main topic, or ``"other"``.
        tags: All its topics, the main one first.
        unsure: Whether some score lies so close to its threshold that a person should look.
        scores: The calibrated probability of each topic, 0 to 1.
    """

    headline: str
    topic: str
    tags: tuple[Topic, ...]
    unsure: bool
    scores: dict[Topic, float]

    @property
    def iptc(self) -> tuple[str, ...]:
        """The IPTC Media Topics codes of the tags."""
        return tuple(tag.iptc for tag in self.tags)


class Tagger:
    """A model at work; needs neither scikit-learn nor MLflow, and can be shared between threads.

    Args:
        model: A model in memory.
    """

    def __init__(self, model: Model) -> None:
        card = model.card
        self.card = card
        self.settings = model.settings
        self._rows = Rows(model)
        self._intercepts = np.array(card.intercepts)
        slopes, offsets = card.calibration["slopes"], card.calibration["offsets"]
        self.decision = Decision(np.array(slopes), np.array(offsets), np.array(card.thresholds), card.unsure_band)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Load a saved model.

        Args:
            folder: A model's folder, such as ``models/champion``.

        Returns:
            A tagger.

        Raises:
            ModelError: If the folder is no model, is damaged, or is of a format that this version does not read.
        """
        return cls(load(Path(folder)))

    def tag(self, headlines: Sequence[str]) -> list[Tagged]:
        """Tag headlines.

        Args:
            headlines: Raw headlines.

        Returns:
            One answer a headline, in order.
        """
        answers = self.tag_arrow(pa.table({"headline": pa.array(headlines, pa.string())}))
        return [
            Tagged(
                row["headline"],
                row["topic"],
                tuple(Topic(tag) for tag in row["tags"]),
                row["unsure"],
                {Topic(name): score for name, score in row["scores"].items()},
            )
            for row in answers.to_pylist()
        ]

    def tag_arrow(self, table: pa.Table, seen: pa.Array | None = None) -> pa.Table:
        """Tag a table's column ``headline``.

        Args:
            table: Any table with a text column ``headline``.
            seen: What to look at instead of that column, text by text, such as cleaned headlines.

        Returns:
            The table with the columns of ``RESULT`` added; one of its own by such a name is kept as ``input_…``.
        """
        scores = self.decision.scores(self.margins(table["headline"] if seen is None else seen))
        own = [
            field.with_name(f"input_{field.name}") if field.name in RESULT.names else field for field in table.schema
        ]
        answers = pa.table(self._answers(scores), schema=RESULT)
        return pa.table([*table.columns, *answers.columns], schema=pa.schema([*own, *RESULT]))

    def margins(self, headlines: pa.Array | pa.ChunkedArray) -> Floats:
        """Give the signed distance of headlines to each topic's boundary.

        Args:
            headlines: Strings; a null counts as empty.

        Returns:
            Shape (n_headlines, n_topics).
        """
        batches = [self._margins(headlines[start : start + _BATCH]) for start in range(0, len(headlines), _BATCH)]
        return np.concatenate(batches) if batches else np.zeros((0, len(TOPICS)))

    def _margins(self, headlines: pa.Array | pa.ChunkedArray) -> Floats:
        chunks = split(headlines)
        sums = _sum_by_headline(self._rows.of(chunks.distinct), chunks)
        total = np.tile(self._intercepts, (len(headlines), 1))
        for begin in range(0, sums.shape[1], WIDTH):
            block = sums[:, begin : begin + WIDTH]
            squares = block[:, -1:]
            total += block[:, :-1] / np.sqrt(np.where(squares > 0, squares, 1))
        return total

    def _answers(self, scores: Floats) -> dict[str, Any]:
        """Turn scores into the columns of ``RESULT``, by table look-up: three topics have only so many answers."""
        given = self.decision.given(scores)
        ranks = np.argsort(-np.where(given, scores, -1), axis=1, kind="stable")
        kinds, of = np.unique(np.column_stack([given, ranks]), axis=0, return_inverse=True)
        tags = [[TOPICS[place] for place in kind[len(TOPICS) :] if kind[place]] for kind in kinds.astype(int)]
        look = pa.array(of.ravel())
        return {
            "topic": pa.array([names[0] if names else OTHER for names in tags], pa.string()).take(look),
            "tags": pa.array(tags, RESULT.field("tags").type).take(look),
            "unsure": self.decision.unsure(scores),
            "scores": pa.StructArray.from_arrays(list(scores.T), names=list(TOPICS)),
            "iptc": pa.array([[tag.iptc for tag in names] for names in tags], RESULT.field("iptc").type).take(look),
        }


def _sum_by_headline(rows: Floats, chunks: Chunks) -> Floats:
    """Sum the rows of each headline's chunks (at least one: the empty headline is one empty chunk)."""
    return np.asarray(np.add.reduceat(rows[chunks.codes], chunks.offsets[:-1], axis=0))
