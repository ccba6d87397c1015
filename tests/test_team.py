"""Two people train at once against one server: no lost run, one champion. `make test-team` runs this."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from mlflow import MlflowClient

from pipeline import model
from pipeline.errors import StoreError
from pipeline.registry import team
from pipeline.registry.look import versions

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader"),  # MLflow's own, of SQLAlchemy 2.1
]
PEOPLE = ("alisa", "boris", "vera")


def test_without_postgresql_it_is_told_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", "")
    with (
        pytest.raises(StoreError, match=r"PostgreSQL: found .*; expected initdb, working; install it by: apt-get"),
        team.postgres(tmp_path / "data"),
    ):
        pytest.fail("it runs without being there")
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")
def test_a_folder_that_is_closed_to_postgresql_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "closed/data").mkdir(parents=True)
        team._check_way(folder / "closed/data")
        (folder / "closed").chmod(0o700)
        told = rf"data: found {folder}/closed closed to the user postgres; expected a way to it; name"
        with pytest.raises(StoreError, match=told):
            team._check_way(folder / "closed/data")


@pytest.mark.skipif("RUBRIKA_TEST_SERVER" not in os.environ, reason="needs a server: `make test-team` brings it")
def test_trainings_at_once_lose_no_run_and_leave_one_champion(small_corpus: Path, store: str, tmp_path: Path) -> None:
    rows = small_corpus.read_text(encoding="utf-8").splitlines(keepends=True)[:1001]
    (tmp_path / "rows.csv").write_text("".join(rows), encoding="utf-8")
    working = []
    for place, name in enumerate(PEOPLE):
        (tmp_path / name).mkdir()
        command = [sys.executable, "-m", "pipeline.cli", "train", "--data", "../rows.csv"]
        command += ["--set", "split_folds=2", "--set", f"classify_penalty={place + 4}"]
        environment = os.environ | {"MLFLOW_TRACKING_URI": store, "LOGNAME": name}
        working.append(subprocess.Popen(command, cwd=tmp_path / name, env=environment, stderr=subprocess.PIPE))
    for each in working:
        told = each.communicate(timeout=300)[1].decode()
        assert each.returncode == 0, told
        assert "waits" not in told, told
    experiment = MlflowClient().get_experiment_by_name("rubrika")
    assert experiment is not None
    runs = MlflowClient().search_runs([experiment.experiment_id])
    assert {run.data.tags["mlflow.user"]: run.info.status for run in runs} == dict.fromkeys(PEOPLE, "FINISHED")
    champions = []
    for name in PEOPLE:
        (champion,) = (each for each in versions(tmp_path / name / "models/champion") if each.aliases)
        champions.append((champion.number, model.digest(tmp_path / name / "models/champion")))
    assert len(set(champions)) == 1
    assert len(versions(tmp_path / PEOPLE[0] / "models/champion")) == len(PEOPLE)
