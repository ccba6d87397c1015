"""Addresses: fetched once and bounded, and never from the own network unasked. The only network is this machine."""

import pickle
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from pipeline.errors import BusyError, InputError
from pipeline.ingest import Counts, Options, fetch, public, question, read

HEADLINES = ["Нацбанк поднял ставку", "Генштаб сообщил об отходе бригады"]
FEED = "<rss><channel>" + "".join(f"<item><title>{each}</title></item>" for each in HEADLINES) + "</channel></rss>"
pytestmark = pytest.mark.enable_socket


MOVED = {"/moved": "/feed", "/out": "file:///etc/hostname", "/inward": "http://10.0.0.1/feed"}
ROBOTS = b"User-agent: rubrika\nDisallow: /closed\nAllow: /closed/but/open\nDisallow: /*?print\nDisallow: /*.php$\n"
ASKED: list[tuple[str, str, str | None]] = []  # path, agent, condition


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        ASKED.append((self.path, self.headers["User-Agent"], self.headers["If-None-Match"]))
        if self.path == "/tagged":
            old = self.headers["If-None-Match"] == '"1"'
            return self.answer(304 if old else 200, b"" if old else FEED.encode(), ETag='"1"')
        lost = self.path == "/robots.txt" and self.headers["Host"].startswith("lost.example")
        if lost or self.path.startswith("/loop"):
            return self.answer(302, b"", Location=f"/loop{len(self.path)}")
        if self.path in MOVED:
            return self.answer(302, b"", Location=MOVED[self.path])
        if self.path == "/slow":
            return self.drip()
        ill = self.path == "/robots.txt" and self.headers["Host"].startswith("ill.example")
        if ill or self.path.startswith("/busy?"):
            return self.answer(503, b"", **{"Retry-After": unquote(self.path.partition("?")[2])})
        pages = {
            "/robots.txt": ROBOTS,
            "/feed": FEED.encode(),
            "/page": "".join(f'<h2><a href="/{each}">{each} сегодня</a></h2>' for each in HEADLINES).encode(),
            "/cp1251": "\n".join(HEADLINES).encode("cp1251"),
            "/large": b"x" * 5000,
            "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8": FEED.encode(),
        }
        body = pages.get(self.path)
        return self.answer(404 if body is None else 200, body or b"")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            try:
                self.wfile.write(b"x\n")
            except OSError:
                return
            time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def headlines(address: str, allow_private: bool = True) -> list[str]:
    tables = read(address, Counts(), Options(allow_private=allow_private))
    return [headline for table in tables for headline in table["headline"].to_pylist()]


@pytest.mark.parametrize("path", ["/feed", "/moved", "/cp1251", "/новости"])
def test_an_address_is_read(server: str, path: str) -> None:
    assert headlines(server + path) == HEADLINES


def test_the_links_of_a_page_are_whole(server: str) -> None:
    (table,) = read(f"{server}/page", Counts(), Options(allow_private=True))
    assert table["link"].to_pylist() == [f"{server}/{each}" for each in HEADLINES]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/none", r"found the answer 404 Not Found; expected 200 OK"),
        ("/loop", r"found more than 5 redirects"),
        ("/out", r"found no address of a page"),
    ],
)
def test_what_is_no_page_is_told(server: str, path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        headlines(server + path)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("", 0),
        ("120", 120),
        ("-1", 0),
        ("tomorrow", 0),
        ("9" * 30, 999_999_999),
        (format_datetime(datetime.now(UTC)), 0),
    ],
)
def test_a_busy_server_says_when_to_ask_again(server: str, told: str, seconds: float) -> None:
    with pytest.raises(
        BusyError, match=r"found the answer 503 Service Unavailable; expected 200 OK; try again"
    ) as busy:
        headlines(f"{server}/busy?{quote(told)}")
    assert busy.value.seconds == seconds
    assert pickle.loads(pickle.dumps(busy.value)).seconds == seconds  # noqa: S301 - ours


def test_a_busy_server_may_name_a_time(server: str) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    with pytest.raises(BusyError) as busy:
        headlines(f"{server}/busy?{quote(later)}")
    assert 3590 < busy.value.seconds <= 3600


def test_the_own_network_is_refused(server: str) -> None:
    with pytest.raises(InputError, match=r"a host in the own network \(127.0.0.1\); .*--allow-private"):
        headlines(f"{server}/feed", allow_private=False)


