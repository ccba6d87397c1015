"""MLflow's file: with all of its tables or not there, whatever ends its making, and however many want it at once."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from mlflow import MlflowClient
from room import no_room_beyond
from sqlalchemy.exc import SQLAlchemyError

from pipeline.cli import main
from pipeline.errors import StoreError
from pipeline.registry import store, tables

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1

FILE = Path("mlflow.db")
KNOWN = {"mlflow.db", ".mlflow.db.lock"}
MAKING = f"from pathlib import Path; from pipeline.registry import tables; tables.ready(Path('{FILE}'))"
EXPERIMENT = """
import sys
from pipeline.registry import store
with store.reached() as client:
    client.create_experiment(sys.argv[1])
"""


def beside() -> set[str]:
    return {path.name for path in Path().iterdir()}


def experiments() -> set[str]:
    return {each.name for each in MlflowClient(f"sqlite:///{FILE.resolve()}").search_experiments()}


def killed_amid_the_tables() -> int:
    making = subprocess.Popen([sys.executable, "-c", MAKING])
    while making.poll() is None and not any(file.stat().st_size for file in Path().glob(f".*/{FILE}")):
        time.sleep(0.001)
    making.kill()
    return making.wait()


def changed(how: str) -> None:
    with closing(sqlite3.connect(FILE)) as base:
        base.executescript(how)


def test_it_is_made_whole_or_not_at_all_and_after_all() -> None:
    FILE.touch()  # as others leave it that are ended at once
    with no_room_beyond(300_000), pytest.raises(SQLAlchemyError, match=r"disk I/O error|full"):
        tables.ready(FILE)
    assert (beside(), FILE.stat().st_size) == (KNOWN, 0)
    assert killed_amid_the_tables() == -signal.SIGKILL
    assert (len(beside() - KNOWN), FILE.stat().st_size) == (1, 0)
    tables.ready(FILE)
    assert (beside(), experiments()) == (KNOWN, {"Default"})
    assert not tables.unfinished(FILE)


def test_two_that_begin_at_once_share_it() -> None:
    begun = [subprocess.Popen([sys.executable, "-c", EXPERIMENT, name]) for name in ("one", "other")]
    assert [each.wait() for each in begun] == [0, 0]
    assert (beside(), experiments()) == (KNOWN, {"Default", "one", "other"})


@pytest.mark.usefixtures("store")
def test_one_that_was_left_in_parts_is_told_and_left(capsys: pytest.CaptureFixture[str]) -> None:
    changed("UPDATE alembic_version SET version_num = 'acf3f17fdcc7'; DROP TABLE job_locks")  # before traces came
    before = FILE.read_bytes()
    assert main(["models"]) == 1
    told = [line for line in capsys.readouterr().err.splitlines() if " INFO mlflow" not in line]
    assert told == [
        f"rubrika: {FILE.resolve()}: found tables without any run that are not all there ((sqlite3.OperationalError) "
        "table trace_info already exists); expected MLflow's tables; move it away, and a new one is made"
    ]
    assert FILE.read_bytes() == before


@pytest.mark.usefixtures("store")
def test_one_that_is_whole_and_cannot_be_written_is_told_as_such() -> None:
    told = r"mlflow.db: found a store that cannot be used \(.*disk I/O error\)"
    with no_room_beyond(0), pytest.raises(StoreError, match=told), store.reached() as client:
        client.create_experiment("one")
    assert experiments() == {"Default"}


@pytest.mark.parametrize(
    ("change", "left_in_parts"),
    [
        ("", False),
        ("UPDATE alembic_version SET version_num = '181f10493468'", True),
        ("DROP TABLE alembic_version", True),
        ("DROP TABLE alembic_version; INSERT INTO runs (run_uuid) VALUES ('mine')", False),
        ("DROP TABLE alembic_version; INSERT INTO registered_models (name) VALUES ('mine')", False),
        ("DROP TABLE alembic_version; ALTER TABLE experiments RENAME TO somebody_elses", False),
    ],
)
@pytest.mark.usefixtures("store")
def test_only_what_holds_nothing_was_left_in_parts(change: str, left_in_parts: bool) -> None:
    changed(change)
    assert tables.unfinished(FILE) == left_in_parts


def test_what_is_no_database_was_not_left_in_parts() -> None:
    assert not tables.unfinished(FILE)
    assert beside() == set()
    FILE.write_text("Рубль упал\n" * 99, encoding="utf-8")
    assert not tables.unfinished(FILE)
