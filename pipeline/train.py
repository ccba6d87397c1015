"""READ FIRST. Training, from labelled tables to a model: the stages in their order.

``adapt/fit.py`` goes the same way with an archive beside the corpus; ``analyse`` and ``judge`` serve both.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipeline import classify, tfidf
from pipeline.assemble import assemble
from pipeline.chunks import split
from pipeline.corpus import Corpus, read_corpus
from pipeline.crossfit import Unseen, cross_fit
from pipeline.evaluate import Quality, measure, quality
from pipeline.features import Features
from pipeline.learn import Labels, Learnt, learn, plain
from pipeline.lemmatize import lemmatize
from pipeline.model import Model
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger


@dataclass(frozen=True)
class Trained:
    """A trained model.

    Attributes:
        model: The model.
        corpus: What it learnt from and was judged on.
        validated: How right it is in cross-validation, by thresholds chosen there.
        held_out: How right it is on the headlines held out.
    """

    model: Model
    corpus: Corpus
    validated: Quality
    held_out: Quality


def train(paths: Sequence[Path], settings: Settings, stages: Stages, lessons: pd.DataFrame | None = None) -> Trained:
    """Train a model.

    Args:
        paths: Labelled tables.
        settings: How to train.
        stages: Where to tell what happens.
        lessons: Corrected headlines as a labelled table; see ``lessons.py``.

    Returns:
        The model and how right it is.
    """
    with stages("ingest") as tell:
        corpus = read_corpus(paths, settings.split_held_out, lessons)
        tell(f"{len(corpus.frame):,} headlines: {corpus.train.sum():,} train, {corpus.held_out.sum():,} held out")
    return train_on(corpus, settings, stages)


def train_on(corpus: Corpus, settings: Settings, stages: Stages) -> Trained:
    """Train a model on the training side of a corpus, and judge it on the other.

    Args:
        corpus: Labelled headlines, dealt in whatever way.
        settings: How to train.
        stages: Where to tell what happens.

    Returns:
        The model and how right it is.
    """
    counts = analyse(list(corpus.frame["headline"]), settings, stages)
    seen, labels = counts[corpus.train], Labels.of(corpus, settings)
    with stages("classify") as tell:
        learnt = learn(seen, labels, settings)
        tell(f"{settings.classify_model}, penalty {settings.classify_penalty:g}, {learnt}")
    return judge(learnt, counts, corpus, settings, stages, partial(plain, seen, labels, settings))


def analyse(headlines: Sequence[str], settings: Settings, stages: Stages) -> tfidf.Counts:
    """Cut headlines, lemmatize each distinct chunk, and count.

    Args:
        headlines: Raw headlines.
        settings: What to count.
        stages: Where to tell what happens.

    Returns:
        The counts.
    """
    with stages("lemmatize") as tell:
        chunks = split(pa.array(headlines, pa.string()))
        words = [lemmatize(chunk) for chunk in chunks.distinct]
        tell(f"{len(chunks.codes):,} chunks, {len(words):,} of them distinct")
    with stages("tfidf") as tell:
        counts = tfidf.count(chunks, words, Features.of(settings))
        tell(", ".join(f"{len(names):,} {block} features counted" for block, names in counts.features.items()))
    return counts


def judge(
    learnt: Learnt, counts: tfidf.Counts, corpus: Corpus, settings: Settings, stages: Stages, unseen: Unseen
) -> Trained:
    """Calibrate what was learnt, and measure it.

    Args:
        learnt: What was learnt from the training side.
        counts: Whose features it was learnt on.
        corpus: What to calibrate and to measure on.
        settings: How to train.
        stages: Where to tell what happens.
        unseen: How the same is learnt from a part of the training side.

    Returns:
        The model and how right it is.
    """
    tagged, draws = corpus.tagged[corpus.train], (settings.evaluate_resamples, settings.seed)
    with stages("calibrate") as tell:
        margins = cross_fit(corpus, settings, unseen)
        decision = classify.decide(margins, tagged, settings.unsure_right)
        tell("thresholds " + ", ".join(f"{cut:.2f}" for cut in decision.thresholds))
    with stages("evaluate") as tell:
        model = assemble(counts, learnt, decision, corpus, settings)
        validated = quality(decision.given(decision.scores(margins)), tagged, *draws)
        held_out = measure(Tagger(model), *corpus.asked, *draws)
        tell(f"macro-F1 {validated.macro_f1:.3f} in cross-validation, {held_out.macro_f1:.3f} on held-out headlines")
    card = replace(model.card, metrics={"validated": asdict(validated), "held_out": asdict(held_out)})
    return Trained(replace(model, card=card), corpus, validated, held_out)
