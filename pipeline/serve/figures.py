"""What is counted and timed, for Prometheus; and a line a request for those who want a log."""

import logging
import time
from http import HTTPStatus
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("rubrika.serve")
_TIMES: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_UNKNOWN: Final = "unknown"
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Figures:
    """The counts of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        of_requests = ("method", "route", "status")
        self.requests = Counter("rubrika_requests", "Requests answered.", of_requests, registry=self.registry)
        self.seconds = Histogram(
            "rubrika_request_seconds",
            "Time to the end of the answer.",
            ("route",),
            registry=self.registry,
            buckets=_TIMES,
        )
        self.headlines = Counter("rubrika_headlines", "Headlines tagged.", ("by",), registry=self.registry)
        self.corrections = Counter("rubrika_corrections", "Corrections by editors.", registry=self.registry)
        self.waiting = Gauge(
            "rubrika_work_milliseconds",
            "Milliseconds of work, by estimate, that run or wait.",
            ("gate",),
            registry=self.registry,
        )
        self.model = Info("rubrika_model", "The model at work.", registry=self.registry)


class Counted:
    """Counts and times every request; paths count by their pattern, so that strangers cannot make up series.

    Args:
        app: What comes next.
        figures: Where to count.
    """

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), HTTPStatus.INTERNAL_SERVER_ERROR.value

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._count(scope, status, time.perf_counter() - begun)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else _UNKNOWN
        route = getattr(scope.get("route"), "path", _UNKNOWN)
        self._figures.requests.labels(method, route, status).inc()
        self._figures.seconds.labels(route).observe(seconds)
        _log.info(
            "%s %s %d %.1f ms", method, route, status, 1000 * seconds
        )  # the pattern: a path may hold what was asked
