"""Who may ask what: known hosts, no other site's pages, a token where it is wanted, and not too often."""

import hmac
import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.serve.paper import Paper
from pipeline.serve.problem import Refusal, answer, wants_page

COOKIE: Final = "rubrika"
"""Holds proof of the token in a browser."""
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Of every answer that does not say otherwise (OWASP Secure Headers)."""
BURST: Final = 2.0
"""Seconds' worth of requests that may come at once."""

_OWN: Final = ("same-origin", "none")
_SAFE: Final = ("GET", "HEAD", "OPTIONS", "TRACE")
_OPEN: Final = ("/health/", "/static/", "/login")
_CLIENTS: Final = 10_000
"""Clients that are remembered; who asked longest ago is forgotten first."""

Check = Callable[[Request], None]


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, seen from itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def known_host(request: Request) -> None:
    """Refuse a name that another site's name server has pointed at this machine (DNS rebinding)."""
    if not is_loopback(_parts(f"//{request.headers.get('Host', '')}").hostname or ""):
        raise Refusal(HTTPStatus.MISDIRECTED_REQUEST, "only localhost is served without a token")


def same_site(request: Request) -> None:
    """Refuse a change that another site's page asks for (CSRF), by what the browser says of who asks.

    ``Sec-Fetch-Site`` tells, or else ``Origin`` (OWASP, Fetch Metadata; the same check as Go's
    ``http.CrossOriginProtection``). A program that is no browser sends neither, and holds nobody's cookies.
    """
    if request.method in _SAFE:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = site in _OWN if site else not origin or _parts(origin).netloc == request.headers.get("Host")
    if not own:
        raise Refusal(HTTPStatus.FORBIDDEN, "this was asked for by a page of another site")


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # a bracket without its pair
        return urlsplit("")


def wanted(token: str) -> Check:
    """Give the check that refuses who does not show the token, as a bearer (RFC 6750) or by the page's cookie."""

    def check(request: Request) -> None:
        kind, _, shown = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), token.encode()):
            return
        if hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), proof(token).encode()):
            return
        if not request.url.path.startswith(_OPEN):
            told = "show the token: Authorization: Bearer TOKEN"
            raise Refusal(HTTPStatus.UNAUTHORIZED, told, {"WWW-Authenticate": "Bearer"})

    return check


def proof(token: str) -> str:
    """Give what a browser keeps instead of the token."""
    return hmac.new(token.encode(), b"rubrika page", "sha256").hexdigest()


def rationed(rate: float, clock: Callable[[], float] = time.monotonic) -> Check:
    """Give the check that refuses who asks too often (the generic cell rate algorithm, ITU-T I.371).

    Args:
        rate: Requests a second and client, above 0; ``BURST`` seconds' worth may come at once.
        clock: Tells the time in seconds.

    Returns:
        The check.
    """
    due: OrderedDict[str, float] = OrderedDict()

    def check(request: Request) -> None:
        client, now = request.client.host if request.client else "", clock()
        at = max(due.pop(client, now), now)
        late = at + 1 / rate - now - max(BURST, 1 / rate)
        due[client] = at if late > 0 else at + 1 / rate
        if len(due) > _CLIENTS:
            due.popitem(last=False)
        if late > 0:
            told = f"more than {rate:g} requests a second; wait"
            raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, told, {"Retry-After": str(math.ceil(late))})

    return check


class Guard:
    """Asks every check before a request goes on, and puts the headers on every answer.

    Args:
        app: What comes next.
        checks: What raises a ``Refusal``.
    """

    def __init__(self, app: ASGIApp, checks: list[Check]) -> None:
        self._app = app
        self._checks = checks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                seal(message)
            await send(message)

        request = Request(scope)
        try:
            for check in self._checks:
                check(request)
        except Refusal as refusal:
            await self._turned_away(request, refusal)(scope, receive, sealed)
        else:
            await self._app(scope, receive, sealed)

    @staticmethod
    def _turned_away(request: Request, refusal: Refusal) -> ASGIApp:
        if refusal.status is HTTPStatus.UNAUTHORIZED and wants_page(request):
            paper: Paper = request.app.state.desk.paper
            return paper.page(request, "login.html", refusal.status, to=request.url.path, wrong=False)
        return answer(request, refusal)


def seal(message: MutableMapping[str, Any]) -> None:
    """Add the headers that the beginning of an answer does not have."""
    had = {name.lower() for name, _ in message["headers"]}
    missing = ((name.encode(), value.encode()) for name, value in HEADERS.items())
    message["headers"] = [*message["headers"], *(pair for pair in missing if pair[0].lower() not in had)]
