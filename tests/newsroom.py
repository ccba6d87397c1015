"""A feed that grows and a webhook that remembers, on a free port of this machine, for tests."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads

NEWS = ["Нацбанк поднял ставку", "Дроны атаковали нефтебазу", "В зоопарке родился жираф"]


class Newsroom(ThreadingHTTPServer):
    """The feed, the webhook, and what they were asked and told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.news: list[str] = list(NEWS)
        self.asked: list[tuple[str, str | None]] = []  # path, condition
        self.posted: list[tuple[str, str]] = []  # idempotency key, headline
        self.broken = self.refusing = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def feed(self) -> bytes:
        items = "".join(f"<item><title>{text}</title><link>/{n}</link></item>" for n, text in enumerate(self.news))
        return f"<rss><channel>{items}</channel></rss>".encode()


class Desk(BaseHTTPRequestHandler):
    server: Newsroom

    def do_GET(self) -> None:
        room, tag = self.server, f'"{len(self.server.news)}"'
        room.asked.append((self.path, self.headers["If-None-Match"]))
        if self.path == "/busy":
            return self.answer(503, b"", {"Retry-After": "5000"})
        if self.path == "/robots.txt":
            if room.broken:
                return self.answer(500, b"", {})
            return self.answer(200, b"User-agent: *\nDisallow: /closed\n", {})
        if self.path not in ("/feed", "/closed"):
            return self.answer(404, b"", {})
        old = self.headers["If-None-Match"] == tag
        return self.answer(304 if old else 200, b"" if old else room.feed(), {"ETag": tag})

    def do_POST(self) -> None:
        sent = loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.server.refusing:
            self.server.posted.append((self.headers["Idempotency-Key"], sent["headline"]))
        time.sleep(0.01)
        self.answer(500 if self.server.refusing else 204, b"", {})

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
