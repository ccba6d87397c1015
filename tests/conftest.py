"""What several tests share: a small corpus, a model trained on it once, and a sealed box around every test."""

from pathlib import Path

import pytest

from pipeline import model
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.train import Trained, train

ROOT = Path(__file__).parent.parent
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
def small(trained: Trained) -> model.Model:
    """A model of forty features, quick to save."""
    return model.Model(trained.model.card, trained.model.features.slice(0, 40))


@pytest.fixture
def folder(small: model.Model, tmp_path: Path) -> Path:
    """The same, saved for one test."""
    model.save(small, tmp_path / "models" / "champion")
    return tmp_path / "models" / "champion"


@pytest.fixture(autouse=True)
def sealed_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with MLflow's store inside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
