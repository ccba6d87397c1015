"""A crowd that asks a server all that it can be asked, and idlers that hold connections open and say little."""

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx

MIX: Final = {"one headline": 40, "1,000 headlines": 10, "why": 10, "page": 15, "download": 5, "file": 10, "click": 10}
"""What is asked, of 100 requests."""
DONE: Final = (200, 303)
REFUSED: Final = (429, 503)
PATIENCE: Final = 60.0
"""Seconds that an answer is waited for."""
SHEET: Final = 300
"""Headlines of a sheet and of a file."""


class Answer(NamedTuple):
    """What became of a request.

    Attributes:
        kind: One of ``MIX``.
        status: Of the answer; 0 if there was none.
        seconds: Until all of it was there.
        wait: What it says of when to come again.
        fault: What happened instead of an answer.
    """

    kind: str
    status: int
    seconds: float
    wait: str | None = None
    fault: str = ""


@dataclass
class Crowd:
    """Who asks.

    Attributes:
        client: Of the server.
        headlines: To ask about, each time others.
        answers: What came.
    """

    client: httpx.AsyncClient
    headlines: Sequence[str]
    answers: list[Answer] = field(default_factory=list)
    sheet: str = ""
    _lots: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 (lots, no secrets)

    async def sit(self) -> None:
        """Give the headlines whose page is shown and corrected."""
        answer = await self.client.post("/sheets", files={"text": (None, "\n".join(self.headlines[:SHEET]))})
        self.sheet = answer.headers["Location"]

    async def ask(self, kind: str) -> Answer:
        """Ask something, and note what comes."""
        method, path, how = self._request(kind)
        begun = time.monotonic()
        try:
            found = await self.client.request(method, path, **how)
            answer = Answer(kind, found.status_code, time.monotonic() - begun, found.headers.get("Retry-After"))
        except httpx.HTTPError as error:
            answer = Answer(kind, 0, time.monotonic() - begun, fault=repr(error))
        self.answers.append(answer)
        return answer

    async def press(self, askers: int, seconds: float) -> float:
        """Ask with some askers, each of whom asks again when answered; give how many were answered a second."""
        begun, before = time.monotonic(), len(self.answers)

        async def ask_on() -> None:
            while time.monotonic() < begun + seconds:
                await self.ask(self._any())

        await asyncio.gather(*(ask_on() for _ in range(askers)))
        answered = sum(answer.status in DONE for answer in self.answers[before:])
        return answered / (time.monotonic() - begun)

    async def flood(self, rate: float, seconds: float) -> float:
        """Ask so often a second, whether there are answers or not; give how often a second it was."""
        begun, asked = time.monotonic(), set[asyncio.Task[Answer]]()
        for count in itertools.count():
            due = begun + count / rate
            if due > begun + seconds:
                break
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(self.ask(self._any()))
            asked.add(task)
            task.add_done_callback(asked.discard)
        spent = time.monotonic() - begun
        await asyncio.gather(*asked)
        return count / spent

    def _any(self) -> str:
        return self._lots.choices(list(MIX), list(MIX.values()))[0]

    def _some(self, count: int) -> list[str]:
        begin = self._lots.randrange(len(self.headlines))
        return list(itertools.islice(itertools.cycle(self.headlines), begin, begin + count))

    def _request(self, kind: str) -> tuple[str, str, dict[str, Any]]:
        if kind == "click":
            return "POST", f"{self.sheet}/tags", {"data": {"change": f"{self._lots.randrange(SHEET)}:war"}}
        if kind == "page":
            return "GET", self.sheet, {"params": {"start": self._lots.randrange(0, SHEET, 50)}}
        if kind == "download":
            return "GET", f"{self.sheet}/headlines.csv", {}
        if kind == "file":
            file = "\n".join(self._some(SHEET)).encode()
            return "POST", "/sheets", {"files": {"file": ("page.txt", file)}}
        count = {"one headline": 1, "why": 20}.get(kind, 1000)
        return "POST", "/v1/tags", {"json": self._some(count), "params": {"explain": "true"} if kind == "why" else {}}


HEAD: Final = b"POST /v1/tags HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
IDLERS: Final = {
    "says nothing": (b"", b""),
    "a head, a byte a second": (b"", HEAD * 100),
    "a body, a byte a second": (HEAD + b"Content-Length: 9000\r\n\r\n", b"[" + b" " * 8999),
    "half a body, and gone": (HEAD + b"Content-Length: 9000\r\n\r\n[", b""),
    "asks, and hears a byte a second": (b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200, b""),
}
"""What idlers say at once, and what they say a byte a second."""


async def idle(address: str, kind: str) -> None:
    """Hold a connection open and say little, for ever; begin anew when the server has had enough."""
    where = urlsplit(address)
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=1)
            with closing(writer):
                await _drag(reader, writer, *IDLERS[kind])
        await asyncio.sleep(1)


async def _drag(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, at_once: bytes, slowly: bytes) -> None:
    """Say and hear a byte a second, until the server ends the connection."""
    writer.write(at_once)
    for place in itertools.count():
        writer.write(slowly[place : place + 1])
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                if not await reader.read(1):
                    return
                await asyncio.sleep(1)
