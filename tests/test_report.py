"""Figures for people: tables, pictures, counts of a corpus, and the experiments."""

import io
from pathlib import Path

import pytest
from mlflow import MlflowClient
from rich.console import Console

from pipeline import experiment
from pipeline.baselines import baselines
from pipeline.cli import main
from pipeline.report import confusion, quality_table
from pipeline.train import Trained


def printed(table: object) -> str:
    text = io.StringIO()
    Console(file=text, width=200).print(table)
    return text.getvalue()


def test_baselines_are_worse_than_the_model(trained: Trained) -> None:
    beside = baselines(trained.corpus, trained.model.settings)
    assert trained.held_out.macro_f1 > beside["raw words"].macro_f1 > beside["majority"].macro_f1 > 0


def test_table_has_a_line_a_topic_and_an_interval(trained: Trained) -> None:
    lines = printed(quality_table({"rubrika": trained.held_out})).splitlines()
    assert [line.split()[0] for line in lines if line.strip()] == [
        "precision",
        "politics",
        "economy",
        "war",
        "macro-F1,",
    ]
    low, high = trained.held_out.interval
    assert f"{low:.3f} to {high:.3f}" in lines[-1]


def test_confusion_picture_is_drawn(tmp_path: Path) -> None:
    confusion(["war", "other", "economy"], ["war", "politics", "economy"]).savefig(tmp_path / "confusion.png")
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")


def test_corpus_counts_add_up(small_corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", str(small_corpus)]) == 0
    tables = capsys.readouterr().out.split("\n\n")
    for table in tables[:4]:
        rows = [line.split() for line in table.splitlines() if line.strip()][1:]
        numbers = [[int(cell.replace(",", "")) for cell in row[-6:]] for row in rows]
        assert [sum(column) for column in zip(*numbers[:-1], strict=True)] == numbers[-1]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")
def test_experiments_are_nested_runs_and_a_table(
    small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"split_folds": "2", "evaluate_resamples": "20"}
    choices = {"lemmas": small | {"tfidf_ngram_max": "0"}, "lemmas + n-grams": small}
    monkeypatch.setattr(experiment, "CHOICES", choices)
    command = ["experiment", "--data", str(small_corpus), "--foreign", str(small_corpus), "--out", "table.md"]
    assert main(command) == 0
    rows = [line for line in (tmp_path / "table.md").read_text(encoding="utf-8").splitlines() if line.startswith("| l")]
    assert {row.split(" | ")[0].strip("| ") for row in rows} == set(choices)
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    found = client.get_experiment_by_name("rubrika")
    assert found is not None
    runs = {run.info.run_name: run for run in client.search_runs([found.experiment_id])}
    parent = runs.pop("experiment").info.run_id
    assert set(runs) == set(choices)
    for run in runs.values():
        assert run.data.tags["mlflow.parentRunId"] == parent
        assert {"validated_macro_f1", "held_out_macro_f1", "foreign_macro_f1"} <= set(run.data.metrics)
        assert run.data.tags["corpus_sha256"]
