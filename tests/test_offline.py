"""Nothing phones home: with every socket refused the results are the same, and no name is ever looked up."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli import main

RECORDER = '''\
"""Refuses whatever leaves this machine, and writes it down; Python imports it at its start."""
import os, socket

def refuse(name):
    def refused(*asked, **_):
        with open(os.environ["RECORD"], "a") as file:
            file.write(f"{name} {asked[-1] if name == 'connect' else asked[:2]}\\n")
        raise OSError(f"no network: {name}")
    return refused

for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "getnameinfo", "create_connection"):
    setattr(socket, name, refuse(name))
connect = socket.socket.connect
socket.socket.connect = lambda self, to: connect(self, to) if self.family == socket.AF_UNIX else refuse("connect")(to)
'''
SETTINGS = ("--set", "split_folds=2", "--set", "evaluate_resamples=50")
RUBRIKA = Path(sys.executable).parent / "rubrika"


@pytest.fixture
def alone(tmp_path: Path) -> list[str]:
    """The beginning of a command without a network: in a namespace of its own, where the system gives one."""
    apart = shutil.which("unshare")
    tried = apart and subprocess.run([apart, "--map-root-user", "--net", "true"], capture_output=True, check=False)
    (tmp_path / "recorder").mkdir()
    (tmp_path / "recorder" / "sitecustomize.py").write_text(RECORDER, encoding="utf-8")
    cut = [str(apart), "--map-root-user", "--net"] if tried and tried.returncode == 0 else []
    return [*cut, "env", f"PYTHONPATH={tmp_path / 'recorder'}", f"RECORD={tmp_path / 'asked.txt'}"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run(command: list[str], status: int = 0) -> str:
    telling = {name: value for name, value in os.environ.items() if name not in ("MLFLOW_DISABLE_TELEMETRY", "CI")}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=telling)
    assert done.returncode == status, done.stderr
    return done.stdout


@pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1
def test_without_a_network_all_is_the_same_and_nobody_is_asked(
    alone: list[str], small_corpus: Path, model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = small_corpus.read_text(encoding="utf-8").splitlines(keepends=True)[:201]
    (tmp_path / "head.csv").write_text("".join(head), encoding="utf-8")
    run([*alone, str(RUBRIKA), "train", "--data", str(small_corpus), "--model", "champion", *SETTINGS])
    assert contents(tmp_path / "champion") == contents(model_folder)
    drift = ["drift", str(small_corpus), "head.csv", "--report", "drift.html", "--model"]
    run([*alone, str(RUBRIKA), *drift, "champion"], status=main([*drift, str(model_folder)]))
    capsys.readouterr()
    for command in ("predict", "evaluate"):
        assert main([command, "head.csv", "--model", str(model_folder)]) == 0
        assert run([*alone, str(RUBRIKA), command, "head.csv", "--model", "champion"]) == capsys.readouterr().out
    assert not (tmp_path / "asked.txt").exists(), (tmp_path / "asked.txt").read_text(encoding="utf-8")


def test_a_server_asks_nobody_when_it_starts(alone: list[str], model_folder: Path, tmp_path: Path) -> None:
    command = [*alone, str(RUBRIKA), "serve", "--port", "0", "--model", str(model_folder), "--corrections", "c.db"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stderr is not None
        assert server.stderr.readline().startswith("Rubrika: http://127.0.0.1:")
        time.sleep(1)  # what it does once it stands
        assert server.poll() is None
        server.terminate()
    assert not (tmp_path / "asked.txt").exists(), (tmp_path / "asked.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("socket.getaddrinfo('example.org', 80)", "getaddrinfo ('example.org', 80)"),
        ("socket.gethostbyname('example.org')", "gethostbyname ('example.org',)"),
        ("socket.socket().connect(('192.0.2.1', 9))", "connect ('192.0.2.1', 9)"),
    ],
)
def test_whoever_is_asked_would_be_written_down(code: str, told: str, alone: list[str], tmp_path: Path) -> None:
    done = subprocess.run([*alone, sys.executable, "-c", f"import socket; {code}"], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"no network" in done.stderr
    assert (tmp_path / "asked.txt").read_text(encoding="utf-8").splitlines() == [told]
