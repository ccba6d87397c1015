"""The tracking server is down, slow or full: a training finishes, keeps what it made, and it is sent later, once."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import RunInfo
from mlflow.exceptions import MlflowException
from registering import registered
from room import no_room_beyond

from pipeline import model, track
from pipeline.champion import contend
from pipeline.cli import main
from pipeline.errors import StoreError
from pipeline.registry import deliver
from pipeline.registry.look import versions
from pipeline.train import Trained

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader"),  # MLflow's own, of SQLAlchemy 2.1
]

CHAMPION = Path("models/champion")
WAITING = Path("models/pending")


class Full(BaseHTTPRequestHandler):
    """A server whose disk is full."""

    def do_GET(self) -> None:
        self.send_response(507)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 (the name is the server's)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def down() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"


@contextmanager
def slow() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


@contextmanager
def full() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Full) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


@contextmanager
def no_server() -> Iterator[str]:
    yield "carrier-pigeon://loft"


TROUBLES = {"down": down, "slow": slow, "full": full, "no server": no_server}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_training_finishes_and_its_run_is_sent_later_once(
    trouble: str,
    trained: Trained,
    worse: Trained,
    store: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with TROUBLES[trouble]() as uri:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        for challenger, replaced in ((worse, True), (trained, True), (worse, False)):
            assert registered(challenger, CHAMPION)[1].replaced == replaced
        told = capsys.readouterr().err.splitlines()
        assert [line.split(": found ")[0] for line in told if "found" in line] == [uri] * 3
        assert [line.split(":")[0] for line in told if "waits here" in line] == [str(each) for each in waiting()]
        with pytest.raises(StoreError, match="no answer that can be used"):
            versions(CHAMPION)
    champion = model.digest(CHAMPION)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    assert main(["track", "push"]) == main(["track", "push"]) == 0
    assert waiting() == []
    assert [each.aliases for each in versions(CHAMPION)] == [(), ("champion",), ()]
    assert model.digest(CHAMPION) == champion
    assert [run.status for run in runs()] == ["FINISHED"] * 3


def test_a_server_that_goes_down_before_the_verdict_leaves_it_to_a_person(
    trained: Trained, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with track.run("train", {}) as record:
        track.log_data(trained)
        track.log_quality(trained.held_out, "held_out")
        track.log_model(trained.model)
        track.finish(record)
    with down() as uri:
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        verdict = contend(trained, record, CHAMPION)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    assert not verdict.replaced
    assert verdict.why.startswith("version 1 is registered, but then: ")
    assert verdict.why.endswith("`rubrika models promote 1` decides it")
    assert main(["models", "promote", "1"]) == 0
    assert model.digest(CHAMPION) == record.run.tags["digest"]


def test_a_run_whose_server_goes_down_before_its_end_waits(
    store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with down() as uri:
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        with track.run("search", {}):
            monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        assert [line.endswith("sends it") for line in capsys.readouterr().err.splitlines()] == [False, True]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    assert main(["track", "push"]) == 0
    assert [run.status for run in runs()] == ["FINISHED"]


def test_where_no_run_can_be_kept_it_is_told() -> None:
    Path("models").touch()
    with pytest.raises(StoreError, match=r"models/pending: found a folder that cannot be written"), track.run("a", {}):
        pytest.fail("it works and keeps nothing")


def test_what_cannot_be_kept_of_a_run_is_told_and_what_was_kept_stays(store: str) -> None:
    with track.run("search", {}) as record:
        before = (record.folder / "run.json").read_bytes()
        with no_room_beyond(100), pytest.raises(StoreError, match=r"found a folder that cannot be written \(File too"):
            record.add_metrics({"a": 1.0})
        assert (record.folder / "run.json").read_bytes() == before
    assert [run.status for run in runs()] == ["FINISHED"], store


def test_champion_that_was_moved_meanwhile_stays(
    trained: Trained, worse: Trained, store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registered(worse, CHAMPION)
    with down() as uri:
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        registered(trained, CHAMPION)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    card = replace(trained.model.card, created="2020-02-02T20:20:20+00:00")
    another = replace(trained, model=model.Model(card, trained.model.features))
    assert registered(another, Path("elsewhere/champion"))[1].replaced
    capsys.readouterr()
    assert main(["models"]) == 0
    assert capsys.readouterr().err.startswith("models/pending: 1 ended and not delivered; `rubrika track push`")
    assert main(["track", "push"]) == 0
    assert "better than a model that is no longer champion; version 2 is" in capsys.readouterr().out
    assert [each.aliases for each in versions(CHAMPION)] == [(), ("champion",), ()]
    assert model.load(CHAMPION).card.created == card.created


def test_children_follow_their_parent(
    store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with down() as uri:
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        with track.run("search", {}):
            for name in ("one", "two"):
                with track.run(name, {}, nested=True):
                    pass
    assert capsys.readouterr().err.count("waits here") == 1
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    assert main(["track", "push"]) == 0
    parent = next(run.run_id for run in runs() if run.run_name == "search")
    tags = {run.run_name: MlflowClient().get_run(run.run_id).data.tags.get("mlflow.parentRunId") for run in runs()}
    assert tags == {"search": None, "one": parent, "two": parent}


def waiting() -> list[Path]:
    return sorted(WAITING.iterdir())


def runs() -> list[RunInfo]:
    experiment = MlflowClient().get_experiment_by_name("rubrika")
    assert experiment is not None
    return [run.info for run in MlflowClient().search_runs([experiment.experiment_id])]


def test_a_data_set_that_another_training_made_at_that_moment_is_found() -> None:
    answers = [MlflowException("(psycopg.errors.UniqueViolation) duplicate key value violates unique constraint"), None]

    def log() -> None:
        if answer := answers.pop(0):
            raise answer

    deliver._once_more(log)
    assert not answers
    answers = [MlflowException("no such run")]
    with pytest.raises(MlflowException, match="no such run"):
        deliver._once_more(log)