@pytest.mark.parametrize(
    "host",
    [
        *("10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"),  # noqa: S104
        *("[::127.0.0.1]", "[fec0::1]", "[64:ff9b:1::7f00:1]", "[::ffff:0:127.0.0.1]"),
    ],
)
def test_private_addresses_of_all_kinds_are_refused(host: str) -> None:
    with pytest.raises(InputError, match=r"a host in the own network"):
        headlines(f"http://{host}/feed", allow_private=False)


@pytest.mark.parametrize(
    ("host", "public_"),
    [
        *((host, True) for host in ("8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808")),
        *((host, False) for host in ("10.0.0.1", "fe80::1%eth0", "64:ff9b::a00:1", "2002:a00:1::", "fc00::1")),
    ],
)
def test_an_address_is_public_where_the_one_hidden_in_it_is(host: str, public_: bool) -> None:
    assert public.is_public(host) == public_


def test_a_page_that_robots_closes_is_not_asked_for(server: str) -> None:
    ASKED.clear()
    with pytest.raises(InputError, match=r"found a page that robots.txt closes"):
        headlines(f"{server}/closed/feed")
    assert ASKED == [("/robots.txt", "rubrika (reads headlines)", None)]


@pytest.mark.parametrize("path", ["/feed?print=1", "/feed.php", "/closed/but"])
def test_signs_in_robots_count(server: str, path: str) -> None:
    with pytest.raises(InputError, match=r"found a page that robots.txt closes"):
        headlines(server + path)


def test_the_longest_rule_in_robots_counts(server: str) -> None:
    with pytest.raises(InputError, match=r"found the answer 404"):
        headlines(f"{server}/closed/but/open/feed")


def test_a_host_that_cannot_tell_its_rules_is_closed(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **how: resolve("127.0.0.1", *rest, **how))
    with pytest.raises(InputError, match=r"found a page that robots.txt closes"):
        headlines(server.replace("127.0.0.1", "ill.example") + "/feed")


def test_a_host_whose_rules_lead_round_in_a_circle_has_none(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **how: resolve("127.0.0.1", *rest, **how))
    assert headlines(server.replace("127.0.0.1", "lost.example") + "/feed") == HEADLINES


def test_a_feed_is_asked_for_only_if_it_has_changed(server: str) -> None:
    ASKED.clear()
    assert headlines(f"{server}/tagged") == headlines(f"{server}/tagged") == HEADLINES
    assert [condition for path, _, condition in ASKED if path == "/tagged"] == [None, '"1"']


def test_what_cannot_be_kept_or_is_of_another_address_is_fetched_again(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ASKED.clear()
    assert headlines(f"{server}/tagged") == HEADLINES
    (kept,) = (path for path in Path.home().rglob("*") if path.is_file())
    kept.write_bytes(kept.read_bytes().replace(b"/tagged", b"/taggeD"))
    assert headlines(f"{server}/tagged") == HEADLINES
    Path("cache").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    for _ in range(2):
        assert headlines(f"{server}/tagged") == HEADLINES
    assert [condition for path, _, condition in ASKED if path == "/tagged"] == [None] * 4


def test_each_redirect_is_checked(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "is_public", lambda host: host == "127.0.0.1")
    with pytest.raises(InputError, match=r"a host in the own network \(10.0.0.1\)"):
        headlines(f"{server}/inward", allow_private=False)


def test_a_name_is_resolved_once_a_question(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port, resolve, asked = server.rpartition(":")[2], socket.getaddrinfo, list[str]()

    def named(host: str, *rest: Any, **how: Any) -> Any:
        asked.append(host)
        return resolve("127.0.0.1" if host == "yasen.example" else host, *rest, **how)

    monkeypatch.setattr(socket, "getaddrinfo", named)
    assert headlines(f"http://yasen.example:{port}/feed") == HEADLINES
    assert asked.count("yasen.example") == 2, "once for robots.txt, once for the feed"


@pytest.mark.parametrize("address", ["http://", "http://[::1", "http://a:b/", "http://a:99999/"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(InputError, match=r"found no address of a page"):
        headlines(address)


def test_a_large_download_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LARGEST", 4999)
    with pytest.raises(InputError, match=r"found more than 0 MB"):
        headlines(f"{server}/large")


def test_a_slow_download_is_ended(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "LONGEST", 0.5)
    begun = time.monotonic()
    with pytest.raises(InputError, match=r"slower than 0 seconds"):
        headlines(f"{server}/slow")
    assert time.monotonic() - begun < 3


def test_no_one_there() -> None:
    with pytest.raises(InputError, match=r"found no connection \(.*refused"):
        headlines("http://127.0.0.1:9/feed")
