"""The saved model: what was saved comes back, what is damaged is refused, and what stood there stands until the end."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import model_fuzz
import numpy as np
import pyarrow as pa
import pytest

from pipeline import model, sealed
from pipeline.errors import ModelError
from pipeline.tagger import Tagger
from pipeline.train import Trained

WAY_OUT = "train one by `make train`, or name another by --model"
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
    told = rf"found no {name} that can be read \(No such file or directory\); expected a model folder; {WAY_OUT}"
    with pytest.raises(ModelError, match=f"^{folder}: {told}$"):
        model.load(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_file_without_an_end_or_too_large_is_none(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "LARGEST", max(map(len, contents(folder).values())))
    model.load(folder)
    monkeypatch.setattr(sealed, "LARGEST", (folder / name).stat().st_size - 1)
    with pytest.raises(ModelError, match=r"found no \S+ that can be read"):
        model.load(folder)
    monkeypatch.setattr(sealed, "LARGEST", 4 << 30)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    told = (
        rf"found no {name} that can be read \(no file, or one of more than 4 GB\); expected a model folder; {WAY_OUT}"
    )
    with (folder / name).open("r+b", buffering=0), pytest.raises(ModelError, match=f"^{folder}: {told}$"):
        model.load(folder)


def test_a_model_replaced_while_it_is_read_is_the_new_one(
    folder: Path, small: model.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    later, read = [replace(small, card=replace(small.card, name="later"))], sealed._read

    def meanwhile(name: str, handle: int) -> bytes:
        if name == "model.json" and later:
            model.save(later.pop(), folder)
        return read(name, handle)

    monkeypatch.setattr(sealed, "_read", meanwhile)
    assert model.load(folder).card.name == "later"


def test_no_folder_is_told_in_one_line(folder: Path) -> None:
    for wrong, found in (
        (folder / "none", "no such file or directory"),
        (folder / "model.json", "not a directory"),
        (folder / "a\0b", "(embedded null byte|open: embedded null character in path)"),  # of 3.12, of 3.13
    ):
        told = f"{wrong}: found {found}; expected a model folder; {WAY_OUT}".replace("\0", " ")
        with pytest.raises(ModelError, match=f"^{told}$"):
            model.load(wrong)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (
            {"format": model.FORMAT + 1},
            f"format {model.FORMAT + 1}; expected format {model.FORMAT}; upgrade rubrika, or ",
        ),
        ({"format": model.FORMAT - 1}, f"format {model.FORMAT - 1}; expected format {model.FORMAT}; "),
        ({"topics": ["sport", "war"]}, "the topics sport, war; expected politics, economy, war; "),
        ({"mood": "blue"}, "a model that cannot be read .*mood.*; "),
        ({"settings": {"mood": "blue"}}, "a model that cannot be read .*mood.*; "),
        ({"decision": {"mood": "blue"}}, "a model that cannot be read .*band.*; "),
    ],
)
def test_card_of_another_rubrika_is_refused_in_one_line(folder: Path, changed: dict[str, Any], found: str) -> None:
    card = json.loads((folder / "model.json").read_bytes())
    (folder / "model.json").write_text(json.dumps(card | changed), encoding="utf-8")
    (folder / "SHA256SUMS").write_text(sums(folder), encoding="utf-8")
    with pytest.raises(ModelError, match=f"^{folder}: found {found}{WAY_OUT}$") as refused:
        Tagger.load(folder)
    assert len(str(refused.value).splitlines()) == 1


def garbled() -> pa.Array:
    """A column of texts that are none."""
    offsets = pa.py_buffer(np.arange(41, dtype=np.int32))
    return pa.Array.from_buffers(pa.string(), 40, [None, offsets, pa.py_buffer(b"\xff" * 40)])


def replaced(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (lambda card: {"settings": card.settings | {"lemmatize_words": 0}}, "setting lemmatize_words: found 0"),
        (lambda card: {"settings": card.settings | {"tfidf_word_min_df": 1.5}}, "a setting of another type"),
        (lambda card: {"settings": card.settings | {"tfidf_word_min_df": 0}}, "setting tfidf_word_min_df: found 0"),
        (lambda _: {"intercepts": [0.0, 0.0]}, "intercepts of another number"),
        (lambda _: {"intercepts": [[0.0]] * 3}, "intercepts of another number"),
        (lambda _: {"intercepts": ["а", "б", "в"]}, "could not convert string to float"),
        *(
            (lambda card, name=name: {"decision": card.decision | {name: [0.5, 0.5]}}, "a decision about other topics")
            for name in ("slopes", "offsets", "thresholds")
        ),
        *(
            (
                lambda card, least=least: {"decision": card.decision | {"thresholds": [0.5, least, 0.5]}},
                "a threshold that is no probability between 0 and 1",
            )
            for least in (-0.5, 0.0, 1.0, 1.5)
        ),
    ],
)
def test_figures_of_a_stranger_are_refused(
    small: model.Model, tmp_path: Path, changed: Callable[[model.Card], dict[str, Any]], found: str
) -> None:
    model.save(replace(small, card=replace(small.card, **changed(small.card))), tmp_path / "strange")
    told = rf"^{tmp_path}/strange: found a model that cannot be read \({found}.*\); expected format 1; {WAY_OUT}$"
    with pytest.raises(ModelError, match=told):
        model.load(tmp_path / "strange")


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (lambda table: table.drop_columns("idf"), "a table of block, feature, politics, economy, war"),
        (lambda table: table.append_column("mood", table["idf"]), "a table of .*, war, mood"),
        (lambda table: replaced(table, "idf", table["idf"].cast(pa.float64())), "a table of block, feature, idf, .*"),
        (lambda table: replaced(table, "war", pa.array([None] * 40, pa.float32())), "a table with gaps"),
        (lambda table: replaced(table, "feature", pa.array(["а", None] * 20)), "a table with gaps"),
        (lambda table: replaced(table, "feature", garbled()), ".* UTF8 .*"),
    ],
)
def test_a_table_of_another_shape_is_refused(
    small: model.Model, tmp_path: Path, changed: Callable[[pa.Table], pa.Table], found: str
) -> None:
    model.save(replace(small, features=changed(small.features)), tmp_path / "strange")
    told = rf"found a model that cannot be read \({found}\); expected format 1; {WAY_OUT}$"
    with pytest.raises(ModelError, match=told):
        model.load(tmp_path / "strange")


def test_whole_numbers_stand_for_others(small: model.Model, tmp_path: Path) -> None:
    card = replace(small.card, settings=small.card.settings | {"classify_penalty": 5})
    model.save(replace(small, card=card), tmp_path / "whole")
    assert model.load(tmp_path / "whole").settings.classify_penalty == 5


def test_a_card_is_json_that_people_read(folder: Path, small: model.Model) -> None:
    card = replace(small.card, name="рубрика")
    model.save(replace(small, card=card), folder)
    text = (folder / "model.json").read_text(encoding="utf-8")
    assert text == json.dumps(asdict(card), ensure_ascii=False, indent=1) + "\n"
    with pytest.raises(ValueError, match="JSON"):
        model.save(replace(small, card=replace(small.card, metrics={"f1": float("nan")})), folder)
    assert (folder / "model.json").read_text(encoding="utf-8") == text


def test_a_digest_in_short_tells_models_apart(folder: Path, small: model.Model) -> None:
    digest = model.digest(folder)
    assert model.version(folder) == digest[:12]
    assert model.save(small, folder) == digest
    assert model.save(replace(small, features=small.features.slice(0, 9)), folder) != digest


def test_a_place_that_cannot_be_written_is_told(small: model.Model, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    told = (
        rf"^{tmp_path}/file/champion: found a folder that cannot be written \(.+\); expected a place for the model; "
        "free it, or name another by --model$"
    )
    with pytest.raises(ModelError, match=told):
        model.save(small, tmp_path / "file" / "champion")


def test_checksums_that_are_wrong_are_named(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines(keepends=True)
    for wrong, named in (
        (lines[:1], "features.arrow"),
        (lines[1:], "model.json"),
        ([], "model.json and features.arrow"),
        ([*lines, "\n"], "SHA256SUMS"),
        (["\udcff", *lines], "model.json"),  # a byte that is no text
    ):
        (folder / "SHA256SUMS").write_text("".join(wrong), encoding="utf-8", errors="surrogateescape")
        told = (
            f"^{folder}: found {named} with another checksum than SHA256SUMS says; expected the files as .*; {WAY_OUT}$"
        )
        with pytest.raises(ModelError, match=told):
            model.load(folder)


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
