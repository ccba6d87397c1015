"""The champion: only one at least as good takes its place; MLflow keeps what was tried, and how well it did."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from pipeline import model
from pipeline.champion import Verdict, promote, train_champion
from pipeline.errors import InputError
from pipeline.evaluate import measure
from pipeline.settings import Settings
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS
from pipeline.train import Trained

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1

SETTINGS = Settings(split_folds=2, evaluate_resamples=20)


def without_ngrams(trained: Trained) -> Trained:
    table = trained.model.features
    weights = {topic.value: np.where(table["block"].to_numpy() == "word", table[topic], 0) for topic in TOPICS}
    weights = {name: pa.array(column.astype(np.float32)) for name, column in weights.items()}
    for name, column in weights.items():
        table = table.set_column(table.column_names.index(name), name, column)
    worse = model.Model(trained.model.card, table)
    return replace(trained, model=worse, held_out=measure(Tagger(worse), *trained.corpus.asked, 9, 0))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_worse_challenger_does_not_replace(trained: Trained, tmp_path: Path) -> None:
    model.save(trained.model, tmp_path / "champion")
    before = files(tmp_path / "champion")
    worse = without_ngrams(trained)
    assert worse.held_out.macro_f1 < trained.held_out.macro_f1
    verdict = promote(worse, tmp_path / "champion")
    figures = f"macro-F1 {worse.held_out.macro_f1:.4f} against {trained.held_out.macro_f1:.4f}"
    assert verdict == Verdict(False, f"{figures} on the same {trained.held_out.rows:,} held-out headlines, not as good")
    assert files(tmp_path / "champion") == before


@pytest.mark.parametrize("better", [False, True], ids=["equal", "better"])
def test_equal_or_better_challenger_replaces(trained: Trained, better: bool, tmp_path: Path) -> None:
    old = without_ngrams(trained).model if better else trained.model
    model.save(replace(old, card=replace(old.card, name="old")), tmp_path / "champion")
    verdict = promote(trained, tmp_path / "champion")
    assert verdict.replaced
    assert f"macro-F1 {trained.held_out.macro_f1:.4f} against" in verdict.why
    assert verdict.why.endswith("at least as good")
    assert model.load(tmp_path / "champion").card.name == "rubrika"


def test_first_model_is_champion(trained: Trained, tmp_path: Path) -> None:
    assert promote(trained, tmp_path / "models" / "champion") == Verdict(True, "there was no champion")
    assert model.load(tmp_path / "models" / "champion").features.equals(trained.model.features)


@pytest.mark.parametrize("damage", ["a byte", "no card", "a setting of another rubrika"])
def test_champion_that_cannot_be_used_is_replaced(trained: Trained, damage: str, tmp_path: Path) -> None:
    folder = tmp_path / "champion"
    card = replace(trained.model.card, settings=trained.model.card.settings | {"mood": "blue"})
    model.save(replace(trained.model, card=card), folder)
    if damage == "a byte":
        (folder / "features.arrow").write_bytes((folder / "features.arrow").read_bytes()[:-1] + b"?")
    elif damage == "no card":
        (folder / "model.json").unlink()
    verdict = promote(trained, folder)
    assert verdict.replaced
    assert verdict.why.startswith(f"the champion there cannot be used ({folder}: found ")
    assert model.load(folder).settings == trained.model.settings


@dataclass(frozen=True)
class Store:
    box: Path
    client: MlflowClient
    runs: list[Run]  # the latest first


@pytest.fixture(scope="module")
def store(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    box = tmp_path_factory.mktemp("mlflow")
    uri = f"sqlite:///{box / 'mlflow.db'}"
    lines = small_corpus.read_text(encoding="utf-8").splitlines(keepends=True)
    (box / "headlines.csv").write_text("".join(lines[:1001]), encoding="utf-8")
    (box / "broken.csv").write_text("headline,tags\nРубль упал,спорт\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(box)
        patch.setenv("MLFLOW_TRACKING_URI", uri)
        assert train_champion([box / "headlines.csv"], SETTINGS, box / "champion").replaced
        with pytest.raises(InputError, match="line 2: found unknown topic “спорт”"):
            train_champion([box / "broken.csv"], SETTINGS, box / "champion")
        client = MlflowClient(uri)
        experiment = client.get_experiment_by_name("rubrika")
        assert experiment is not None
        yield Store(box, client, list(client.search_runs([experiment.experiment_id])))


def test_failing_training_leaves_a_failed_run_and_the_champion(store: Store) -> None:
    failed, finished = store.runs
    assert failed.info.status == "FAILED"
    assert finished.info.status == "FINISHED"
    assert failed.data.metrics == {}
    assert model.load(store.box / "champion").card.corpus["headlines"] == 1000


def test_run_has_every_setting(store: Store) -> None:
    for run in store.runs:
        assert run.data.params == {name: str(value) for name, value in asdict(SETTINGS).items()}


@pytest.mark.parametrize("side", ["validated", "held_out"])
def test_run_has_the_figures_of_the_card(store: Store, side: str) -> None:
    logged = store.runs[-1].data.metrics
    card = model.load(store.box / "champion").card.metrics[side]
    expected = {"macro_f1": card["macro_f1"], "exact": card["exact"]}
    expected |= {"macro_f1_low": card["interval"][0], "macro_f1_high": card["interval"][1]}
    for topic in TOPICS:
        expected |= {f"{name}_{topic}": value for name, value in card["topics"][topic].items()}
    assert len(expected) == 4 + 4 * len(TOPICS)
    assert {name: logged[f"{side}_{name}"] for name in expected} == pytest.approx(expected)


def test_run_has_the_figures_of_the_baselines_and_the_times(store: Store) -> None:
    logged = store.runs[-1].data.metrics
    for baseline in ("raw_words", "majority"):
        assert 0 < logged[f"held_out_{baseline}_macro_f1"] < 1
    for stage in ("ingest", "lemmatize", "tfidf", "classify", "calibrate", "evaluate"):
        assert logged[f"seconds_{stage}"] > 0


def test_run_names_its_data_set(store: Store) -> None:
    inputs = store.runs[-1].inputs
    assert inputs is not None
    (used,) = inputs.dataset_inputs
    sha256 = model.load(store.box / "champion").card.corpus["sha256"]
    assert used.dataset.name == "headlines"
    assert used.dataset.digest == sha256[:36]
    assert {tag.key: tag.value for tag in used.tags} == {"mlflow.data.context": "training"}
    assert store.runs[-1].data.tags["corpus_sha256"] == sha256


def test_run_keeps_the_picture_and_the_model(store: Store, tmp_path: Path) -> None:
    kept = Path(store.client.download_artifacts(store.runs[-1].info.run_id, "", str(tmp_path)))
    assert (kept / "confusion.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert files(kept / "model") == files(store.box / "champion")
    assert Tagger.load(kept / "model").tag(["Рубль упал"]) == Tagger.load(store.box / "champion").tag(["Рубль упал"])
