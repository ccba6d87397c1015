"""A model saved once and for all: it gives the scores that it gave then, and other formats are refused with a way out.

``golden/model`` learnt from 2,000 rows of the corpus in format 1. If a change of code is meant to change scores, say so
in the release and make a new one beside it; a new format must still read this folder, or convert it.
"""

import csv
import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipeline import model
from pipeline.errors import ModelError
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

GOLDEN = Path(__file__).parent / "golden"
with (GOLDEN / "scores.csv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table))


def test_scores_are_what_they_were() -> None:
    given = Tagger.load(GOLDEN / "model").tag([row["headline"] for row in ROWS])
    scores = [[one.scores[topic] for topic in TOPICS] for one in given]
    np.testing.assert_allclose(scores, [[float(row[topic]) for topic in TOPICS] for row in ROWS], rtol=0, atol=1e-6)
    assert [(" ".join(one.tags), one.unsure) for one in given] == [(row["tags"], row["unsure"] == "1") for row in ROWS]
    assert {one.topic for one in given} == {*TOPICS, "other"}
    assert len(ROWS) >= 60


def test_the_folder_is_what_it_was() -> None:
    assert model.digest(GOLDEN / "model") == "af141e5ec5de448afc49e4cc56bc79128a869308214ef7055b873b35b947aae5"
    assert model.load(GOLDEN / "model").card.format == 1


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (
            model.FORMAT + 1,
            rf"found format {model.FORMAT + 1}; expected format {model.FORMAT}; upgrade rubrika, or train",
        ),
        (
            model.FORMAT - 1,
            rf"found format {model.FORMAT - 1}; expected format {model.FORMAT}; train one by `make train`",
        ),
        ("1", "a model that cannot be read"),
        (None, "a model that cannot be read"),
        ([1], "a model that cannot be read"),
    ],
)
def test_another_format_is_refused_with_the_way_out(version: object, told: str) -> None:
    folder = Path("champion")
    shutil.copytree(GOLDEN / "model", folder)
    card = json.loads((folder / "model.json").read_bytes())
    (folder / "model.json").write_text(json.dumps(card | {"format": version}), encoding="utf-8")
    names = ("model.json", "features.arrow")
    sums = (f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    with pytest.raises(ModelError, match=told) as refused:
        Tagger.load(folder)
    assert re.search("train one by `make train`, or name another by --model$", str(refused.value))
    assert len(str(refused.value).splitlines()) == 1
