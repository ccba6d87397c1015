"""What review gains: labels of the corpus are hidden and asked for, by review and at random, and the models compared.

A run begins with 1,000 labels drawn at random, asks for 500 at a time, and after each time trains a model and chooses
its thresholds from the labels that it has, as a training does; it is judged on the headlines that the corpus holds out.
``gained.py`` runs it and shows what came of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from pipeline import classify
from pipeline.corpus import Corpus
from pipeline.decide import Decision, sureness
from pipeline.evaluate import macro_f1, outcomes
from pipeline.learn import Labels, Learnt, learn, plain
from pipeline.likeness import lemma_sets
from pipeline.review.choose import informative, once
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tfidf import Counts
from pipeline.train import analyse

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

BEGIN: Final = 1000
STEP: Final = 500
STEPS: Final = 10
_FOLDS: Final = 3


@dataclass(frozen=True)
class Pool:
    """The headlines of a simulation.

    Attributes:
        counts: Those that can be asked for, counted; near-duplicates once.
        labels: Their labels.
        tagged: Whether each carries each topic.
        groups: Equal for retellings of one event.
        lemmas: Their words.
        judging: Those held out, counted.
        truth: Whether each of these carries each topic.
    """

    counts: Counts
    labels: Labels
    tagged: npt.NDArray[np.bool_]
    groups: Places
    lemmas: list[frozenset[str]]
    judging: Counts
    truth: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, corpus: Corpus, settings: Settings, stages: Stages) -> "Pool":
        """Take the headlines of a corpus."""
        headlines = list(corpus.frame["headline"])
        counts, training = analyse(headlines, settings, stages), np.flatnonzero(corpus.train)
        kept = np.array(once([headlines[place] for place in training]))
        places = training[kept]
        return cls(
            counts[places],
            Labels.of(corpus, settings)[kept],
            corpus.tagged[places],
            corpus.groups[places],
            lemma_sets([headlines[place] for place in places]),
            counts[corpus.held_out],
            corpus.tagged[corpus.held_out],
        )


Ask = Callable[[Pool, Places, Places, Floats, np.random.Generator], Places]
"""Chooses among places: of the pool, those labelled, those not, how sure the model is of the latter, by lot."""


def at_random(pool: Pool, seen: Places, left: Places, sure: Floats, lots: np.random.Generator) -> Places:
    """Ask for whatever comes."""
    del pool, seen, sure
    return lots.permutation(left)[:STEP]


def least_sure(pool: Pool, seen: Places, left: Places, sure: Floats, lots: np.random.Generator) -> Places:
    """Ask for what the model is least sure of."""
    del pool, seen, lots
    return left[np.argsort(sure, kind="stable")[:STEP]]


def by_review(pool: Pool, seen: Places, left: Places, sure: Floats, lots: np.random.Generator) -> Places:
    """Ask for what ``rubrika review`` asks for."""
    del lots
    times: dict[str, float] = {}
    for place in seen:
        for lemma in pool.lemmas[place]:
            times[lemma] = times.get(lemma, 0) + 1
    return left[informative([pool.lemmas[place] for place in left], sure, times, STEP)]


WAYS: Final[dict[str, Ask]] = {"random": at_random, "least sure": least_sure, "review": by_review}


def run(pool: Pool, ask: Ask, settings: Settings, seed: int) -> list[float]:
    """Label step by step.

    Args:
        pool: The headlines.
        ask: What is asked for.
        settings: How to train.
        seed: Of the first labels, and of all lots.

    Returns:
        The macro-F1 on the headlines held out, after the first labels and after each step.
    """
    lots = np.random.default_rng(seed)
    left = lots.permutation(len(pool.lemmas))
    seen, left = left[:BEGIN], left[BEGIN:]
    reached: list[float] = []
    for step in range(STEPS + 1):
        learnt, decision = _trained(pool, seen, settings)
        given = decision.given(decision.scores(learnt.margins(pool.judging)))
        reached.append(float(macro_f1(outcomes(given, pool.truth).sum(axis=0))))
        if step < STEPS:
            scores = decision.scores(learnt.margins(pool.counts[left]))
            asked = ask(pool, seen, left, sureness(scores, decision.thresholds), lots)
            seen, left = np.concatenate([seen, asked]), left[~np.isin(left, asked)]
    return reached


def _trained(pool: Pool, seen: Places, settings: Settings) -> tuple[Learnt, Decision]:
    """Train on what is labelled, the thresholds by cross-validation within it."""
    counts, labels = pool.counts[seen], pool.labels[seen]
    margins = np.zeros(labels.chances.shape)
    deal = GroupKFold(_FOLDS, shuffle=True, random_state=settings.seed)
    for others, fold in deal.split(margins, groups=pool.groups[seen]):
        margins[fold] = plain(counts, labels, settings, others, fold)
    return learn(counts, labels, settings), classify.decide(margins, pool.tagged[seen], settings.unsure_right)
