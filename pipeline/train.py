"""READ FIRST. Training, from labelled tables to a model: the stages in their order.

``adapt/fit.py`` goes the same way with an archive beside the corpus; ``analyse`` and ``judge`` serve both.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from pickle import PicklingError

import numpy as np
import pandas as pd
import pyarrow as pa
from joblib import Parallel, delayed
from rich.console import Console
from rich.progress import track as progress
from sklearn.model_selection import GroupKFold

from pipeline import classify, tfidf
from pipeline.assemble import assemble
from pipeline.chunks import split
from pipeline.corpus import Corpus, read_corpus
from pipeline.errors import InputError, if_for_room
from pipeline.evaluate import Quality, measure, quality
from pipeline.features import Features
from pipeline.learn import Floats, Labels, Learnt, Places, learn, plain
from pipeline.lemmatize import lemmatize
from pipeline.model import Model
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

Unseen = Callable[[Places, Places], Floats]
"""Learns from the training headlines at some places and gives the margins of those at others."""


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


def cross_fit(corpus: Corpus, settings: Settings, unseen: Unseen) -> Floats:
    """Give each training headline the margins of a model that has seen neither it nor its retellings.

    Args:
        corpus: The training headlines' tags and groups.
        settings: How many folds.
        unseen: Learns from the headlines of the other folds and gives the margins of one fold's.

    Returns:
        Shape (n_training, n_topics).

    Raises:
        InputError: If the retellings of one event are so many that a fold would leave nothing to learn a topic from.
        RoomError: If there is no room for what is handed to the processes.
    """
    folds = _folds(corpus, settings)
    margins = np.zeros((int(corpus.train.sum()), len(TOPICS)))
    # In processes: liblinear draws its lots from one well for all threads, and equal trainings must give equal bytes.
    answers = Parallel(n_jobs=-1, return_as="generator")(delayed(unseen)(*fold) for fold in folds)
    console = Console(stderr=True)
    told = progress(answers, "calibrate", len(folds), console=console, transient=True, disable=not console.is_terminal)
    try:
        for (_, asked), answer in zip(folds, told, strict=True):
            margins[asked] = answer
    except PicklingError as error:  # joblib hands large arrays to its processes as files
        if_for_room(str(error.__cause__))
        raise
    return margins


def _folds(corpus: Corpus, settings: Settings) -> list[tuple[Places, Places]]:
    """Cut the training headlines into folds, the retellings of one event together."""
    tagged, groups = corpus.tagged[corpus.train], corpus.groups[corpus.train]
    where, events = "the training headlines", len(np.unique(groups))
    if events < settings.split_folds:
        found, expected = f"at most {events} that are no near-duplicates", f"{settings.split_folds} or more"
        raise InputError(where, found, expected, "add rows that tell other events")
    deal = GroupKFold(settings.split_folds, shuffle=True, random_state=settings.seed)
    folds = list(deal.split(tagged, groups=groups))
    for topic, column in zip(TOPICS, tagged.T, strict=True):
        if any(column[seen].all() or not column[seen].any() for seen, _ in folds):
            found = f"{topic} only, or all but only, in near-duplicates of each other"
            raise InputError(where, found, "each topic in some events and not in others", "add rows of other events")
    return folds
