"""``/sheets/{key}/review``: what to label next, a headline at a time; whatever is kept is on the disk at once."""

from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.corrections import Tags
from pipeline.ingest.clean import clean
from pipeline.review.agree import agreements
from pipeline.review.session import ACCEPT, UNDO, Session
from pipeline.serve.correct import changed, editor_of
from pipeline.serve.desk import AtDesk, Desk
from pipeline.serve.gate import VIEW
from pipeline.serve.problem import Refusal
from pipeline.serve.row import Row, Told, row_of
from pipeline.serve.sheet_pages import AtSheet
from pipeline.serve.sheets import Sheet
from pipeline.topics import TOPICS, parse_tags

router = APIRouter(include_in_schema=False)
_NONE = "-"
"""How no topic at all is written where nothing means the model's tags."""
_Place = Annotated[int | None, Query(ge=0, le=1 << 31)]


@router.get("/review")
async def begin(request: Request, desk: AtDesk) -> Response:
    """Show where headlines to label are given."""
    return desk.paper.page(request, "home.html", text="", failure=None, then="review")


@router.get("/sheets/{key}/review")
async def show(request: Request, desk: AtDesk, sheet: AtSheet, at: _Place = None, tags: str = "") -> Response:
    """Show the headline that is asked for, or one that was labelled before."""
    return await desk.work.run(VIEW, _shown, request, desk, sheet, at, tags)


def _shown(request: Request, desk: Desk, sheet: Sheet, at: int | None, tags: str) -> Response:
    session = _session(desk, sheet, editor_of(request), at, tags)
    pairs = [pair for pair in agreements(desk.corrections.opinions()) if session.editor in pair.editors]
    return desk.paper.page(
        request, "review.html", sheet=sheet, session=session, row=_row(session, sheet), pairs=pairs, topics=TOPICS
    )


@router.post("/sheets/{key}/review")
async def press(
    request: Request,
    desk: AtDesk,
    sheet: AtSheet,
    answer: Annotated[Literal["politics", "economy", "war", "other", "keep", "undo"], Form()],
    at: Annotated[int, Form(ge=0, le=1 << 31)],
    tags: Annotated[str, Form()] = "",
) -> Response:
    """Take an answer, of the headline that was shown, and lead to what comes next."""
    query = await desk.work.run(VIEW, _pressed, desk, sheet, editor_of(request), answer, at, tags)
    return RedirectResponse(f"/sheets/{sheet.key}/review?{query}", HTTPStatus.SEE_OTHER)


def _pressed(desk: Desk, sheet: Sheet, editor: str, answer: str, at: int, tags: str) -> str:
    session = _session(desk, sheet, editor, at, tags)
    if answer == "keep":
        session.press(ACCEPT[0])
        desk.figures.corrections.inc()
    elif answer == "undo":
        session.press(UNDO[0])
    else:
        session.chosen = changed(session.tags, (), answer)
    chosen = "" if session.chosen is None else " ".join(session.chosen) or _NONE
    return urlencode({"at": session.place} | ({"tags": chosen} if chosen else {}))


def _session(desk: Desk, sheet: Sheet, editor: str, at: int | None, tags: str) -> Session:
    """Take up an editor's way where it is, or at the headline that was shown."""
    session = Session(sheet.plan, desk.corrections, sheet.champion.version, editor)
    if at is not None and at < len(session.asked):
        session.place = at
        session.chosen = _read(tags)
    return session


def _read(tags: str) -> Tags | None:
    """Read the tags chosen so far; nothing means the model's."""
    try:
        return (parse_tags("" if tags == _NONE else tags)) if tags else None
    except ValueError as error:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error


def _row(session: Session, sheet: Sheet) -> Row | None:
    present = session.present
    if present is None:
        return None
    scores = [present.scores[topic] for topic in TOPICS]
    told = Told(present.headline, clean(present.headline), session.tags, scores, present.unsure)
    return row_of(session.place, told, None, sheet.champion.tagger)
