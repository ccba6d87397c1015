"""A run can be done again: the same bytes from the same data, settings and versions, and one line where they differ."""

import json
import os
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from apart import apart
from mlflow import MlflowClient

from pipeline import created
from pipeline.champion import train_champion
from pipeline.cli import main
from pipeline.registry import origin
from pipeline.settings import Settings

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader"),  # MLflow's own, of SQLAlchemy 2.1
]


@pytest.fixture
def run_id(small_corpus: Path, store: str) -> str:
    rows = small_corpus.read_text(encoding="utf-8").splitlines(keepends=True)[:801]
    Path("rows.csv").write_text("".join(rows), encoding="utf-8")
    settings = Settings(split_folds=2, evaluate_resamples=20, tfidf_ngram_max=0, classify_penalty=3.0)
    train_champion([Path("rows.csv")], settings, Path("models/champion"))
    version = MlflowClient(store).get_model_version_by_alias("rubrika", "champion")
    assert version.run_id is not None
    return version.run_id


def test_run_is_done_again_byte_by_byte_or_it_is_said_what_differs(
    run_id: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = MlflowClient()
    client.set_tag(run_id, "python", "2.7.18")
    capsys.readouterr()
    assert main(["reproduce", run_id]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("equal bytes: digest ")
    assert "Python: " in err
    assert "2.7.18 in the run" in err
    client.set_tag(run_id, "data", json.dumps(["elsewhere.csv"]))
    rows = Path("rows.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("fewer.csv").write_text("".join(rows[:-1]), encoding="utf-8")
    for arguments, told in (
        (["nosuchrun"], "found no run nosuchrun"),
        ([run_id], "elsewhere.csv"),
        ([run_id, "--data", "fewer.csv"], "799 headlines); expected the digest"),
    ):
        assert main(["reproduce", *arguments]) == 1
        err = capsys.readouterr().err.splitlines()[-1]
        assert err.startswith("rubrika: ")
        assert told in err

    client.delete_tag(run_id, "data")
    assert main(["reproduce", run_id]) == 1
    assert "found no tables; expected where the data are; name them by --data" in capsys.readouterr().err
    monkeypatch.setattr("pipeline.created.version", lambda _: "0.0.1")
    assert main(["reproduce", run_id]) == 1
    assert "numpy 0.0.1" in capsys.readouterr().err


def test_a_run_that_gives_other_bytes_is_told_with_what_differs(
    run_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect("mlflow.db")) as database, database:
        database.execute("UPDATE params SET value = '9.0' WHERE key = 'classify_penalty'")
    capsys.readouterr()
    assert main(["reproduce", run_id]) == 1
    told = capsys.readouterr().out
    assert re.match(
        r"other bytes: digest \w{12}…, was \w{12}…, in SHA256SUMS and features.arrow and model.json; ", told
    )


def test_outside_a_checkout_there_is_no_commit_and_without_git_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = origin.origin()
    monkeypatch.setattr(origin, "_HOME", Path.cwd())
    assert origin.origin().keys() == facts.keys() - {origin.COMMIT, "mlflow.source.git.dirty", origin.LOCK}
    monkeypatch.setenv("PATH", "")
    assert origin.COMMIT not in origin.origin()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_a_user_without_a_name_is_told_by_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)

    def told() -> int:
        os.setuid(54321)
        return int(origin.who() != "54321")

    assert apart(told)[1] == 0


def test_a_model_is_as_old_as_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert created.created() == "1970-01-02T00:00:00+00:00"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setenv("PATH", "")  # no git
    assert datetime.fromisoformat(created.created()).timestamp() == int(Path(created.__file__).stat().st_mtime)


def test_to_tell_the_commit_writes_nothing_into_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("code.py").touch()
    for command in ("init -q", "add code.py", "-c user.name=a -c user.email=a@a commit -qm first"):
        subprocess.run(["git", *command.split()], check=True)
    os.utime("code.py", (1, 1))  # so that git would note the new time, by a lock that it leaves if it cannot write
    before = Path(".git/index").read_bytes()
    monkeypatch.setattr(origin, "_HOME", Path.cwd())
    assert origin.origin()["mlflow.source.git.dirty"] == "false"
    assert Path(".git/index").read_bytes() == before
