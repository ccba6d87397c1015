"""Locked down: who may ask what, by the headers of browsers and programs; and what goes into no log."""

import asyncio
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import HEADLINES, paste, served
from starlette.requests import Request

from pipeline.cli import main
from pipeline.serve import guard, intake
from pipeline.serve.app import app_of
from pipeline.serve.desk import Serving
from pipeline.serve.pages import _local
from pipeline.serve.problem import Refusal
from pipeline.serve.run import log_to_stderr

pytestmark = pytest.mark.enable_socket
TOKEN = "long enough a token"  # noqa: S105
PAGE = {"Accept": "text/html"}
FORM = {"text": (None, "\n".join(HEADLINES))}


@pytest.fixture(scope="module")
def client(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(tmp_path_factory.mktemp("guard"), model_folder) as (asking, _):
        yield asking


@pytest.fixture(scope="module")
def closed(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(tmp_path_factory.mktemp("closed"), model_folder, token=TOKEN) as (asking, _):
        yield asking


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "SELF"}, 403),
        ({"Origin": "SELF"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:80"}, 421),
        ({"Host": ""}, 421),
        ({"Host": "["}, 421),
        ({"Origin": "http://["}, 403),
        ({"Host": "localhost"}, 303),
        ({"Host": "[::1]:8000"}, 303),
    ],
)
def test_other_sites_change_nothing(client: httpx.Client, headers: dict[str, str], status: int) -> None:
    told = {name: value.replace("SELF", str(client.base_url).rstrip("/")) for name, value in headers.items()}
    assert client.post("/sheets", files=FORM, headers=told).status_code == status


@pytest.mark.parametrize("path", ["/", "/none", "/v1/model", "/static/page.css", "/static/none", "/openapi.json"])
def test_every_answer_has_the_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path, headers=PAGE).headers
    assert {name: headers.get(name) for name in guard.HEADERS if name != "Cache-Control"} == {
        name: value for name, value in guard.HEADERS.items() if name != "Cache-Control"
    }
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "immutable" in headers["Cache-Control"] or headers["Cache-Control"] == "no-store"
    assert "server" not in headers


def test_a_token_opens_and_nothing_else_does(closed: httpx.Client) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": "rubrika=x"},
    ):
        answer = closed.get("/v1/model", headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert closed.get("/metrics").status_code == 401
    assert closed.get("/health/live").status_code == 200
    assert closed.get("/v1/model", headers={"Authorization": f"bearer {TOKEN}"}).status_code == 200


def test_a_browser_signs_in(closed: httpx.Client) -> None:
    assert "/login" in closed.get("/?a=b", headers=PAGE).text
    wrong = closed.post("/login", data={"token": "wrong"}, headers=PAGE)
    assert (wrong.status_code, wrong.cookies.get(guard.COOKIE)) == (401, None)
    right = closed.post("/login", data={"token": TOKEN, "to": "//evil.example"}, headers=PAGE)
    cookie = right.headers["Set-Cookie"]
    assert right.headers["Location"] == "/"
    assert TOKEN not in cookie
    assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
    assert closed.get("/", headers=PAGE | {"Cookie": cookie.split(";")[0]}).status_code == 200
    closed.cookies.clear()


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["--host", "0.0.0.0"], 2, "set a token"),  # noqa: S104
        (["--host", "rubrika.example"], 2, "set a token"),
        (["--token", "short"], 2, "expected 16 or more"),
        (["--model", "none"], 1, "a model folder"),
    ],
)
def test_the_command_refuses_in_one_line(
    args: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *args]) == code
    assert told in capsys.readouterr().err.splitlines()[-1]


def test_the_command_serves_until_told_to_stop(model_folder: Path, tmp_path: Path) -> None:
    args = ["serve", "--port", "0", "--model", str(model_folder)]
    command = [sys.executable, "-m", "pipeline.cli", *args]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stderr
        address = process.stderr.readline().split()[-1]
        assert httpx.post(f"{address}v1/tags", json=HEADLINES).status_code == 200
        taken = main(["serve", "--port", address.rstrip("/").rpartition(":")[2], "--model", str(model_folder)])
        process.terminate()
        assert taken == 1
        assert process.wait(20) in {0, -signal.SIGTERM}, process.stderr.read()


def test_who_asks_too_often_waits(model_folder: Path, tmp_path: Path) -> None:
    with served(tmp_path, model_folder, rate=5.0) as (client, _):
        answers = [client.get("/health/live") for _ in range(14)]
        assert [answer.status_code for answer in answers[:10]] == [200] * 10
        late = answers[-1]
        assert (late.status_code, late.headers["Content-Type"]) == (429, "application/problem+json")
        time.sleep(float(late.headers["Retry-After"]))
        assert client.get("/health/live").status_code == 200


