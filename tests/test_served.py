"""Served by MLflow itself: every JSON form gets the answers of `rubrika predict`; bad requests get a 400."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from registering import registered

from pipeline.tagger import Tagger
from pipeline.train import Trained

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader"),  # MLflow's own, of SQLAlchemy 2.1
]

HEADLINES = ["Рубль подешевел к евро на торгах", "Дроны атаковали нефтебазу", "В зоопарке родился жираф"]
SECONDS = 60


@pytest.fixture
def address(trained: Trained, store: str, tmp_path: Path) -> Iterator[str]:
    registered(trained, Path("models/champion"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mlflow = str(Path(sys.executable).with_name("mlflow"))
    command = [mlflow, "models", "serve", "-m", "models:/rubrika@champion", "--env-manager", "local", "-p", str(port)]
    told = {"MLFLOW_TRACKING_URI": store, "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (tmp_path / "serve.log").open("wb") as log:
        serving = subprocess.Popen(
            command, env=os.environ | told | {"PATH": path}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield up(f"http://127.0.0.1:{port}", serving, tmp_path / "serve.log")
    finally:
        os.killpg(serving.pid, 15)
        serving.wait(SECONDS)


def up(address: str, serving: "subprocess.Popen[bytes]", log: Path) -> str:
    """Wait for a server."""
    for _ in range(10 * SECONDS):
        try:
            if httpx.get(f"{address}/ping").is_success:
                return address
        except httpx.TransportError:
            assert serving.poll() is None, log.read_text()
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


def forms() -> dict[str, dict[str, Any]]:
    rows = [{"headline": headline} for headline in HEADLINES]
    named: dict[str, Any] = {
        "dataframe_split": {"columns": ["headline"], "data": [[headline] for headline in HEADLINES]},
        "dataframe_records": rows,
        "dataframe_records of more columns": [row | {"id": place} for place, row in enumerate(rows)],
        "instances": HEADLINES,
        "instances of records": rows,
        "inputs": HEADLINES,
    }
    return named


def test_every_form_gets_the_answers_of_predict(address: str, tagger: Tagger) -> None:
    expected = [
        {
            "topic": tagged.topic,
            "tags": list(tagged.tags),
            "unsure": tagged.unsure,
            "scores": tagged.scores,
            "iptc": list(tagged.iptc),
        }
        for tagged in tagger.tag(HEADLINES)
    ]
    for name, form in forms().items():
        answer = httpx.post(f"{address}/invocations", json={name.split()[0]: form})
        assert (answer.status_code, answer.json()) == (200, {"predictions": expected}), name
    asked = {"inputs": HEADLINES, "params": {"explain": True, "min_precision": 0.5}}
    explained = httpx.post(f"{address}/invocations", json=asked).json()["predictions"]
    assert explained[1]["why"]["war"][0]["word"] in HEADLINES[1]
    csv = httpx.post(
        f"{address}/invocations", content="headline\n" + "\n".join(HEADLINES), headers={"Content-Type": "text/csv"}
    )
    assert csv.json() == {"predictions": expected}
    wrong = [
        {"inputs": HEADLINES, "params": {"min_precision": 2}},
        {"dataframe_records": [{"id": "1", "headline": "y"}]},
        {},
    ]
    for request in wrong:
        assert httpx.post(f"{address}/invocations", content=json.dumps(request), headers=JSON).status_code == 400


JSON = {"Content-Type": "application/json"}
