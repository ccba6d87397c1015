"""What a training learns, and the model that it is put into."""

from dataclasses import asdict, replace
from importlib.metadata import version

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline import classify, tfidf
from pipeline.assemble import assemble, facts
from pipeline.chunks import split
from pipeline.corpus import Corpus, digest
from pipeline.decide import Decision
from pipeline.features import Features
from pipeline.labelled import tagged
from pipeline.learn import Labels, Learnt, learn, plain
from pipeline.lemmatize import lemmatize
from pipeline.model import FORMAT, Model
from pipeline.settings import Settings
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

SETTINGS = Settings(tfidf_ngram_min_df=1, tfidf_ngram_max=4, classify_penalty=0.5, seed=3)
ROWS = (
    ("Сейм выбрал спикера", "politics", "retold"),
    ("Премьер сменил министров", "politics", "written"),
    ("Банк поднял ставку", "economy", "hard"),
    ("Премьер снизил налог банкам", "economy politics", "retold"),
    ("Танки вошли в город", "war", "corrected"),
    ("Премьер просит танки", "war politics", "retold"),
    ("Ёжик вышел из тумана", "", "corrected"),
    ("Город украсил ёлку", "", "retold"),
)
FRAME = pd.DataFrame(ROWS, columns=["headline", "tags", "origin"])
TRAIN = np.arange(len(ROWS)) != 3
CORPUS = Corpus(FRAME, tagged(FRAME), TRAIN, ~TRAIN, np.arange(len(ROWS)))
DECISION = Decision(np.ones(3), np.zeros(3), np.full(3, 0.5), 0.1, np.zeros((3, 0, 3)))


@pytest.fixture
def counts() -> tfidf.Counts:
    chunks = split(pa.array(FRAME["headline"]))
    return tfidf.count(chunks, [lemmatize(chunk) for chunk in chunks.distinct], Features.of(SETTINGS))


@pytest.fixture
def learnt(counts: tfidf.Counts) -> Learnt:
    return learn(counts[TRAIN], Labels.of(CORPUS, SETTINGS), SETTINGS)


@pytest.fixture
def model(counts: tfidf.Counts, learnt: Learnt) -> Model:
    return assemble(counts, learnt, DECISION, CORPUS, SETTINGS)


def test_labels_are_the_tags_of_what_trains_and_its_weights() -> None:
    labels = Labels.of(CORPUS, Settings(classify_written=3.0, corrections_weight=5.0, classify_second=0.5))
    assert labels.chances.tolist() == CORPUS.tagged[TRAIN].tolist()
    assert labels.chances.dtype == np.float64
    assert labels.weights.tolist() == [
        [1, 1, 1],
        [3, 3, 3],
        [3, 3, 3],
        [5, 5, 5],
        [0.5, 1, 1],  # politics is the second tag
        [5, 5, 5],
        [1, 1, 1],
    ]


def test_labels_are_taken_and_put_together() -> None:
    labels = Labels.of(CORPUS, SETTINGS)
    both = labels[np.array([0, 2])] + labels[np.array([4])]
    assert both.chances.tolist() == labels.chances[[0, 2, 4]].tolist()
    assert both.weights.tolist() == labels.weights[[0, 2, 4]].tolist()


def test_what_is_learnt_is_what_its_stages_give(counts: tfidf.Counts, learnt: Learnt) -> None:
    labels, blocks = Labels.of(CORPUS, SETTINGS), tfidf.fit(counts[TRAIN], SETTINGS)
    linear = classify.fit(tfidf.transform(counts[TRAIN], blocks), labels.chances, labels.weights, SETTINGS)
    np.testing.assert_allclose(learnt.margins(counts), linear.margins(tfidf.transform(counts, blocks)), atol=1e-9)
    assert str(learnt) == f"{len(blocks[0].columns)} word features, {len(blocks[1].columns)} ngram features"


def test_margins_of_the_unseen_are_those_of_a_learning_without_them(counts: tfidf.Counts) -> None:
    labels, seen, asked = Labels.of(CORPUS, SETTINGS), np.array([0, 2, 3, 4, 5]), np.array([1, 6])
    known = counts[np.flatnonzero(TRAIN)]
    margins = plain(known, labels, SETTINGS, seen, asked)
    np.testing.assert_array_equal(margins, learn(known[seen], labels[seen], SETTINGS).margins(known[asked]))
    assert margins.shape == (2, 3)


def test_the_model_gives_the_margins_that_were_learnt(counts: tfidf.Counts, learnt: Learnt, model: Model) -> None:
    margins = Tagger(model).margins(pa.array(FRAME["headline"]))
    np.testing.assert_allclose(margins, learnt.margins(counts), atol=1e-5)


def test_its_table_has_a_row_a_feature(counts: tfidf.Counts, learnt: Learnt, model: Model) -> None:
    text = {"block": pa.dictionary(pa.int32(), pa.string()), "feature": pa.string()}
    numbers = dict.fromkeys(["idf", *TOPICS], pa.float32())
    assert dict(zip(model.features.column_names, model.features.schema.types, strict=True)) == text | numbers
    word, ngram = learnt.blocks
    names = [*counts.features["word"][word.columns], *counts.features["ngram"][ngram.columns]]
    assert model.features["feature"].to_pylist() == names
    assert model.features["block"].to_pylist() == ["word"] * len(word.columns) + ["ngram"] * len(ngram.columns)


def test_its_card_tells_what_it_is(learnt: Learnt, model: Model) -> None:
    card = model.card
    assert (card.format, card.name, card.topics, card.metrics) == (FORMAT, "rubrika", list(TOPICS), {})
    assert card.intercepts == learnt.linear.intercepts.tolist()
    assert model.decision.plain() == DECISION.plain()
    assert card.settings == asdict(SETTINGS)
    assert card.corpus == facts(CORPUS)
    assert card.versions.items() >= {name: version(name) for name in ("numpy", "scikit-learn", "rubrika")}.items()
    assert card.created.endswith("+00:00")


def test_facts_of_a_corpus() -> None:
    aside = replace(CORPUS, train=TRAIN & (np.arange(len(ROWS)) != 0))
    assert facts(aside) == {
        "sha256": digest(FRAME),
        "headlines": 8,
        "train": 6,
        "held_out": 1,
        "corrected": 2,
        "tagged": {"politics": 4, "economy": 2, "war": 2},
    }
