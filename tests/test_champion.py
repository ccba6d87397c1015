"""The champion: only one at least as good takes its place; MLflow keeps what was tried, and how well it did."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from pipeline import model
from pipeline.champion import Verdict, judge, train_champion
from pipeline.errors import InputError
from pipeline.settings import Settings
from pipeline.topics import TOPICS
from pipeline.train import Trained

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1

SETTINGS = Settings(split_folds=2, evaluate_resamples=20)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_equal_or_better_challenger_may_replace_and_a_worse_one_may_not(
    trained: Trained, worse: Trained, tmp_path: Path
) -> None:
    for name, each in {"champion": trained, "worse": worse}.items():
        model.save(each.model, tmp_path / name)
    rows, fall = trained.held_out.rows, 100 * (worse.held_out.macro_f1 - trained.held_out.macro_f1)
    verdict = judge(worse, tmp_path / "champion")
    assert not verdict.replaced
    assert verdict.why.startswith(f"macro-F1 {fall:+.1f} points (")
    assert f") on the same {rows:,} held-out headlines, not as good: lower overall" in verdict.why
    for champion in ("champion", "worse"):
        verdict = judge(trained, tmp_path / champion)
        assert verdict.replaced
        assert verdict.why.endswith(f"on the same {rows:,} held-out headlines, at least as good")


def test_first_model_may_become_champion(trained: Trained, tmp_path: Path) -> None:
    assert judge(trained, tmp_path / "models" / "champion") == Verdict(True, "there was no champion")


@pytest.mark.parametrize("damage", ["a byte", "no card", "a setting of another rubrika"])
def test_champion_that_cannot_be_used_may_be_replaced(trained: Trained, damage: str, tmp_path: Path) -> None:
    folder = tmp_path / "champion"
    card = replace(trained.model.card, settings=trained.model.card.settings | {"mood": "blue"})
    model.save(replace(trained.model, card=card), folder)
    if damage == "a byte":
        (folder / "features.arrow").write_bytes((folder / "features.arrow").read_bytes()[:-1] + b"?")
    elif damage == "no card":
        (folder / "model.json").unlink()
    verdict = judge(trained, folder)
    assert verdict.replaced
    assert verdict.why.startswith(f"the champion there cannot be used ({folder}: found ")


@dataclass(frozen=True)
class Store:
    box: Path
    client: MlflowClient
    runs: list[Run]  # the latest first


@pytest.fixture(scope="module")
def trainings(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    box = tmp_path_factory.mktemp("mlflow")
    uri = f"sqlite:///{box / 'mlflow.db'}"
    lines = small_corpus.read_text(encoding="utf-8").splitlines(keepends=True)
    (box / "headlines.csv").write_text("".join(lines[:1001]), encoding="utf-8")
    (box / "broken.csv").write_text("headline,tags\nРубль упал,спорт\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(box)
        patch.setenv("HOME", str(box))
        patch.setenv("MLFLOW_TRACKING_URI", uri)
        assert train_champion([box / "headlines.csv"], SETTINGS, box / "champion").replaced
        with pytest.raises(InputError, match="line 2: found unknown topic “спорт”"):
            train_champion([box / "broken.csv"], SETTINGS, box / "champion")
        client = MlflowClient(uri)
        experiment = client.get_experiment_by_name("rubrika")
        assert experiment is not None
        yield Store(box, client, list(client.search_runs([experiment.experiment_id])))


def test_failing_training_leaves_a_failed_run_with_its_error_and_the_champion(trainings: Store) -> None:
    failed, finished = trainings.runs
    assert failed.info.status == "FAILED"
    assert failed.data.tags["error"].startswith("InputError: ")
    assert "line 2: found unknown topic “спорт”" in failed.data.tags["error"]
    assert finished.info.status == "FINISHED"
    assert failed.data.metrics == {}
    assert model.load(trainings.box / "champion").card.corpus["headlines"] == 1000
    assert list((trainings.box / "models/pending").iterdir()) == [], "nothing waits for the server"


def test_run_has_every_setting(trainings: Store) -> None:
    for run in trainings.runs:
        assert run.data.params == {name: str(value) for name, value in asdict(SETTINGS).items()}


@pytest.mark.parametrize("side", ["validated", "held_out"])
def test_run_has_the_figures_of_the_card(trainings: Store, side: str) -> None:
    logged = trainings.runs[-1].data.metrics
    card = model.load(trainings.box / "champion").card.metrics[side]
    expected = {"macro_f1": card["macro_f1"], "exact": card["exact"]}
    expected |= {"macro_f1_low": card["interval"][0], "macro_f1_high": card["interval"][1]}
    for topic in TOPICS:
        expected |= {f"{name}_{topic}": value for name, value in card["topics"][topic].items()}
    assert len(expected) == 4 + 4 * len(TOPICS)
    assert {name: logged[f"{side}_{name}"] for name in expected} == pytest.approx(expected)


def test_run_has_the_figures_of_the_baselines_and_the_cost_of_the_stages(trainings: Store) -> None:
    logged = trainings.runs[-1].data.metrics
    for baseline in ("raw_words", "majority"):
        assert 0 < logged[f"held_out_{baseline}_macro_f1"] < 1
    for stage in ("ingest", "lemmatize", "tfidf", "classify", "calibrate", "evaluate"):
        assert logged[f"seconds_{stage}"] > 0
        assert logged[f"megabytes_{stage}"] > 100


def test_run_tells_where_the_model_errs(trainings: Store, tmp_path: Path) -> None:
    run = trainings.runs[-1]
    logged = run.data.metrics
    for name in ("calibration_error/war", "average_precision/economy", "slice/origin/retold/macro_f1"):
        assert 0 <= logged[name] <= 1
    slices = [logged[name] for name in logged if name.startswith("slice/origin/") and name.endswith("/support")]
    assert sum(slices) == model.load(trainings.box / "champion").card.corpus["held_out"]
    curve = trainings.client.get_metric_history(run.info.run_id, "curve/precision_by_recall/war")
    assert [point.step for point in curve] == list(range(0, 101, 5))
    assert all(a.value >= b.value for a, b in pairwise(curve))
    kept = Path(trainings.client.download_artifacts(run.info.run_id, "", str(tmp_path)))
    for picture in ("confusion.png", "curves.png"):
        assert (kept / picture).read_bytes().startswith(b"\x89PNG\r\n")
    assert "<!doctype html>" in (kept / "report.html").read_text(encoding="utf-8").lower()
    worst = json.loads((kept / "worst.json").read_text(encoding="utf-8"))
    assert worst["columns"][:5] == ["line", "headline", "true", "given", "off"]
    assert all(len(row) == len(worst["columns"]) for row in worst["data"])


def test_run_names_its_data_set_its_code_and_its_machine(trainings: Store) -> None:
    run = trainings.runs[-1]
    assert run.inputs is not None
    (used,) = run.inputs.dataset_inputs
    sha256 = model.load(trainings.box / "champion").card.corpus["sha256"]
    assert used.dataset.name == "headlines"
    assert used.dataset.digest == sha256[:36]
    assert {tag.key: tag.value for tag in used.tags} == {"mlflow.data.context": "training"}
    tags = run.data.tags
    assert tags["corpus_sha256"] == sha256
    assert json.loads(tags["data"]) == [str(trainings.box / "headlines.csv")]
    assert json.loads(tags["versions"])["scikit-learn"]
    assert len(tags["lock_sha256"]) == 64
    assert tags["mlflow.user"]
    assert "processors" in tags["machine"]


def test_run_keeps_the_model_that_is_champion(trainings: Store) -> None:
    version = trainings.client.get_model_version_by_alias("rubrika", "champion")
    assert version.run_id == trainings.runs[-1].info.run_id
    assert version.tags["digest"] == model.digest(trainings.box / "champion")
