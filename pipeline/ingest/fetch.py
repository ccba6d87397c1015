"""An address on the web, fetched into a temporary file: bounded in size, time and redirects, and public.

The name is resolved once and the connection goes to the address that was checked, so that a name server that changes
its answer in between changes nothing.
"""

import http.client
import ipaddress
import socket
import ssl
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import IO, Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from pipeline.errors import InputError

LARGEST: Final = 1 << 28
"""Bytes of a download: 256 MB, a thousand times a feed; an archive of that size is better downloaded by hand."""
LONGEST: Final = 60.0
"""Seconds for all of it, redirects too, however slowly the server sends."""
PATIENCE: Final = 15.0
"""Seconds for a connection, or between two pieces of an answer."""
MOST_REDIRECTS: Final = 5
"""Browsers follow 20; a feed that moved twice is rare."""

_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_OK: Final = 200
_HEADERS: Final = {
    "User-Agent": "rubrika (reads headlines)",
    "Accept": "application/rss+xml, application/atom+xml, text/html, */*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_BLOCK: Final = 1 << 16
_FAILED: Final = (OSError, http.client.HTTPException, ssl.SSLError, ValueError)


@dataclass(frozen=True)
class Page:
    """What came.

    Attributes:
        body: The bytes, as a file at its beginning.
        charset: The encoding that the server says they are in, if it does.
    """

    body: IO[bytes]
    charset: str | None


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
    deadline = time.monotonic() + LONGEST
    at = address
    for _ in range(MOST_REDIRECTS + 1):
        parts = _parts(at)
        host = _vetted(parts, allow_private, address)
        answer = _ask(parts, host, deadline, address)
        if isinstance(answer, Page):
            return answer
        at = urljoin(at, answer)
    raise InputError(address, f"more than {MOST_REDIRECTS} redirects", "a page", "give the address it ends at")


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        if parts.scheme in _PORTS and parts.hostname and (parts.port is None or parts.port > 0):
            return parts
    except ValueError:  # a bracket without its pair, a port of letters
        pass
    raise InputError(address, "no address of a page", "http:// or https://, a name, a path", "check it")


def _vetted(parts: SplitResult, allow_private: bool, address: str) -> str:
    """Resolve a host; give the first address of it, all having been found to be public."""
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or _PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(address, f"no such host ({parts.hostname})", "a host that exists", "check it") from error
    hosts = [str(place[4][0]) for place in found]
    private = next((host for host in hosts if not _is_public(host)), None)
    if private and not allow_private:
        found_text = f"a host in the own network ({private})"
        raise InputError(address, found_text, "a public one", "say --allow-private if you trust the address")
    return hosts[0]


def _is_public(host: str) -> bool:
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner or address in ipaddress.ip_network("64:ff9b::/96"):
            return _is_public(str(inner or ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast


def _ask(parts: SplitResult, host: str, deadline: float, address: str) -> Page | str:
    """Ask once; give what came, or where to ask next."""
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    )
    try:
        connection = _connect(parts, host, deadline)
        end = threading.Timer(max(deadline - time.monotonic(), 0.01), _cut, [connection.sock])
        end.daemon = True
        end.start()
        try:
            connection.request("GET", path, headers=_HEADERS)
            answer = connection.getresponse()
            target = answer.headers.get("Location")
            if answer.status in _REDIRECTS and target:
                return target
            if answer.status != _OK:
                found = f"the answer {answer.status} {answer.reason}"
                raise InputError(address, found, "200 OK", "open it in a browser, or save it and give the file")
            page = Page(_body(answer, address), answer.headers.get_content_charset())
            if time.monotonic() >= deadline:  # what was cut looks like an end
                page.body.close()
                raise TimeoutError
            return page
        finally:
            end.cancel()
            connection.close()
    except _FAILED as error:
        late = time.monotonic() >= deadline
        found = f"an answer slower than {LONGEST:.0f} seconds" if late else f"no connection ({error or 'time out'})"
        raise InputError(address, found, "a page", "try again, or save it and give the file") from error


def _connect(parts: SplitResult, host: str, deadline: float) -> http.client.HTTPConnection:
    port = parts.port or _PORTS[parts.scheme]
    patience = min(PATIENCE, max(deadline - time.monotonic(), 0.01))
    plain = socket.create_connection((host, port), timeout=patience)
    name = parts.hostname or ""
    connection = http.client.HTTPConnection(name, port, timeout=patience)
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(name, port, timeout=patience)
        plain = ssl.create_default_context().wrap_socket(plain, server_hostname=name)
    connection.sock = plain
    return connection


def _body(answer: http.client.HTTPResponse, address: str) -> IO[bytes]:
    body = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as its reader
    try:
        while block := answer.read(_BLOCK):
            if body.tell() + len(block) > LARGEST:
                found = f"more than {LARGEST >> 20} MB"
                raise InputError(address, found, "a page or a feed", "download it and give the file")
            body.write(block)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


def _cut(sock: socket.socket) -> None:
    """End a connection that takes too long, from another thread."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:  # it has ended by itself
        return
