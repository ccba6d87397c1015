"""A model by any name: downloaded once, checked by its digest, kept for when the server is away; or one line."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient
from registering import registered

from pipeline import model
from pipeline.cli import main
from pipeline.registry.fetch import cache, folder_of
from pipeline.tagger import Tagger
from pipeline.train import Trained

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.usefixtures("store"),
    pytest.mark.skipif("RUBRIKA_TEST_SERVER" in os.environ, reason="takes the store away, which is a file here"),
    pytest.mark.filterwarnings("ignore:The ``noload`` loader"),  # MLflow's own, of SQLAlchemy 2.1
]

CHAMPION = Path("models/champion")
HEADLINES = ["Рубль подешевел к евро на торгах", "Дроны атаковали нефтебазу"]


@pytest.fixture
def run_id(trained: Trained) -> str:
    return registered(trained, CHAMPION)[0].run.run_id


@pytest.fixture
def source(trained: Trained) -> Path:
    """Where the store keeps a model's files."""
    registered(trained, CHAMPION)
    (kept,) = Path("mlruns").glob("*/models/*/artifacts")
    return kept


def test_model_goes_by_any_name_also_when_the_store_is_away(
    run_id: str, tagger: Tagger, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(cache())
    names = ("models:/rubrika@champion", "models:/rubrika/1", f"runs:/{run_id}", f"runs:/{run_id}/model")
    for name in names:
        assert Tagger.load(name).tag(HEADLINES) == tagger.tag(HEADLINES)
    (folder,) = (path for path in cache().iterdir() if path.name != "names")
    assert folder.name == model.digest(folder)
    before = folder.stat().st_mtime_ns
    Path("mlflow.db").write_bytes(b"no database")
    for name in names:
        assert folder_of(name) == folder
    assert folder.stat().st_mtime_ns == before
    capsys.readouterr()
    assert main(["predict", "--model", "models:/rubrika/2"]) == 1
    assert "found a store that cannot be used" in capsys.readouterr().err


def test_spoilt_cache_is_mended(run_id: str) -> None:
    folder = folder_of(f"runs:/{run_id}")
    (folder / "features.arrow").write_bytes(b"spoilt")
    assert model.digest(folder_of("models:/rubrika/1")) == model.digest(CHAMPION)


@pytest.mark.parametrize("how", ["cannot be written", "spoilt"])
def test_memory_of_names_is_a_help_and_no_need(how: str, run_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, names = f"runs:/{run_id}", cache() / "names"
    folder = folder_of(name)
    if how == "spoilt":
        for memory in names.iterdir():
            memory.write_text("{", encoding="utf-8")
        Path("mlflow.db").write_bytes(b"no database")
        assert main(["predict", "--model", name]) == 1
        assert "found a store that cannot be used" in capsys.readouterr().err
    else:
        shutil.rmtree(names)
        names.write_text("a file where a folder should be", encoding="utf-8")
        assert folder_of(name) == folder


WRONG = {
    "models:/rubrika/9": "found no version 9 of a model rubrika; expected one that is registered",
    "models:/rubrika@best": "found no version best of a model rubrika",
    "models:/nope/1": "found no version 1 of a model nope",
    "runs:/0123456789abcdef": "runs:/0123456789abcdef: found a run without a model",
    "models:/rubrika": "--model: found “models:/rubrika”; expected a folder, models:/NAME/NUMBER",
    "models:rubrika": "--model: found “models:rubrika”; expected a folder, models:/NAME/NUMBER",
}


@pytest.mark.usefixtures("run_id")
def test_name_of_nothing_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for name, told in WRONG.items():
        assert main(["predict", "--model", name]) == 1
        err = capsys.readouterr().err
        assert err.startswith("rubrika: ")
        assert told in err
        assert err.count("\n") == 1


def spoil(source: Path, how: str) -> None:
    folder = source / "artifacts/rubrika"
    if how == "no files":
        shutil.rmtree(source)
    elif how == "another make":
        shutil.rmtree(folder)
    elif how == "another model":
        made = model.load(folder)
        model.save(model.Model(made.card, made.features.slice(1)), folder)
    else:
        card = (folder / "model.json").read_text(encoding="utf-8").replace('"format": 1', '"format": 99')
        (folder / "model.json").write_text(card, encoding="utf-8")


@pytest.mark.parametrize(
    ("how", "told"),
    {
        "no files": "found a model without its files",
        "another make": "found a model of another make",
        "another model": "found other files than were registered",
        "another format": "model.json with another checksum than SHA256SUMS says",
    }.items(),
)
def test_version_that_is_not_what_was_registered_is_told_and_leaves_nothing(
    how: str, told: str, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(cache())
    spoil(source, how)
    capsys.readouterr()
    assert main(["predict", "--model", "models:/rubrika/1"]) == 1
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert not cache().exists() or list(cache().iterdir()) == []


def test_version_of_another_format_is_told(source: Path, trained: Trained, capsys: pytest.CaptureFixture[str]) -> None:
    later = model.Model(replace(trained.model.card, format=2), trained.model.features)
    digest = model.save(later, source / "artifacts/rubrika")
    MlflowClient().set_model_version_tag("rubrika", "1", "digest", digest)
    capsys.readouterr()
    assert main(["predict", "--model", "models:/rubrika/1"]) == 1
    assert "found format 2; expected format 1; upgrade rubrika" in capsys.readouterr().err


def test_place_that_cannot_be_written_is_told_before_anything_is_done(
    small_corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("models").write_text("a file where a folder should be", encoding="utf-8")
    told = "models: found a folder that cannot be written (File exists)"
    for command in (["train", "--data", str(small_corpus)], ["models"], ["models", "rollback"]):
        assert main(command) == 1
        err = capsys.readouterr().err
        assert err.startswith(f"rubrika: {told}")
        assert err.count("\n") == 1
