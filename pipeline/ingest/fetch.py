"""An address on the web, fetched by httpx: bounded in size, time and redirects, asked for politely, and public.

A name is resolved once and the connection goes to the address that was checked, so that a name server that changes its
answer in between (DNS rebinding) changes nothing. Redirects are followed by hand, each checked anew.
"""

import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any, Final

import httpx

from pipeline.errors import InputError
from pipeline.ingest import public, remembered
from pipeline.ingest.robots import AGENT, allows

LARGEST: Final = 1 << 28
"""Bytes of a download: 256 MB, a thousand times a feed; an archive of that size is better downloaded by hand."""
LONGEST: Final = 60.0
"""Seconds for all of it, redirects too, however slowly the server sends."""
PATIENCE: Final = 15.0
"""Seconds for a connection, or between two pieces of an answer."""
MOST_REDIRECTS: Final = 5
"""Browsers follow 20; a feed that moved twice is rare."""

_LARGEST_ROBOTS: Final = 1 << 20
_NOT_MODIFIED: Final = 304
_HEADERS: Final = {
    "User-Agent": f"{AGENT} (reads headlines)",
    "Accept": "application/rss+xml, application/atom+xml, application/feed+json, text/html, */*;q=0.5",
    "Accept-Encoding": "identity",
}


@dataclass(frozen=True)
class Page:
    """What came.

    Attributes:
        body: The bytes, as a file at its beginning.
        charset: The encoding that the server says they are in, if it does.
    """

    body: IO[bytes]
    charset: str | None


@dataclass
class _Visit:
    """One fetching: what the user asked for, whether it may lead into the own network, until when."""

    address: str
    allow_private: bool
    deadline: float

    def left(self) -> float:
        return max(self.deadline - time.monotonic(), 0.01)


class _Line:
    """The connection of one request, so that another thread can cut it."""

    def __init__(self) -> None:
        self._stream: Any = None

    def trace(self, event: str, told: Mapping[str, Any]) -> None:
        """Take note of a connection, as httpcore tells it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = told["return_value"]

    def cut(self) -> None:
        """End it."""
        if self._stream is not None:
            with suppress(OSError):  # it has ended by itself
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def fetch(address: str, allow_private: bool) -> Page:
    """Fetch an address.

    Args:
        address: With ``http://`` or ``https://``.
        allow_private: Whether it may lead into the own network or to this machine.

    Returns:
        What came.

    Raises:
        InputError: If it cannot be reached or may not be, answers with an error, or is too large or too slow.
    """
    visit = _Visit(address, allow_private, time.monotonic() + LONGEST)
    at = address
    for _ in range(MOST_REDIRECTS + 1):
        public.url_of(at, address)
        if not allows(at, lambda robots: _robots(robots, visit)):
            raise InputError(address, "a page that robots.txt closes to programs", "an open one", "save it by hand")
        answer = _ask(at, visit)
        if isinstance(answer, Page):
            return answer
        at = answer
    raise InputError(address, f"more than {MOST_REDIRECTS} redirects", "a page", "give the address it ends at")


def _ask(at: str, visit: _Visit) -> Page | str:
    """Ask once; give what came, or where to ask next."""
    known = remembered.recall(at)
    with _answer(at, visit, known.conditions if known else {}) as answer:
        if answer.has_redirect_location:
            return str(httpx.URL(at).join(answer.headers["Location"]))
        if known and answer.status_code == _NOT_MODIFIED:
            return Page(known.body, known.charset)
        if answer.status_code != httpx.codes.OK:
            found = f"the answer {answer.status_code} {answer.reason_phrase}"
            raise InputError(visit.address, found, "200 OK", "open it in a browser, or save it and give the file")
        body = _body(answer, visit, LARGEST)
        remembered.remember(at, answer.headers, answer.charset_encoding, body)
        return Page(body, answer.charset_encoding)


def _robots(at: str, visit: _Visit) -> str | None:
    """Give the rules of a host, or None if there are none."""
    for _ in range(MOST_REDIRECTS + 1):
        with _answer(at, visit, {}) as answer:
            if not answer.has_redirect_location:
                if answer.status_code != httpx.codes.OK:
                    return None
                with _body(answer, visit, _LARGEST_ROBOTS) as body:
                    return body.read().decode("utf-8", "replace")
            at = str(httpx.URL(at).join(answer.headers["Location"]))
    return None


@contextmanager
def _answer(at: str, visit: _Visit, conditions: dict[str, str]) -> Iterator[httpx.Response]:
    """Connect to the checked address of a host, and hold its answer; after the deadline the connection is cut."""
    url = public.url_of(at, visit.address)
    host = public.resolve(url, visit.allow_private, visit.address)
    headers = _HEADERS | conditions | {"Host": url.netloc.decode("ascii")}
    patience = httpx.Timeout(min(PATIENCE, visit.left()))
    line = _Line()
    end = threading.Timer(visit.left(), line.cut)
    end.daemon = True
    end.start()
    how = {"sni_hostname": url.host, "trace": line.trace}
    try:
        with (
            httpx.Client(timeout=patience, trust_env=False, follow_redirects=False) as client,
            client.stream("GET", url.copy_with(host=host), headers=headers, extensions=how) as answer,
        ):
            yield answer
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
        late = time.monotonic() >= visit.deadline
        found = f"an answer slower than {LONGEST:.0f} seconds" if late else f"no connection ({error or 'time out'})"
        raise InputError(visit.address, found, "a page", "try again, or save it and give the file") from error
    finally:
        end.cancel()


def _body(answer: httpx.Response, visit: _Visit, largest: int) -> IO[bytes]:
    body = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as its reader
    try:
        for block in answer.iter_raw():
            if body.tell() + len(block) > largest:
                raise InputError(visit.address, f"more than {largest >> 20} MB", "a page or a feed", "download it")
            body.write(block)
        if time.monotonic() >= visit.deadline:  # what was cut looks like an end
            raise TimeoutError
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body
