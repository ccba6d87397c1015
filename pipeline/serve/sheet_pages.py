"""The pages of a sheet: its rows, its files, and the corrections of its tags."""

import re
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.serve import download
from pipeline.serve.correct import corrected, editor_of
from pipeline.serve.desk import AtDesk, Desk
from pipeline.serve.problem import Refusal
from pipeline.serve.sheets import Sheet
from pipeline.serve.view import ROWS, SORTS, View, Wish

router = APIRouter(prefix="/sheets/{key}", include_in_schema=False)
_PART: Final = "Rubrika-Part"
"""The header by which the page's own script asks for a row instead of the whole page."""
_SAFE: Final = re.compile(r"[^\w.-]+")
_NAMED: Final = 60


def _sheet(key: str, desk: AtDesk) -> Sheet:
    sheet = desk.sheets.get(key)
    if sheet is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "this sheet is not kept any more; give the headlines anew")
    return sheet


def _wish(
    topic: str = "", sort: str = SORTS[0], q: str = "", start: Annotated[int, Query(ge=0, le=1 << 31)] = 0
) -> Wish:
    return Wish(topic=topic, sort=sort if sort in SORTS else SORTS[0], q=q.strip(), start=start)


AtSheet = Annotated[Sheet, Depends(_sheet)]
"""A parameter that is given the sheet."""
AtWish = Annotated[Wish, Depends(_wish)]
"""A parameter that is given what an editor wants to see."""


@router.get("")
async def show(request: Request, desk: AtDesk, sheet: AtSheet, wish: AtWish) -> Response:
    """Show rows of a sheet."""
    return await desk.work.run(_shown, request, desk, sheet, wish)


def _shown(request: Request, desk: Desk, sheet: Sheet, wish: Wish) -> Response:
    view = _view(desk, sheet)
    places = view.places(wish)
    return desk.paper.page(
        request,
        "sheet.html",
        sheet=sheet,
        wish=wish,
        counts=view.counts(),
        band=view.band(),
        editor=editor_of(request),
        rows=view.rows(places[wish.start : wish.start + ROWS]),
        found=len(places),
        sorts=SORTS,
        step=ROWS,
    )


@router.get("/headlines.{kind}")
async def save(desk: AtDesk, sheet: AtSheet, kind: str, wish: AtWish) -> Response:
    """Give what is looked at of a sheet as a file."""
    if kind not in download.KINDS:
        raise Refusal(HTTPStatus.NOT_FOUND, f"found .{kind}; expected one of {', '.join(download.KINDS)}")
    body = await desk.work.run(_written, desk, sheet, wish, kind)
    name = _SAFE.sub("-", sheet.name.rpartition(".")[0] or sheet.name)[:_NAMED].strip("-.") or "headlines"
    told = f"attachment; filename=\"headlines.{kind}\"; filename*=UTF-8''{quote(name)}-rubrika.{kind}"
    return Response(body, media_type=download.KINDS[kind], headers={"Content-Disposition": told})


def _written(desk: Desk, sheet: Sheet, wish: Wish, kind: str) -> bytes:
    return download.written(_view(desk, sheet), wish, kind)


@router.post("/tags")
async def correct(
    request: Request, desk: AtDesk, sheet: AtSheet, wish: AtWish, change: Annotated[str, Form()]
) -> Response:
    """Correct the tags of a headline: ``12:economy`` gives or takes a topic, see ``correct.corrected``."""
    place, _, what = change.partition(":")
    if not (place.isascii() and place.isdecimal()) or int(place) >= len(sheet):
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"found “{change}”; expected a place in the sheet, a colon, …")
    return await desk.work.run(_correct, request, desk, sheet, wish, int(place), what)


def _correct(request: Request, desk: Desk, sheet: Sheet, wish: Wish, place: int, what: str) -> Response:
    corrected(desk.corrections, _view(desk, sheet), place, what, editor_of(request))
    desk.figures.corrections.inc()
    if request.headers.get(_PART) is None:
        return RedirectResponse(f"/sheets/{sheet.key}?{wish.but(start=wish.start)}#row-{place}", HTTPStatus.SEE_OTHER)
    view = _view(desk, sheet)
    row, counts = view.row(place), view.counts()
    return desk.paper.page(request, "part.html", sheet=sheet, wish=wish, counts=counts, row=row)


def _view(desk: Desk, sheet: Sheet) -> View:
    return View(sheet, desk.corrections.standing())