@given(st.lists(st.floats(0, 1), min_size=1, max_size=80), st.floats(0.5, 50))
def test_no_more_than_the_rate_and_a_burst_come_through(gaps: list[float], rate: float) -> None:
    now, passed = 0.0, 0
    check = guard.rationed(rate, lambda: now)  # a clock of its own: servers in other threads live by the system's
    request = Request({"type": "http", "client": ("10.0.0.1", 1), "headers": []})
    for gap in gaps:
        now += gap
        with suppress(Refusal):
            check(request)
            passed += 1
    assert 1 <= passed <= rate * (now - gaps[0] + max(guard.BURST, 1 / rate)) + 1e-6


def test_only_so_many_clients_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_CLIENTS", 3)
    check = guard.rationed(0.1, lambda: 0.0)
    requests = [Request({"type": "http", "client": (f"10.0.0.{n}", 1), "headers": []}) for n in range(4)]
    for request in requests:
        check(request)
    for request in requests[1:]:
        with pytest.raises(Refusal, match="wait"):
            check(request)
    check(requests[0])  # forgotten, as the one longest silent


def test_what_should_not_happen_is_told_without_its_words(model_folder: Path, tmp_path: Path) -> None:
    app = app_of(Serving(model=model_folder, corrections=tmp_path / "corrections.db", rate=0.0))

    @app.get("/broken")
    def broken() -> None:
        raise ValueError(HEADLINES[0])

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/broken")

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert answer.headers["Content-Security-Policy"] == guard.HEADERS["Content-Security-Policy"]
    assert HEADLINES[0] not in answer.text


def test_hostile_headlines_stay_text(client: httpx.Client) -> None:
    hostile = [
        "<script>alert(1)</script> в Минске",
        '"><img src=x onerror=alert(1)> рубль',
        "{{ 7 * 7 }} ставка",
        "</textarea><b>рубль",
    ]
    rows = "headline,link\n" + "\n".join(
        f'"{text.replace(chr(34), chr(34) * 2)}",javascript:alert(1)' for text in hostile
    )
    page = client.get(paste(client, file=('"><script>.csv', rows.encode())), headers=PAGE).text
    assert page.count("<script") == 1, "our own"
    assert "<img" not in page
    assert "javascript:" not in page
    assert "49" not in page.partition("<ol")[2].partition("</ol>")[0]
    bad = client.post("/sheets", files={"text": (None, hostile[3]), "column": (None, "x")}, headers=PAGE)
    assert (bad.status_code, "<b>рубль" in bad.text) == (422, False)


@pytest.mark.parametrize(("log", "told"), [("quiet", False), ("headlines", True)])
def test_an_error_is_logged_without_its_words_unless_asked(
    log: str, told: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for logger in map(logging.getLogger, ("rubrika.serve", "uvicorn.error")):
        for name in ("handlers", "propagate", "level"):  # to be as they were afterwards
            monkeypatch.setattr(logger, name, getattr(logger, name))
    log_to_stderr(log)
    try:
        raise ValueError(HEADLINES[0])
    except ValueError:
        logging.getLogger("uvicorn.error").exception("it failed")
    written = capsys.readouterr().err
    assert ("ValueError" in written, "test_serve_guard.py" in written, HEADLINES[0] in written) == (True, True, told)


@pytest.mark.parametrize("address", ["file:///etc/hostname", "/etc/hostname", "-", "*", "a.db::t", "http://a b/"])
def test_no_path_of_this_machine_is_an_address(address: str) -> None:
    assert intake.address_in(address) is None


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb", "evil", "", "//[", "http://["]
)
def test_no_redirect_leads_elsewhere(to: str) -> None:
    assert _local(to) == "/"
    assert _local("/sheets/x?q=1") == "/sheets/x?q=1"


@pytest.mark.parametrize(("log", "told"), [("quiet", False), ("requests", False), ("headlines", True)])
def test_no_headline_is_logged_unless_asked(
    model_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, log: str, told: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    with served(tmp_path, model_folder, log=log) as (client, _):
        client.post("/v1/tags", json=HEADLINES)
        sheet = paste(client)
        client.get(sheet, params={"q": HEADLINES[0]})
        client.post("/v1/tags", json={"headline": HEADLINES[0]})
        client.post("/sheets", files={"text": (None, HEADLINES[0]), "column": (None, HEADLINES[0])})
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "asyncio"))]
    assert any("ставку" in record.getMessage() for record in ours) is told
