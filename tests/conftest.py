"""What several tests share: a small corpus, a model trained on it once, and a sealed box around every test."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline import model
from pipeline.evaluate import measure
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS
from pipeline.train import Trained, train

collect_ignore = ["mutation.py"]  # needs the extra mutants
ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests/golden/model"
"""A model that takes no training: for tests of what a model does, not of what was learnt."""
SERVER = "RUBRIKA_TEST_SERVER"
"""Names the tracking server to run the registry's tests against, instead of a file for each."""
ROWS = 3000
"""Rows of the corpus that the tests' own model learns from: enough to learn, few enough to be quick."""


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The head of the corpus."""
    path = tmp_path_factory.mktemp("corpus") / "headlines.csv"
    with (ROOT / "data/headlines.csv").open(encoding="utf-8") as whole:
        path.write_text("".join(line for _, line in zip(range(ROWS + 1), whole, strict=False)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def trained(small_corpus: Path) -> Trained:
    """A model in memory, trained on the head of the corpus."""
    return train([small_corpus], Settings(split_folds=2, evaluate_resamples=50), Stages())


@pytest.fixture(scope="session")
def model_folder(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model, saved."""
    folder = tmp_path_factory.mktemp("models") / "champion"
    model.save(trained.model, folder)
    return folder


@pytest.fixture(scope="session")
def tagger(model_folder: Path) -> Tagger:
    """The same model, loaded again."""
    return Tagger.load(model_folder)


@pytest.fixture
def small() -> model.Model:
    """A model of forty features, quick to save."""
    golden = model.load(GOLDEN)
    return model.Model(golden.card, golden.features.slice(0, 40))


@pytest.fixture
def folder(small: model.Model, tmp_path: Path) -> Path:
    """The same, saved for one test."""
    model.save(small, tmp_path / "models" / "champion")
    return tmp_path / "models" / "champion"


@pytest.fixture(scope="session")
def worse(trained: Trained) -> Trained:
    """The same model without its n-grams: not as good."""
    table = trained.model.features
    words = table["block"].to_numpy() == "word"
    for topic in TOPICS:
        weights = pa.array(np.where(words, table[topic], 0).astype(np.float32))
        table = table.set_column(table.column_names.index(topic), topic, weights)
    made = model.Model(trained.model.card, table)
    return replace(trained, model=made, held_out=measure(Tagger(made), *trained.corpus.asked, 9, 0))


@pytest.fixture(scope="session")
def blank_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow store with its tables and nothing in them; making one takes seconds, copying it does not."""
    from mlflow import MlflowClient

    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def store(tmp_path: Path, blank_store: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty store: a file, or the server that `make test-team` names."""
    uri = os.environ.get(SERVER)
    if uri:
        emptied(uri)
    else:
        shutil.copy(blank_store, tmp_path / "mlflow.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri or f"sqlite:///{tmp_path / 'mlflow.db'}")
    return os.environ["MLFLOW_TRACKING_URI"]


def emptied(uri: str) -> None:
    """Rid a server of what the test before has left."""
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    for registered in client.search_registered_models():
        client.delete_registered_model(registered.name)
    for experiment in client.search_experiments(filter_string="name = 'rubrika'"):
        client.rename_experiment(experiment.experiment_id, f"of {experiment.experiment_id}")
        client.delete_experiment(experiment.experiment_id)


@pytest.fixture(autouse=True)
def sealed_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with MLflow's store inside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
