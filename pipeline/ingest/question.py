"""One question to a server: to the address that was checked, and cut when the time is over."""

import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import IO, Any, Final

import httpx

from pipeline.errors import InputError
from pipeline.ingest import public
from pipeline.ingest.robots import AGENT

LONGEST: Final = 60.0
"""Seconds for all of it, redirects too, however slowly the server sends."""
PATIENCE: Final = 15.0
"""Seconds for a connection, or between two pieces of an answer."""
_HEADERS: Final = {
    "User-Agent": f"{AGENT} (reads headlines)",
    "Accept": "application/rss+xml, application/atom+xml, application/feed+json, text/html, */*;q=0.5",
    "Accept-Encoding": "identity",
}


@dataclass
class Visit:
    """One fetching: what the user asked for, whether it may lead into the own network, until when."""

    address: str
    allow_private: bool
    deadline: float

    def left(self) -> float:
        """Give the seconds that are left."""
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


@contextmanager
def answered(at: str, visit: Visit, conditions: dict[str, str]) -> Iterator[httpx.Response]:
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
            httpx.Client(timeout=patience, trust_env=False, verify=authorities(), follow_redirects=False) as client,
            client.stream("GET", url.copy_with(host=host), headers=headers, extensions=how) as answer,
        ):
            yield answer
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
        late = time.monotonic() >= visit.deadline
        found = f"an answer slower than {LONGEST:.0f} seconds" if late else f"no connection ({error or 'time out'})"
        raise InputError(visit.address, found, "a page", "try again, or save it and give the file") from error
    finally:
        end.cancel()


@cache
def authorities() -> ssl.SSLContext:
    """Give whom to trust: Mozilla's list, or the file that the variable SSL_CERT_FILE names."""
    return httpx.create_ssl_context()


def body_of(answer: httpx.Response, visit: Visit, largest: int) -> IO[bytes]:
    """Give the body of an answer as a file at its beginning, if it is not too large and came in time."""
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
