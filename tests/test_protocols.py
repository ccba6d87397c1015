"""Protocols: what is left out stays out, no judged headline has a twin that trained, and all of it is a table."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from pipeline.assess.protocols import CUTS, SLIM, cuts, dealt, lacking, protocols
from pipeline.cli import main
from pipeline.corpus import Corpus, read_corpus
from pipeline.settings import Settings

SETTINGS = Settings(split_folds=2, evaluate_resamples=20, tfidf_ngram_max=0)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    path = tmp_path_factory.mktemp("protocols") / "headlines.csv"
    whole = Path(__file__).parent.parent / "data/headlines.csv"
    lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[1::12]]), encoding="utf-8")
    return read_corpus([path], SETTINGS.split_held_out)


def test_no_judged_row_is_or_resembles_a_training_row(corpus: Corpus) -> None:
    named = {protocol.name: protocol.corpus for protocol in dealt(corpus)}
    assert len(named) == 1 + 3 + CUTS
    for one in named.values():
        assert not (one.train & one.held_out).any()
        assert not set(one.groups[one.train]) & set(one.groups[one.held_out])


def test_what_is_left_out_stays_out(corpus: Corpus) -> None:
    origins, years = corpus.frame["origin"].to_numpy(), corpus.frame["date"].str[:4].to_numpy()
    for protocol in dealt(corpus):
        train, judged = protocol.corpus.train, protocol.corpus.held_out
        if protocol.name.startswith("without"):
            assert not set(origins[train]) & set(origins[judged])
            assert set(origins[judged]) == {protocol.name.split()[1].strip(",")}
        if protocol.name.startswith("before"):
            assert "" not in set(years[train])
            assert max(years[train]) < min(years[judged]) == protocol.name.split()[1].strip(",")


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ([], []),
        (["2020"] * 9, []),
        (["2019"] * 5 + ["2020"] * 5, ["2020"]),
        (["2018"] + ["2019"] * 98 + ["2020"], []),
        ([str(year) for year in range(2000, 2020)], ["2001", "2005", "2010", "2015", "2019"]),
    ],
)
def test_cuts(years: list[str], expected: list[str]) -> None:
    found = cuts(np.array(years, dtype=np.str_))
    assert found == expected
    for year in found:
        assert SLIM <= np.mean([one < year for one in years]) <= 1 - SLIM


def test_too_few_headlines_are_said_to_lack(corpus: Corpus) -> None:
    thin = next(iter(dealt(corpus))).corpus
    few = np.zeros_like(thin.train)
    few[np.flatnonzero(thin.train)[:9]] = True
    assert lacking(thin) == ""
    assert lacking(Corpus(thin.frame, thin.tagged, few, thin.held_out, thin.groups)).startswith("of the 9 headlines")


@pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1
def test_each_is_a_row_and_a_run(corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some = corpus.frame[corpus.frame["origin"] != "retold"].assign(date="")
    some.to_csv(tmp_path / "rows.csv", index=False)
    found = protocols(tmp_path / "rows.csv", tmp_path / "report.md", SETTINGS)
    assert list(found) == ["dealt by hash", "without hard, judged on it", "without written, judged on it"]
    out, report = capsys.readouterr().out, (tmp_path / "report.md").read_text(encoding="utf-8")
    client = MlflowClient()
    runs = client.search_runs([one.experiment_id for one in client.search_experiments()])
    logged = {run.info.run_name: run.data.metrics for run in runs}
    for name, quality in found.items():
        assert f"{quality.macro_f1:.3f}" in next(line for line in out.splitlines() if line.startswith(name))
        assert re.search(rf"^\| {name} \|.* {quality.macro_f1:.3f} ", report, re.MULTILINE)
        assert logged[name]["held_out_macro_f1"] == pytest.approx(quality.macro_f1)


@pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1
def test_what_has_too_few_headlines_is_left_out_and_told(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    by_origin = [
        corpus.frame[corpus.frame["origin"] == name].head(count) for name, count in (("written", 160), ("hard", 4))
    ]
    pd.concat(by_origin).assign(date="").to_csv("rows.csv", index=False)
    assert main(["evaluate", "rows.csv", "--protocols"]) == 0
    told, table = capsys.readouterr()[::-1]
    assert told.count("left out: of the ") == 3
    assert len(table.splitlines()) == 1, "no more than its head"
