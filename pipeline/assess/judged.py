"""Labelled headlines beside what a model says of them: what every figure is taken from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.decide import sureness
from pipeline.labelled import tagged
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS, parse_tags

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Tags = tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """Labelled headlines and a model's answers, in one order.

    Attributes:
        frame: The labelled table.
        truth: Whether a headline carries a topic; shape (n_headlines, n_topics).
        given: Whether it was given the topic; same shape.
        scores: Calibrated probabilities; same shape.
        true_tags: The tags of each headline, the main one first.
        given_tags: The tags given to it, the main one first.
        sure: The sureness of each answer, 0 to 1; shape (n_headlines,).
        decided: Whether the model is sure enough to need no person; shape (n_headlines,).
    """

    frame: pd.DataFrame
    truth: Flags
    given: Flags
    scores: Floats
    true_tags: list[Tags]
    given_tags: list[Tags]
    sure: Floats
    decided: Flags

    @classmethod
    def of(cls, tagger: Tagger, frame: pd.DataFrame) -> "Judged":
        """Tag labelled headlines.

        Args:
            tagger: The model.
            frame: A labelled table.

        Returns:
            Both, side by side.
        """
        answers = tagger.tag_arrow(pa.table({"headline": pa.array(frame["headline"], pa.string())}))
        scores = np.column_stack([pc.struct_field(answers["scores"], topic.value).to_numpy() for topic in TOPICS])
        given_tags = [tuple(tags) for tags in answers["tags"].to_pylist()]
        given = np.array([[topic in tags for topic in TOPICS] for tags in given_tags], dtype=bool)
        true_tags: list[Tags] = [parse_tags(text) for text in frame["tags"]]
        sure, decided = sureness(scores, tagger.decision.thresholds), ~answers["unsure"].to_numpy()
        return cls(frame, tagged(frame), given, scores, true_tags, given_tags, sure, decided)

    @property
    def right(self) -> Flags:
        """Whether a headline's set of tags is exactly the true one; shape (n_headlines,)."""
        return np.asarray((self.given == self.truth).all(axis=1))

    def __len__(self) -> int:
        """How many headlines were judged."""
        return len(self.truth)
