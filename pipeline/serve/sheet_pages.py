"""The pages of a sheet: its rows, its shares over time, its files, and the corrections of its tags."""

import re
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from pipeline.corrections import Correction, now
from pipeline.dates import PERIODS
from pipeline.digest.wording import LANGUAGES, Wording
from pipeline.ingest.record import COLUMN
from pipeline.serve import download, shares
from pipeline.serve.correct import asked, correct, editor_of
from pipeline.serve.desk import AtDesk, Desk
from pipeline.serve.gate import VIEW
from pipeline.serve.problem import Refusal
from pipeline.serve.sheets import Sheet
from pipeline.serve.tongue import tongue_of
from pipeline.serve.view import ROWS, SORTS, View, Wish

router = APIRouter(prefix="/sheets/{key}", include_in_schema=False)
PART: Final = "Rubrika-Part"
"""The header by which the page's own script asks for a part instead of the whole page."""
_SAFE: Final = re.compile(r"[^\w.-]+")
_NAMED: Final = 60


def _sheet(key: str, desk: AtDesk) -> Sheet:
    sheet = desk.sheets.get(key)
    if sheet is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "this sheet is not kept any more; give the headlines anew")
    return sheet


def _wish(  # noqa: PLR0913, PLR0917 (FastAPI gives each by name)
    topic: str = "",
    sort: Literal["order", "doubt", "sure"] = "order",
    q: str = "",
    by: Literal["", "day", "week", "month"] = "",
    period: str = "",
    source: str = "",
    start: Annotated[int, Query(ge=0, le=1 << 31)] = 0,
) -> Wish:
    by = by or (PERIODS[0] if period else "")
    return Wish(topic=topic, sort=sort, q=q.strip(), by=by, period=period, source=source, start=start)


AtSheet = Annotated[Sheet, Depends(_sheet)]
"""A parameter that is given the sheet."""
AtWish = Annotated[Wish, Depends(_wish)]
"""A parameter that is given what an editor wants to see."""


@router.get("")
async def show(request: Request, desk: AtDesk, sheet: AtSheet, wish: AtWish) -> Response:
    """Show rows of a sheet."""
    return await desk.work.run(VIEW, _shown, request, desk, sheet, wish)


def _shown(request: Request, desk: Desk, sheet: Sheet, wish: Wish) -> Response:
    view = _view(desk, sheet)
    places = view.places(wish)
    return desk.paper.page(
        request,
        "sheet.html",
        sheet=sheet,
        wish=wish,
        counts=view.counts(wish),
        band=view.band(),
        editor=editor_of(request),
        rows=view.rows(places[wish.start : wish.start + ROWS]),
        found=len(places),
        sorts=SORTS,
        step=ROWS,
        only=_only(wish, LANGUAGES[tongue_of(request).name]),
    )


def _only(wish: Wish, wording: Wording) -> str:
    """Name the period and the source that are looked at."""
    try:
        when = wording.long(date.fromisoformat(wish.period), wish.by) if wish.period else ""
    except (ValueError, OverflowError):  # made up by hand: no headline is of it
        when = wish.period
    return ", ".join(filter(None, (wish.source, when)))


@router.get("/shares")
async def over_time(
    request: Request, desk: AtDesk, sheet: AtSheet, by: Literal["day", "week", "month"] = "week", sources: bool = False
) -> Response:
    """Show the topics' shares over time, and by source."""
    return await desk.work.run(VIEW, _over_time, request, desk, sheet, by, sources)


def _over_time(request: Request, desk: Desk, sheet: Sheet, by: str, sources: bool) -> Response:
    wording = LANGUAGES[tongue_of(request).name]
    found = shares.counted(_view(desk, sheet), by, sources)
    pictures = [
        (source, Markup(shares.picture(found, source, wording, f"/sheets/{sheet.key}")))  # noqa: S704 (escaped there)
        for source in (None, *found.sources[: shares.PICTURES])
        if found.periods
    ]
    return desk.paper.page(
        request,
        "shares.html",
        sheet=sheet,
        digest=found,
        say=wording,
        pictures=pictures,
        kinds=shares.KINDS,
        periods=PERIODS,
        by=by,
        sources=sources,
    )


@router.get("/headlines.{kind}")
async def save(desk: AtDesk, sheet: AtSheet, kind: str, wish: AtWish) -> Response:
    """Give what is looked at of a sheet as a file."""
    if kind not in download.KINDS:
        raise Refusal(HTTPStatus.NOT_FOUND, f"found .{kind}; expected one of {', '.join(download.KINDS)}")
    body = await desk.work.run(VIEW, _written, desk, sheet, wish, kind)
    name = _SAFE.sub("-", sheet.name.rpartition(".")[0] or sheet.name)[:_NAMED].strip("-.") or "headlines"
    told = f"attachment; filename=\"headlines.{kind}\"; filename*=UTF-8''{quote(name)}-rubrika.{kind}"
    return Response(body, media_type=download.KINDS[kind], headers={"Content-Disposition": told})


def _written(desk: Desk, sheet: Sheet, wish: Wish, kind: str) -> bytes:
    return download.written(_view(desk, sheet), wish, kind)


@router.post("/tags")
async def tags(
    request: Request, desk: AtDesk, sheet: AtSheet, wish: AtWish, change: Annotated[str, Form()]
) -> Response:
    """Correct the tags of a headline: ``12:economy`` gives or takes a topic, see ``correct.correct``."""
    place, what = asked(change)
    if place >= len(sheet):
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"found the place {place}; expected one below {len(sheet)}")
    await desk.work.run(VIEW, _correct, desk, sheet, place, what, editor_of(request))
    if request.headers.get(PART) is None:
        where = f"/sheets/{sheet.key}?{wish.but(start=wish.start)}#row-{place}"
        return RedirectResponse(where, HTTPStatus.SEE_OTHER)
    return await desk.work.run(VIEW, _part, request, desk, sheet, wish, place)


def _correct(desk: Desk, sheet: Sheet, place: int, what: str, editor: str) -> None:
    view, headline = _view(desk, sheet), sheet.table[COLUMN][place].as_py()
    asks = Correction(headline, sheet.tags(place), view.tags(place), sheet.champion.version, editor, now())
    correct(desk.corrections, what, asks)
    desk.figures.corrections.inc()


def _part(request: Request, desk: Desk, sheet: Sheet, wish: Wish, place: int) -> Response:
    view = _view(desk, sheet)
    return desk.paper.page(
        request, "part.html", sheet=sheet, wish=wish, counts=view.counts(wish), row=view.row(place), first=1
    )


def _view(desk: Desk, sheet: Sheet) -> View:
    return View(sheet, desk.corrections.standing())
