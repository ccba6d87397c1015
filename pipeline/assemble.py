"""The parts of a training put into one model, with the card that tells what it is."""

from dataclasses import asdict
from typing import Final

import numpy as np
import pyarrow as pa

from pipeline.corpus import Corpus, digest
from pipeline.created import created, installed
from pipeline.decide import Decision
from pipeline.labelled import CORRECTED
from pipeline.learn import Learnt
from pipeline.model import FORMAT, Card, Model
from pipeline.settings import Settings
from pipeline.tfidf import Counts
from pipeline.topics import TOPICS

_DECIDED_BY: Final = (
    *("numpy", "scipy", "scikit-learn", "pyarrow"),
    *("pymorphy3", "pymorphy3-dicts-ru", "pymorphy3-dicts-uk", "rubrika"),
)
"""Packages whose version can change what is learnt."""


def assemble(counts: Counts, learnt: Learnt, decision: Decision, corpus: Corpus, settings: Settings) -> Model:
    """Put what was learnt into one model, its metrics still empty."""
    blocks, linear = learnt.blocks, learnt.linear
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
        versions=installed(_DECIDED_BY),
    )
    return Model(card, features)


def facts(corpus: Corpus) -> dict[str, object]:
    """Give the digest and the counts of a corpus."""
    return {
        "sha256": digest(corpus.frame),
        "headlines": len(corpus.frame),
        "train": int(corpus.train.sum()),
        "held_out": int(corpus.held_out.sum()),
        "corrected": int((corpus.frame["origin"] == CORRECTED).sum()),
        "tagged": {topic.value: int(corpus.tagged[:, place].sum()) for place, topic in enumerate(TOPICS)},
    }
