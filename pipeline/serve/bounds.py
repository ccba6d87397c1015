"""How much and how long: the bytes of a request, those of all requests at once, and the time that a body may take."""

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.serve.problem import Refusal, answer, busy

LARGEST: Final = 1 << 25
"""Bytes of a request: 32 MB, some 300,000 headlines."""
LARGEST_INSIDE: Final = 1 << 28
"""Bytes of all requests that are being read or worked on: 256 MB."""
PATIENCE: Final = 30.0
"""Seconds that a body may take to come."""
_RETRY: Final = 2


class Bounds:
    """Lets in what has room.

    Args:
        app: What comes next.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        length = request.headers.get("Content-Length", "0")
        if length.isdecimal() and int(length) > LARGEST:
            await answer(request, too_large())(scope, receive, send)
            return
        body = _Body(self, receive)
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._inside -= body.size

    def enter(self, size: int) -> None:
        """Count bytes in.

        Args:
            size: How many.

        Raises:
            Refusal: If there is no room for them.
        """
        if self._inside + size > LARGEST_INSIDE:
            raise busy(_RETRY, "too many large requests at once; try again")
        self._inside += size


class _Body:
    """The body of one request, as it comes in."""

    def __init__(self, bounds: Bounds, receive: Receive) -> None:
        self._bounds = bounds
        self._receive = receive
        self._deadline = asyncio.get_running_loop().time() + PATIENCE
        self._whole = False
        self.size = 0

    async def receive(self) -> Message:
        """Give the next piece, in time and within the bounds."""
        if self._whole:  # only the end of the connection can follow, and it may
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise Refusal(HTTPStatus.REQUEST_TIMEOUT, f"the body took more than {PATIENCE:.0f} seconds") from error
        size = len(message.get("body", b""))
        if self.size + size > LARGEST:
            raise too_large()
        self._bounds.enter(size)
        self.size += size
        self._whole = not message.get("more_body", False)
        return message


def too_large() -> Refusal:
    """Give the refusal of a body that is too large."""
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {LARGEST >> 20} MB; send it in parts")
