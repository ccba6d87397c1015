"""Connections that neither ask nor listen are ended, so that they hold up nobody."""

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

ASKING: Final = 15.0
"""Seconds that the head of a request may take to come."""
LISTENING: Final = 60.0
"""Seconds that a client may take to make room for more of an answer."""


class Patient(H11Protocol):
    """Uvicorn's protocol with an end to its patience; by itself it waits for ever in both cases."""

    _asked: asyncio.TimerHandle | None = None
    _heard: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a question."""
        super().connection_made(transport)
        self._asked = self.loop.call_later(ASKING, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Go on waiting as long as the head of a request is not whole."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            _cancel(self._asked)
            self._asked = None
        elif self._asked is None:
            self._asked = self.loop.call_later(ASKING, self.transport.abort)

    def pause_writing(self) -> None:
        """Begin to wait for the client to read on."""
        super().pause_writing()
        self._heard = self.loop.call_later(LISTENING, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop waiting for it."""
        super().resume_writing()
        _cancel(self._heard)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        super().connection_lost(exc)
        _cancel(self._asked)
        _cancel(self._heard)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer:
        timer.cancel()
