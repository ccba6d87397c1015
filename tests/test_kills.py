"""Killed at random moments, and without room: see ``kills.py``; ``make kills`` does it 200 times."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kills import QUICK

from pipeline import model

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1
ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk can only be mounted by root")
def test_old_or_new_stands_after_a_kill_and_without_room() -> None:
    kills = Path(__file__).parent / "kills.py"
    done = subprocess.run(
        [sys.executable, kills, "--count", "1", "--seed", "7"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [done.stdout.count(f"{how} |") for how in ("killed", "writes fail", "disk full")] == [8, 8, 8]


@pytest.mark.parametrize(
    ("rows", "most", "told"),
    [
        (500, 100, "models/pending: found a folder that cannot be written (File too large); expected a place to keep"),
        (500, 34_000, "the disk: found no room to write (File too large)"),  # a picture of the report
        (
            500,
            100_000,
            "rubrika: found a folder that cannot be written (File too large); expected a place for the model",
        ),
        (4_000, 100_000, "the disk: found no room to write (File too large)"),
    ],
)
def test_a_training_that_cannot_write_says_so_in_one_line(
    rows: int, most: int, told: str, folder: Path, blank_store: Path
) -> None:
    before = model.digest(folder)
    counting_no_lines = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    shutil.copy(blank_store, "mlflow.db")
    lines = (ROOT / "data/headlines.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("rows.csv").write_text("".join(lines[: rows + 1]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "train", "--data", "rows.csv", *QUICK],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env=counting_no_lines,  # `make coverage` would have a file written, too
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    *talk, line = done.stderr.splitlines()
    assert (done.returncode, line.startswith("rubrika: "), told in line) == (1, True, True), done.stderr
    assert not [said for said in talk if "Traceback" in said or said.startswith("rubrika: ")]
    assert model.digest(folder) == before
    assert {path.name for path in folder.parent.iterdir()} <= {"champion", ".champion.lock", "pending"}
