"""Larger corpora by edits, and what each stage of a training on them costs."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.bench.growth import grown, main, measure, save
from pipeline.labelled import read_labelled


@pytest.mark.parametrize("rows", [100, 3000, 7000])
def test_copies_have_half_of_their_words_exchanged(small_corpus: Path, rows: int) -> None:
    table = read_labelled(small_corpus).reset_index(drop=True)
    larger = grown(table, rows, 1)
    assert len(larger) == rows
    assert larger.equals(grown(table, rows, 1))
    assert list(larger["headline"][:3000]) == list(table["headline"][:rows])
    for place in range(3000, rows, 7):
        own, copy = table["headline"][place % 3000].split(), larger["headline"][place].split()
        assert len(own) == len(copy)
        assert sum(one != other for one, other in zip(own, copy, strict=True)) <= (len(own) + 1) // 2
        assert larger["tags"][place] == table["tags"][place % 3000]


def test_trainings_of_each_size_are_measured_in_a_process_of_their_own(
    small_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.bench.speed._PACKAGES", ("numpy",))
    Path("data").mkdir()
    shutil.copy(small_corpus, "data/headlines.csv")
    main(["600"])
    told = json.loads(Path("models/report/growth.json").read_text("utf-8"))
    assert list(told["rows"]) == ["600"]
    assert list(told["rows"]["600"])[:2] == ["ingest", "lemmatize"]


def test_every_stage_is_measured_and_drawn(small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.bench.speed._PACKAGES", ("numpy",))
    grown(read_labelled(small_corpus), 1500, 1).to_csv("headlines.csv", index=False)
    measured = measure(Path("headlines.csv"))
    assert list(measured) == ["ingest", "lemmatize", "tfidf", "classify", "calibrate", "evaluate"]
    assert all(stage["seconds"] >= 0 and stage["megabytes"] > 1 for stage in measured.values())
    save({1500: measured}, Path("report"))
    assert json.loads(Path("report/growth.json").read_text("utf-8"))["rows"] == {"1500": measured}
    row, _, told = Path("report/growth.md").read_text("utf-8").splitlines()[-3:]
    assert row.startswith("| 1,500 | ")
    assert told.startswith("1,500 headlines take ")
    assert Path("report/growth.svg").stat().st_size > 1000
