"""Whatever kills a training, at whatever step: one run, one version, one champion, in the folder and in the registry.

A process a step takes its time, so `make test-team` runs this, against its server.
"""

import os
from pathlib import Path

import pytest
from mlflow import MlflowClient
from registering import Step, killed

from pipeline import model
from pipeline.cli import main
from pipeline.registry.look import versions
from pipeline.train import Trained

pytestmark = [
    pytest.mark.skipif("RUBRIKA_TEST_SERVER" not in os.environ, reason="slow: `make test-team` runs it"),
    pytest.mark.enable_socket,
    pytest.mark.usefixtures("store"),
    pytest.mark.filterwarnings("ignore:The ``noload`` loader"),  # MLflow's own, of SQLAlchemy 2.1
]

CHAMPION = Path("models/champion")
STEPS = [
    ("pipeline.registry.deliver", "_facts"),
    ("mlflow", "MlflowClient.create_logged_model"),
    ("mlflow", "MlflowClient.finalize_logged_model"),
    ("mlflow", "MlflowClient.create_model_version"),
    ("mlflow", "MlflowClient.set_terminated"),
    ("pipeline.registry.moves", "fetch_version"),
    ("pipeline.registry.moves", "replace_file"),
    ("mlflow", "MlflowClient.set_registered_model_alias"),
    ("pipeline.registry.moves", "record_move"),
    ("pipeline.registry.moves", "publish"),
    ("pipeline.registry.moves", "copy"),
]


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("module", "name"), STEPS, ids=[name for _, name in STEPS])
def test_training_killed_at_any_step_leaves_one_run_one_version_and_one_champion(
    module: str, name: str, late: bool, trained: Trained
) -> None:
    assert killed(Step(module, name, late), trained, CHAMPION)
    assert main(["track", "push"]) == 0
    assert main(["models"]) == 0
    (version,) = versions(CHAMPION)
    assert version.aliases == ("champion",) * CHAMPION.exists()
    assert not CHAMPION.exists() or version.digest == model.digest(CHAMPION)
    experiment = MlflowClient().get_experiment_by_name("rubrika")
    assert experiment is not None
    (run,) = MlflowClient().search_runs([experiment.experiment_id])
    assert run.info.status == "FINISHED"
    assert [len(MlflowClient().get_metric_history(run.info.run_id, "held_out_macro_f1"))] == [1]
    assert list(Path("models/pending").iterdir()) == []
    assert not Path("models/.champion.move").exists()


def test_training_killed_before_its_end_is_a_killed_run(trained: Trained) -> None:
    assert killed(Step("pipeline.track", "log_model", False), trained, CHAMPION)
    assert main(["track", "push"]) == 0
    experiment = MlflowClient().get_experiment_by_name("rubrika")
    assert experiment is not None
    (run,) = MlflowClient().search_runs([experiment.experiment_id])
    assert run.info.status == "KILLED"
    assert versions(CHAMPION) == []
