"""All signs of drift between two batches, judged together."""

from dataclasses import dataclass
from itertools import chain, compress
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.drift import signs
from pipeline.drift.batch import Batch
from pipeline.drift.domain import domain
from pipeline.drift.signs import Counted, Flags, Floats, Sign
from pipeline.features import WORD_BLOCK, Features
from pipeline.lemmatize import lemmatize
from pipeline.tagger import Tagger
from pipeline.topics import OTHER, TOPICS

FALSE_ALARMS: Final = 0.01
"""How often alike batches may be called unlike: once in a hundred."""

# The smallest gaps that matter, most of them between shares of headlines.
_BROKEN, _UNREADABLE, _UNKNOWN, _TOPIC, _BRIER = 0.02, 0.02, 0.05, 0.05, 0.02
_FEWEST: Final = 2
"""Headlines of which a mean has an interval."""


@dataclass(frozen=True)
class Told:
    """What is known of a batch with a model at hand.

    Attributes:
        batch: The batch.
        words: The words of each headline, as the model counts them.
        scores: Calibrated probabilities; shape (n_headlines, n_topics).
        readable: Whether its language can be read; shape (n_headlines,).
        given: Whether each topic, and at last none, is given; shape (n_headlines, n_topics + 1).
    """

    batch: Batch
    words: list[list[str]]
    scores: Floats
    readable: Flags
    given: Flags

    @classmethod
    def of(cls, batch: Batch, tagger: Tagger) -> "Told":
        """Tag a batch."""
        scores, readable = tagger.scores(pa.array(batch.headlines, pa.string()))
        given = tagger.decision.given(scores) & readable[:, None]
        features = Features.of(tagger.model.settings)
        words = [features.of_words(WORD_BLOCK, lemmatize(headline)) for headline in batch.headlines]
        return cls(batch, words, scores, readable, np.column_stack([given, ~given.any(axis=1)]))

    def dealt(self, some: frozenset[str]) -> tuple[list[list[str]], list[list[str]]]:
        """Give the words of the headlines that are among some, and of those that are not."""
        sides: tuple[list[list[str]], list[list[str]]] = [], []
        for headline, words in zip(self.batch.headlines, self.words, strict=True):
            sides[headline not in some].append(words)
        return sides

    @property
    def brier(self) -> Floats | None:
        """How far each headline's scores lie from its labels, squared, a topic; shape (n_headlines,)."""
        labels = self.batch.labels
        return None if labels is None else np.asarray(((self.scores - labels) ** 2).mean(axis=1))


@dataclass(frozen=True)
class Drift:
    """How two batches differ.

    Attributes:
        signs: What was compared.
        false_alarms: How often alike batches may be called unlike, 0 to 1.
        rejected: Rows of both inputs that could not be used.
    """

    signs: list[Sign]
    false_alarms: float
    rejected: int

    @property
    def alarms(self) -> list[Sign]:
        """The signs in which the batches are unlike: by more than matters, and more than by chance (Bonferroni)."""
        tested = sum(sign.chance is not None for sign in self.signs)
        return [
            sign
            for sign in self.signs
            if sign.large and sign.chance is not None and sign.chance * tested <= self.false_alarms
        ]


def compare(reference: Told, new: Told, tagger: Tagger, false_alarms: float, seed: int) -> Drift:
    """Compare two batches.

    Args:
        reference: What is usual.
        new: What came.
        tagger: A model at work.
        false_alarms: How often alike batches may be called unlike, 0 to 1.
        seed: Of what is drawn by lot.

    Returns:
        The signs.
    """
    found = [
        _broken(reference.batch, new.batch),
        signs.share("unreadable", Counted.of(~reference.readable), Counted.of(~new.readable), _UNREADABLE),
        *unknown_words(reference, new, tagger, seed),
        *topics(reference, new),
        domain(reference.batch.headlines, new.batch.headlines, tagger.model, seed),
        *_calibration(reference, new),
    ]
    return Drift(found, false_alarms, reference.batch.counts.rejected + new.batch.counts.rejected)


def topics(reference: Told, new: Told) -> list[Sign]:
    """Compare the shares of headlines that are given each topic, and none."""
    names = [*(topic.value for topic in TOPICS), OTHER]
    return [
        signs.share(name, Counted.of(one), Counted.of(other), _TOPIC)
        for name, one, other in zip(names, reference.given.T, new.given.T, strict=True)
    ]


def unknown_words(reference: Told, new: Told, tagger: Tagger, seed: int) -> list[Sign]:
    """Compare the shares of words that are new.

    Against the words of half the reference, for the other half and the new batch alike: a model may have learnt from
    the reference and would know all its words. What the model does not know is told beside, and not judged. Headlines
    that are themselves in that half are looked at in neither: they have no new word, however alike the batches are.
    """
    once = list(dict.fromkeys(reference.batch.headlines))
    half = frozenset(compress(once, np.random.default_rng(seed).permutation(len(once)) % 2 == 0))
    (inside, others), (_, rest) = reference.dealt(half), new.dealt(half)
    usual = frozenset(chain.from_iterable(inside))
    features = tagger.model.features
    learnt = frozenset(features.filter(pc.equal(features["block"], pa.scalar(WORD_BLOCK)))["feature"].to_pylist())
    one, other = (signs.mean(signs.unknown(side.words, learnt)) for side in (reference, new))
    unjudged = Sign("unknown to the model", one, other, None, _UNKNOWN)
    if min(len(others), len(rest)) < _FEWEST:
        return [unjudged]
    return [signs.level("new words", signs.unknown(others, usual), signs.unknown(rest, usual), _UNKNOWN), unjudged]


def _broken(reference: Batch, new: Batch) -> Sign:
    one, other = (Counted(batch.broken, batch.counts.read) for batch in (reference, new))
    return signs.share("broken rows", one, other, _BROKEN)


def _calibration(reference: Told, new: Told) -> list[Sign]:
    """Compare how far scores lie from labels, where both batches have any."""
    if reference.brier is None or new.brier is None:
        return []
    return [signs.level("Brier score", reference.brier, new.brier, _BRIER)]
