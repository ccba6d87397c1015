"""READ FIRST. Training, from labelled tables to a model: the stages in their order."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from joblib import Parallel, delayed
from sklearn.model_selection import GroupKFold

from pipeline import classify, tfidf
from pipeline.chunks import split
from pipeline.corpus import Corpus, digest, read_corpus, weights
from pipeline.created import created
from pipeline.decide import Decision
from pipeline.evaluate import Quality, measure, quality
from pipeline.features import Features
from pipeline.lemmatize import lemmatize
from pipeline.model import FORMAT, Card, Model
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_DECIDED_BY: Final = ("numpy", "scipy", "scikit-learn", "pymorphy3", "pymorphy3-dicts-ru", "pyarrow", "rubrika")
"""Packages whose version can change what is learnt."""


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


def train(paths: Sequence[Path], settings: Settings, stages: Stages) -> Trained:
    """Train a model.

    Args:
        paths: Labelled tables.
        settings: How to train.
        stages: Where to tell what happens.

    Returns:
        The model and how right it is.
    """
    with stages("ingest") as tell:
        corpus = read_corpus(paths, settings.split_held_out)
        tell(f"{len(corpus.frame):,} headlines: {corpus.train.sum():,} train, {corpus.held_out.sum():,} held out")
    with stages("lemmatize") as tell:
        chunks = split(pa.array(corpus.frame["headline"], pa.string()))
        words = [lemmatize(chunk) for chunk in chunks.distinct]
        tell(f"{len(chunks.codes):,} chunks, {len(words):,} of them distinct")
    with stages("tfidf") as tell:
        counts = tfidf.count(chunks, words, Features.of(settings))
        blocks = tfidf.fit(counts[corpus.train], settings)
        tell(", ".join(f"{len(block.columns):,} {block.name} features" for block in blocks))
    with stages("classify") as tell:
        rows = tfidf.factors(counts[corpus.train], blocks)
        weight = weights(corpus.frame[corpus.train], settings.classify_written, settings.classify_second)
        linear = classify.fit(rows, corpus.tagged[corpus.train], weight, settings)
        size = " x ".join(f"{length:,}" for length in rows.shape)
        tell(f"{settings.classify_model}, penalty {settings.classify_penalty:g}, {size} numbers")
    with stages("calibrate") as tell:
        margins = cross_fit(counts[corpus.train], corpus, weight, settings)
        decision = classify.decide(margins, corpus.tagged[corpus.train], settings.unsure_right)
        tell("thresholds " + ", ".join(f"{cut:.2f}" for cut in decision.thresholds))
    with stages("evaluate") as tell:
        draws = settings.evaluate_resamples, settings.seed
        model = assemble(counts, blocks, linear, decision, corpus, settings)
        validated = quality(decision.given(decision.scores(margins)), corpus.tagged[corpus.train], *draws)
        held_out = measure(Tagger(model), *corpus.asked, *draws)
        tell(f"macro-F1 {validated.macro_f1:.3f} in cross-validation, {held_out.macro_f1:.3f} on held-out headlines")
    card = replace(model.card, metrics={"validated": asdict(validated), "held_out": asdict(held_out)})
    return Trained(replace(model, card=card), corpus, validated, held_out)


def cross_fit(counts: tfidf.Counts, corpus: Corpus, weight: Floats, settings: Settings) -> Floats:
    """Give each training headline the margins of a model that has seen neither it nor its retellings.

    Args:
        counts: The training headlines.
        corpus: Their tags and groups.
        weight: How much each counts for each topic; shape (n_training, n_topics).
        settings: How to train.

    Returns:
        Shape (n_training, n_topics).
    """
    tagged, groups = corpus.tagged[corpus.train], corpus.groups[corpus.train]
    folds = list(
        GroupKFold(settings.split_folds, shuffle=True, random_state=settings.seed).split(tagged, groups=groups)
    )
    margins = np.zeros(tagged.shape)
    # In processes: liblinear draws its lots from one well for all threads, and equal trainings must give equal bytes.
    fits = (
        delayed(_unseen)(counts[seen], tagged[seen], weight[seen], counts[asked], settings) for seen, asked in folds
    )
    for (_, asked), answer in zip(folds, Parallel(n_jobs=-1)(fits), strict=True):
        margins[asked] = answer
    return margins


def _unseen(seen: tfidf.Counts, tagged: Flags, weight: Floats, asked: tfidf.Counts, settings: Settings) -> Floats:
    """Give the margins of a model that learns from the headlines seen, for the headlines asked."""
    blocks = tfidf.fit(seen, settings)
    linear = classify.fit(tfidf.factors(seen, blocks), tagged, weight, settings)
    return linear.margins(tfidf.factors(asked, blocks))


def assemble(
    counts: tfidf.Counts,
    blocks: Sequence[tfidf.Block],
    linear: classify.Linear,
    decision: Decision,
    corpus: Corpus,
    settings: Settings,
) -> Model:
    """Put what was learnt into one model, its metrics still empty."""
    features = pa.table(
        {
            "block": pa.array([block.name for block in blocks for _ in block.columns]).dictionary_encode(),
            "feature": pa.array(np.concatenate([counts.features[block.name][block.columns] for block in blocks])),
            "idf": np.concatenate([block.idf for block in blocks]).astype(np.float32),
        }
        | {topic.value: linear.weights[:, place].astype(np.float32) for place, topic in enumerate(TOPICS)}
    )
    card = Card(
        format=FORMAT,
        name="rubrika",
        created=created(),
        topics=list(TOPICS),
        intercepts=linear.intercepts.tolist(),
        decision=decision.plain(),
        settings=asdict(settings),
        corpus=facts(corpus),
        metrics={},
        versions={name: version(name) for name in _DECIDED_BY},
    )
    return Model(card, features)


def facts(corpus: Corpus) -> dict[str, object]:
    """Give the digest and the counts of a corpus."""
    return {
        "sha256": digest(corpus.frame),
        "headlines": len(corpus.frame),
        "train": int(corpus.train.sum()),
        "held_out": int(corpus.held_out.sum()),
        "tagged": {topic.value: int(corpus.tagged[:, place].sum()) for place, topic in enumerate(TOPICS)},
    }
