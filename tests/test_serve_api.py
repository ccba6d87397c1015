"""The API: the tagger's answers over HTTP, and a problem document for everything else."""

import asyncio
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from serving import HEADLINES, connections, served

from pipeline import model
from pipeline.model import load, save
from pipeline.serve import bodies, bounds, champion, patience
from pipeline.serve.gate import Gate
from pipeline.tagger import Tagger

pytestmark = pytest.mark.enable_socket
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/jsonl"}


@pytest.fixture(scope="module")
def client(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(tmp_path_factory.mktemp("api"), model_folder) as (asking, _):
        yield asking


def test_a_list_gets_the_taggers_answers(client: httpx.Client, tagger: Tagger) -> None:
    answers = client.post("/v1/tags", json=HEADLINES).json()
    assert [(each["headline"], each["topic"], each["scores"], each["unsure"]) for each in answers] == [
        (each.headline, each.topic, each.scores, each.unsure) for each in tagger.tag(HEADLINES)
    ]


def test_lines_keep_their_own_members_in_order(client: httpx.Client) -> None:
    own = [{"id": place, "topic": "спорт", "headline": text} for place, text in enumerate(HEADLINES)]
    body = "\n\n".join(json.dumps(row) for row in own)
    answer = client.post("/v1/tags", content=body, headers=LINES)
    assert answer.headers["Content-Type"] == "application/jsonl"
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [(row["id"], row["input_topic"], row["headline"]) for row in rows] == [
        (row["id"], row["topic"], row["headline"]) for row in own
    ]


def test_explain_gives_words_and_min_precision_fewer_tags(client: httpx.Client) -> None:
    (why,) = client.post("/v1/tags?explain=true", json=HEADLINES[:1]).json()
    assert {"ставку", "Нацбанк"} & {word for words in why["why"].values() for word, _ in words}
    many = HEADLINES * 3 + ["Цены и война", "Суд и рубль", "Армия просит денег"]
    tags = [
        sum(len(row["tags"]) for row in client.post(f"/v1/tags?min_precision={precision}", json=many).json())
        for precision in (0.1, 0.9)
    ]
    assert tags[0] > tags[1]


@pytest.mark.parametrize(
    ("headers", "body", "status", "detail"),
    [
        (JSON, b"{", 422, "no JSON in UTF-8"),
        (JSON, b'{"headline": "a"}', 422, "expected a list"),
        (JSON, b'["a", 1, {"x": 2}]', 422, "2 of 3 are no headlines"),
        (JSON, b'["\\ud800"]', 422, "letters that cannot be written"),
        (JSON, b'[{"headline": "a", "n": NaN}]', 422, "NaN is no number"),
        (JSON, b"[" * 100_000, 422, "nested too deeply"),
        (JSON, b'["\xff"]', 422, "letters that cannot be written"),
        (JSON, json.dumps(["a" * 10_001]).encode(), 422, "1 of 1"),
        (LINES, b'{"headline": "a"}\n{', 422, "line 2"),
        ({"Content-Type": "text/csv"}, b"a", 415, "application/json"),
        (JSON, json.dumps(["a"] * (bodies.MOST + 1)).encode(), 422, "at most 10,000"),
    ],
)
def test_a_wrong_body_is_a_problem(
    client: httpx.Client, headers: dict[str, str], body: bytes, status: int, detail: str
) -> None:
    answer = client.post("/v1/tags", content=body, headers=headers)
    problem = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert problem["status"] == status
    assert detail in problem["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/none", 404),
        ("GET", "/v1/tags", 405),
        ("POST", "/v1/tags?min_precision=2", 422),
        ("POST", "/v1/tags?explain=maybe", 422),
        ("POST", "/v1/tags?min_precision=1", 409),
        ("GET", "/sheets/none", 404),
        ("GET", "/static/..%2Fapp.py", 404),
    ],
)
def test_a_wrong_question_is_a_problem(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path, content=b'["a"]' if method == "POST" else None, headers=JSON)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_model_health_and_description(client: httpx.Client, model_folder: Path) -> None:
    assert client.get("/v1/model").json()["digest"] == model.digest(model_folder)
    assert [client.get(f"/health/{each}").json()["status"] for each in ("live", "ready")] == ["live", "ready"]
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {"/v1/tags", "/v1/model", "/health/live", "/health/ready", "/metrics"}
    examples = described["paths"]["/v1/tags"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    for each in examples.values():
        assert client.post("/v1/tags", json=each["value"]).status_code == 200


def test_metrics_count_by_pattern_and_not_by_path(client: httpx.Client) -> None:
    client.get("/sheets/secret-of-somebody")
    before = client.get("/metrics").text
    client.post("/v1/tags", json=HEADLINES)
    after = client.get("/metrics").text
    count = [
        float(
            next(line for line in text.splitlines() if line.startswith('rubrika_headlines_total{by="api"}')).split()[1]
        )
        for text in (before, after)
    ]
    assert count[1] - count[0] == len(HEADLINES)
    assert 'route="/sheets/{key}"' in after
    assert "secret-of-somebody" not in after


def test_a_new_champion_is_taken_up_and_no_request_dropped(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(champion, "EVERY", 0.05)
    folder = tmp_path / "champion"
    shutil.copytree(model_folder, folder)
    other = load(folder)
    other.card.versions["made"] = "again"
    seen: list[tuple[int, str]] = []
    stop = threading.Event()
    with served(tmp_path, folder) as (client, _):

        def ask() -> None:
            with httpx.Client(base_url=client.base_url) as own:
                while not stop.is_set():
                    answer = own.post("/v1/tags", json=HEADLINES)
                    seen.append((answer.status_code, answer.headers["Rubrika-Model"]))

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        old = client.get("/v1/model").json()["digest"]
        new = save(other, folder)
        end = time.monotonic() + 10
        while client.get("/v1/model").json()["digest"] != new and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.1)
        stop.set()
        for thread in threads:
            thread.join()
    assert {status for status, _ in seen} == {200}
    assert {name[-12:] for _, name in seen} == {old[:12], new[:12]}


def test_a_damaged_champion_is_not_taken_up(model_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "champion"
    shutil.copytree(model_folder, folder)
    throne = champion.Throne(folder)
    before = throne.champion
    (folder / "features.arrow").write_bytes(b"broken")
    (folder / "SHA256SUMS").write_text("none\n")
    asyncio.run(throne.look())
    assert throne.champion is before
    shutil.rmtree(folder)
    asyncio.run(throne.look())
    assert throne.champion is before


def test_a_full_server_says_when_to_come_again(model_folder: Path, tmp_path: Path) -> None:
    with served(tmp_path, model_folder) as (client, desk):
        desk.work = Gate(1, 500)
        answers: list[httpx.Response] = []
        threads = [threading.Thread(target=lambda: answers.append(_heavy(client))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} == {200, 503}
        refused = next(answer for answer in answers if answer.status_code == 503)
        assert (int(refused.headers["Retry-After"]) >= 1, refused.json()["title"]) == (True, "Service Unavailable")
        assert client.get("/health/ready").status_code == 200, "it recovers"


def _heavy(client: httpx.Client) -> httpx.Response:
    return httpx.post(f"{client.base_url}/v1/tags?explain=true", json=HEADLINES * 400, timeout=30)


def test_a_large_body_is_refused_whether_it_is_announced_or_not(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LARGEST", 1000)
    body = json.dumps(["а" * 1000]).encode()
    pieces = (body[place : place + 100] for place in range(0, len(body), 100))
    assert client.post("/v1/tags", content=body, headers=JSON).status_code == 413
    assert client.post("/v1/tags", content=pieces, headers=JSON).status_code == 413
    monkeypatch.setattr(bounds, "LARGEST", 1 << 20)
    monkeypatch.setattr(bounds, "LARGEST_INSIDE", 1000)
    assert client.post("/v1/tags", content=body, headers=JSON).status_code == 503
    half = json.dumps(["а" * 100]).encode()
    answers = [client.post("/v1/tags", content=half, headers=JSON).status_code for _ in range(3)]
    assert answers == [200] * 3, "what has gone makes room"


def test_slow_and_silent_clients_hold_up_nobody(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PATIENCE", 3)
    begin = (
        b"POST /v1/tags HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n["
    )
    port = client.base_url.port or 0
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    for each in slow:
        each.sendall(begin)
    begun = time.monotonic()
    assert client.post("/v1/tags", json=HEADLINES).status_code == 200
    assert time.monotonic() - begun < 3
    answer = slow[0].makefile("rb").readline()
    for each in slow:
        each.close()
    assert b" 408 " in answer


def test_silent_connections_are_ended(model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "ASKING", 0.2)
    monkeypatch.setattr(patience, "LISTENING", 0.2)
    body = json.dumps(HEADLINES * 500).encode()
    head = [
        "POST /v1/tags HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    with served(tmp_path, model_folder, room=4096) as (client, _):
        mute, slow, deaf = (socket.create_connection(("127.0.0.1", client.base_url.port or 0)) for _ in range(3))
        slow.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall("\r\n".join([*head, "", ""]).encode() + body)
        assert [heard(each) for each in (mute, slow)] == [0, 0]
        end = time.monotonic() + 20
        while len(connections[0]) or 'route="/v1/tags"' not in httpx.get(f"{client.base_url}/metrics").text:
            assert time.monotonic() < end, "who does not listen is still waited for"
            time.sleep(0.05)
        deaf.close()
        assert client.post("/v1/tags", json=HEADLINES[:1]).status_code == 200


def heard(connection: socket.socket) -> int:
    """Read until the server ends the connection, by a word or without; give how many bytes came."""
    connection.settimeout(10)
    count = 0
    with connection, suppress(ConnectionResetError):
        while got := len(connection.recv(1 << 16)):
            count += got
    return count


def test_answers_are_typed_as_described(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()["components"]["schemas"]
    for row in client.post("/v1/tags?explain=1", json=HEADLINES).json():
        bodies.Answer.model_validate_json(json.dumps(row), strict=True)
    assert set(described) >= {"Answer", "Problem", "Model"}
