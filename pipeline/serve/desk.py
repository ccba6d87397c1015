"""What all requests to one server share."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from fastapi import Depends, Request

from pipeline.corrections import Corrections
from pipeline.machine import processors
from pipeline.serve.champion import Throne
from pipeline.serve.figures import Figures
from pipeline.serve.gate import Gate
from pipeline.serve.paper import Paper
from pipeline.serve.sheets import Sheets
from pipeline.watch.store import Headlines

LONGEST: Final = 2000
"""Milliseconds of work, by estimate, that may run or wait: so long does whoever is let in wait, about."""
_FETCHES: Final = 4
"""Addresses that are fetched at once; a slow site holds one of these, and no processor."""


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How to serve.

    Attributes:
        model: The model's folder.
        corrections: The store of what editors correct.
        watched: The store of what ``rubrika watch`` has seen, if it is to be shown.
        token: What who asks must show, if anything.
        rate: Requests a second and client; 0: as many as come.
        allow_private: Whether an address may lead into the own network.
        log: What goes into the log: ``quiet``, ``requests`` without anything that was asked, or ``headlines`` as well.
    """

    model: Path
    corrections: Path
    watched: Path | None = None
    token: str | None = None
    rate: float = 50.0
    allow_private: bool = False
    log: str = "quiet"


class Desk:
    """The desk of one server.

    Args:
        serving: How to serve.

    Raises:
        ModelError: If there is no model that can be loaded.
        InputError: If a store is of another kind.
        StoreError: If it cannot be used.
    """

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self.throne = Throne(serving.model)
        self.work = Gate(processors(), processors() * LONGEST)
        self.fetches = Gate(_FETCHES, _FETCHES)
        self.sheets = Sheets()
        self.figures = Figures()
        self.paper = Paper()
        self.corrections = _store(serving.corrections)
        self.watched = Headlines(serving.watched) if serving.watched else None


def _store(path: Path) -> Corrections:
    """Give the store of corrections, looked into once: one that cannot be used is told at the start."""
    with suppress(OSError):  # the store says it better
        path.parent.mkdir(parents=True, exist_ok=True)
    store = Corrections(path)
    store.standing()
    return store


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
"""A parameter of a route that is given the desk."""
