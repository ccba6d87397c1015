"""Learning from an archive without tags: a teacher scores it, and the same linear model learns from corpus and archive.

The flow is that of ``train.py``. The vocabulary and its idf come from both; probabilities and thresholds are calibrated
on the corpus alone, on headlines that neither the model nor the teacher behind its archive has seen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from pipeline.adapt.archive import Archive
from pipeline.adapt.teacher import Teacher
from pipeline.corpus import Corpus
from pipeline.decide import Decision
from pipeline.learn import Flags, Floats, Labels, Learnt, Places, learn, plain
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tfidf import Counts
from pipeline.train import Trained, analyse, judge

Engage = Callable[[list[str], Flags, Archive], tuple[Teacher, Archive]]
"""Finds a teacher for the training headlines, their tags and an archive; gives it with what it can score of that."""


@dataclass(frozen=True)
class Adapted:
    """A model before and after it learnt from an archive.

    Attributes:
        before: Trained on the corpus alone.
        after: Trained on the corpus and the archive.
        archive: What it learnt from.
    """

    before: Trained
    after: Trained
    archive: Archive


@dataclass(frozen=True)
class Lesson:
    """What an adapted model learns from.

    Attributes:
        counts: The training headlines, then the archive's.
        labels: The labels of the training headlines.
        teacher: Who scores the archive.
        decision: How the plain model's margins become log-odds.
        settings: How to learn.
    """

    counts: Counts
    labels: Labels
    teacher: Teacher
    decision: Decision
    settings: Settings

    def learn(self, seen: Places) -> Learnt:
        """Learn from the training headlines at some places and from the archive, scored by a teacher of the same."""
        archive = np.arange(len(self.labels.chances), self.counts.headlines.shape[0])
        margins = plain(self.counts, self.labels, self.settings, seen, archive)
        chances = self.teacher(seen, self.decision.logits(margins))
        scored = Labels(chances, np.full(chances.shape, self.settings.adapt_weight))
        return learn(self.counts[np.concatenate([seen, archive])], self.labels[seen] + scored, self.settings)

    def unseen(self, seen: Places, asked: Places) -> Floats:
        """Learn from the training headlines at some places and give the margins of those at others."""
        return self.learn(seen).margins(self.counts[asked])


def adapt(corpus: Corpus, archive: Archive, engage: Engage, settings: Settings, stages: Stages) -> Adapted:
    """Train a model on a corpus, and again with an archive beside it.

    Args:
        corpus: Labelled headlines.
        archive: Headlines without tags, none of which resembles one that will judge.
        engage: Who finds the teacher.
        settings: How to train.
        stages: Where to tell what happens.

    Returns:
        The models, and what the second one learnt from.
    """
    headlines, tagged = list(corpus.frame["headline"][corpus.train]), corpus.tagged[corpus.train]
    with stages("teach") as tell:
        teacher, archive = engage(headlines, tagged, archive)
        tell(f"{len(archive.headlines):,} headlines to score")
    counts, labels = analyse([*headlines, *archive.headlines], settings, stages), Labels.of(corpus, settings)
    everything = np.arange(len(tagged))
    with stages("classify") as tell:
        learnt = learn(counts[everything], labels, settings)
        tell(f"before: {learnt}")
    before = judge(learnt, counts, corpus, settings, stages, partial(plain, counts, labels, settings))
    lesson = Lesson(counts, labels, teacher, before.model.decision, settings)
    with stages("adapt") as tell:
        learnt = lesson.learn(everything)
        tell(f"after: {learnt}")
    after = judge(learnt, counts, corpus, settings, stages, lesson.unseen)
    card = replace(after.model.card, corpus=after.model.card.corpus | {"archive": archive.facts()})
    return Adapted(before, replace(after, model=replace(after.model, card=card)), archive)
