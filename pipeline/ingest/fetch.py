"""An address on the web, fetched by httpx: bounded in size, time and redirects, asked for politely, and public.

A name is resolved once and the connection goes to the address that was checked, so that a name server that changes its
answer in between (DNS rebinding) changes nothing. Redirects are followed by hand, each checked anew.
"""

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import IO, Final

import httpx

from pipeline.errors import BusyError, InputError
from pipeline.ingest import public, question, remembered
from pipeline.ingest.question import Visit, answered, body_of
from pipeline.ingest.robots import CLOSED, Rules, allows

LARGEST: Final = 1 << 28
"""Bytes of a download: 256 MB, a thousand times a feed; an archive of that size is better downloaded by hand."""
MOST_REDIRECTS: Final = 5
"""Browsers follow 20; a feed that moved twice is rare."""

_LARGEST_ROBOTS: Final = 1 << 20
_NOT_MODIFIED: Final = 304
_BUSY: Final = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)


@dataclass(frozen=True)
class Page:
    """What came.

    Attributes:
        body: The bytes, as a file at its beginning.
        charset: The encoding that the server says they are in, if it does.
    """

    body: IO[bytes]
    charset: str | None


def fetch(address: str, allow_private: bool, rules: Rules | None = None) -> Page:
    """Fetch an address.

    Args:
        address: With ``http://`` or ``https://``.
        allow_private: Whether it may lead into the own network or to this machine.
        rules: What hosts let programs read, as far as it is known.

    Returns:
        What came.

    Raises:
        BusyError: If the server wants to be asked later.
        InputError: If it cannot be reached or may not be, answers with an error, or is too large or too slow.
    """
    rules = rules or Rules()
    visit = Visit(address, allow_private, time.monotonic() + question.LONGEST)
    at = address
    for _ in range(MOST_REDIRECTS + 1):
        public.url_of(at, address)
        if not allows(at, rules.remembering(lambda robots: _robots(robots, visit))):
            raise InputError(address, "a page that robots.txt closes to programs", "an open one", "save it by hand")
        answer = _ask(at, visit)
        if isinstance(answer, Page):
            return answer
        at = answer
    raise InputError(address, f"more than {MOST_REDIRECTS} redirects", "a page", "give the address it ends at")


def _ask(at: str, visit: Visit) -> Page | str:
    """Ask once; give what came, or where to ask next."""
    known = remembered.recall(at)
    with answered(at, visit, known.conditions if known else {}) as answer:
        if answer.has_redirect_location:
            return str(httpx.URL(at).join(answer.headers["Location"]))
        if known and answer.status_code == _NOT_MODIFIED:
            return Page(known.body, known.charset)
        if answer.status_code in _BUSY:
            raise BusyError(visit.address, f"the answer {answer.status_code} {answer.reason_phrase}", _later(answer))
        if answer.status_code != httpx.codes.OK:
            found = f"the answer {answer.status_code} {answer.reason_phrase}"
            raise InputError(visit.address, found, "200 OK", "open it in a browser, or save it and give the file")
        body = body_of(answer, visit, LARGEST)
        remembered.remember(at, answer.headers, answer.charset_encoding, body)
        return Page(body, answer.charset_encoding)


def _later(answer: httpx.Response) -> float:
    """Give the seconds after which a busy server wants to be asked again (``Retry-After``, RFC 9110), 0 if any."""
    told = answer.headers.get("Retry-After", "")
    if told.isdecimal():
        return float(told[:9])
    try:
        return max(parsedate_to_datetime(told).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _robots(at: str, visit: Visit) -> str | None:
    """Give the rules of a host, or None if there are none; a host that is out of order has closed its pages."""
    for _ in range(MOST_REDIRECTS + 1):
        with answered(at, visit, {}) as answer:
            if not answer.has_redirect_location:
                if answer.status_code != httpx.codes.OK:
                    return CLOSED if answer.is_server_error else None
                with body_of(answer, visit, _LARGEST_ROBOTS) as body:
                    return body.read().decode("utf-8", "replace")
            at = str(httpx.URL(at).join(answer.headers["Location"]))
    return None
