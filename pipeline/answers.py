"""What the tagger says of headlines: the columns that it adds to a table, and the same for one headline."""

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.decide import Decision
from pipeline.topics import OTHER, TOPICS, Topic

Floats = npt.NDArray[np.float64]

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
        unsure: Whether some score lies so close to its threshold, or the language is so foreign, that a person should
            look.
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

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Tagged":
        """Take a row of a tagged table."""
        tags = tuple(Topic(tag) for tag in row["tags"])
        scores = {Topic(name): score for name, score in row["scores"].items()}
        return cls(row["headline"], row["topic"], tags, row["unsure"], scores)


def answers(decision: Decision, scores: Floats, readable: npt.NDArray[np.bool_]) -> pa.Table:
    """Turn scores into the columns of ``RESULT``, by table look-up: three topics have only so many answers.

    Args:
        decision: The thresholds and the band.
        scores: Calibrated probabilities; shape (n_headlines, n_topics).
        readable: Whether a headline's language can be read; one that cannot gets no tag, and is unsure; shape
            (n_headlines,).

    Returns:
        A row a headline.
    """
    kinds = pa.array(_kinds(decision.given(scores) & readable[:, None], scores))
    topic, tags, iptc = _every_kind().take(kinds).columns
    unsure = pa.array(decision.unsure(scores) | ~readable)
    each = pa.StructArray.from_arrays(list(scores.T), names=list(TOPICS))
    return pa.table([topic, tags, unsure, each, iptc], schema=RESULT)


_PAIRS: Final = tuple(combinations(range(len(TOPICS)), 2))


def _kinds(given: npt.NDArray[np.bool_], scores: Floats) -> npt.NDArray[np.int64]:
    """Number each headline's answer: a bit for each topic given, and one for each pair of topics in rising order."""
    rising = [scores[:, one] < scores[:, other] for one, other in _PAIRS]
    return np.asarray(sum(bit.astype(np.int64) << place for place, bit in enumerate([*given.T, *rising])))


def _tags(kind: int) -> list[Topic]:
    """Give the topics that a kind of answer stands for, the likeliest first."""
    beaten = [0] * len(TOPICS)
    for place, (one, other) in enumerate(_PAIRS, start=len(TOPICS)):
        beaten[one if kind >> place & 1 else other] += 1
    given = [place for place in range(len(TOPICS)) if kind >> place & 1]
    return [TOPICS[place] for place in sorted(given, key=lambda place: beaten[place])]


@cache
def _every_kind() -> pa.RecordBatch:
    """Give the topic, the tags and their IPTC codes of every kind of answer, by its number."""
    every = [_tags(kind) for kind in range(1 << len(TOPICS) + len(_PAIRS))]
    columns = {
        "topic": [tags[0] if tags else OTHER for tags in every],
        "tags": every,
        "iptc": [[tag.iptc for tag in tags] for tags in every],
    }
    return pa.record_batch(columns, schema=pa.schema([RESULT.field(name) for name in columns]))
