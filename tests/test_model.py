"""The saved model: what was saved comes back, what is damaged is refused, and what stood there stands until the end."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import model_fuzz
import pytest

from pipeline import model
from pipeline.errors import ModelError
from pipeline.tagger import Tagger
from pipeline.train import Trained

FILES = ("model.json", "features.arrow", "SHA256SUMS")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sums(folder: Path) -> str:
    return "".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in FILES[:2])


def refuse_changes(folder: Path, name: str, step: int) -> None:
    handle = os.open(folder / name, os.O_RDWR)
    for place in range(0, os.fstat(handle).st_size, step):
        byte = os.pread(handle, 1, place)
        os.pwrite(handle, bytes([byte[0] ^ 1]), place)
        with pytest.raises(ModelError, match="with another checksum than SHA256SUMS says"):
            model.load(folder)
        os.pwrite(handle, byte, place)
    os.close(handle)
    model.load(folder)


def test_what_was_saved_comes_back(trained: Trained, model_folder: Path) -> None:
    loaded = model.load(model_folder)
    assert asdict(loaded.card) == json.loads(json.dumps(asdict(trained.model.card)))  # JSON's lists for tuples
    assert loaded.features.equals(trained.model.features)
    assert loaded.settings == trained.model.settings
    headlines = ["Рубль упал", "Дроны ночью", "Сейм выбрал спикера", ""]
    assert Tagger(loaded).tag(headlines) == Tagger(trained.model).tag(headlines)


def test_files_are_three_and_sha256sum_reads_the_checksums(folder: Path) -> None:
    assert sorted(contents(folder)) == sorted(FILES)
    assert (folder / "SHA256SUMS").read_text(encoding="utf-8") == sums(folder)
    assert model.digest(folder) == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()


def test_every_changed_byte_is_refused(folder: Path) -> None:
    for name in FILES:
        refuse_changes(folder, name, step=1)


def test_changed_bytes_of_a_large_table_are_refused(model_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(model_folder, tmp_path / "copy")
    size = (model_folder / "features.arrow").stat().st_size
    refuse_changes(tmp_path / "copy", "features.arrow", step=size // 200)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\n", lambda _: b""])
@pytest.mark.parametrize("name", FILES)
def test_files_cut_short_or_lengthened_are_refused(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    (folder / name).write_bytes(change((folder / name).read_bytes()))
    with pytest.raises(ModelError, match="another checksum"):
        model.load(folder)


@pytest.mark.parametrize("name", FILES)
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"found no {name} that can be read"):
        model.load(folder)


def test_no_folder_is_told_in_one_line(folder: Path) -> None:
    for wrong, found in ((folder / "none", "no such file or directory"), (folder / "model.json", "not a directory")):
        with pytest.raises(ModelError, match=f"^{wrong}: found {found}; expected a model folder; .*make train.*$"):
            model.load(wrong)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"format": model.FORMAT + 1}, f"found format {model.FORMAT + 1}; expected format {model.FORMAT}; upgrade"),
        ({"topics": ["sport", "war"]}, "found the topics sport, war; expected politics, economy, war"),
        ({"mood": "blue"}, "a model that cannot be read .*mood"),
        ({"settings": {"mood": "blue"}}, "a model that cannot be read .*mood"),
        ({"decision": {"mood": "blue"}}, "a model that cannot be read .*band"),
    ],
)
def test_card_of_another_rubrika_is_refused_in_one_line(folder: Path, changed: dict[str, Any], found: str) -> None:
    card = json.loads((folder / "model.json").read_bytes())
    (folder / "model.json").write_text(json.dumps(card | changed), encoding="utf-8")
    (folder / "SHA256SUMS").write_text(sums(folder), encoding="utf-8")
    with pytest.raises(ModelError, match=found) as refused:
        Tagger.load(folder)
    assert len(str(refused.value).splitlines()) == 1


def test_same_training_gives_the_same_bytes(model_folder: Path, small_corpus: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline import model, train, settings, stages\n"
        "small = settings.Settings(split_folds=2, evaluate_resamples=50)\n"
        "model.save(train.train([Path(sys.argv[1])], small, stages.Stages()).model, Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(small_corpus), str(tmp_path / "again")]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": "1"})
    assert contents(tmp_path / "again") == contents(model_folder)


def test_a_model_signed_by_a_stranger_is_refused_or_harmless(tmp_path: Path) -> None:
    outcomes, faults = model_fuzz.fuzz(model_fuzz.small(tmp_path / "small"), step=5)
    assert faults == []
    assert min(outcomes["refused"], outcomes["tagged"]) > 100
