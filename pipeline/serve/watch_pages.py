"""``/watch``: what ``rubrika watch`` has seen, as a live list."""

from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.corrections import Correction, now
from pipeline.ingest.clean import clean
from pipeline.serve.correct import asked, correct, editor_of
from pipeline.serve.desk import AtDesk, Desk
from pipeline.serve.gate import VIEW
from pipeline.serve.problem import Refusal
from pipeline.serve.row import Row, Told, row_of
from pipeline.serve.sheet_pages import PART
from pipeline.serve.view import ROWS
from pipeline.topics import TOPICS, Topic
from pipeline.watch.record import Query as Wanted
from pipeline.watch.record import Seen
from pipeline.watch.store import Headlines

router = APIRouter(prefix="/watch", include_in_schema=False)
_LARGEST = 1 << 62
_Number = Annotated[int | None, Query(ge=0, le=_LARGEST)]


def _wanted(
    q: str = "",
    topic: Literal["", "politics", "economy", "war"] = "",
    before: _Number = None,
    after: _Number = None,
) -> Wanted:
    return Wanted(words=q, topic=Topic(topic) if topic else None, before=before, after=after, limit=ROWS)


AtWanted = Annotated[Wanted, Depends(_wanted)]
"""A parameter that is given what to look for."""


@router.get("")
async def show(request: Request, desk: AtDesk, wanted: AtWanted) -> Response:
    """Show the newest headlines that are looked for."""
    if desk.watched is None:
        return desk.paper.page(request, "unwatched.html")
    return await desk.work.run(VIEW, _shown, request, desk, desk.watched, wanted)


def _shown(request: Request, desk: Desk, watched: Headlines, wanted: Wanted) -> Response:
    standing = desk.corrections.standing()
    rows = [_row(desk, seen, standing.get(_plain(seen))) for seen in watched.find(wanted)]
    return desk.paper.page(
        request, "watch.html", rows=rows, wanted=wanted, topics=("", *TOPICS), step=ROWS, count=watched.count()
    )


@router.post("/tags")
async def tags(request: Request, desk: AtDesk, change: Annotated[str, Form()]) -> Response:
    """Correct the tags of a headline, by its number in the store."""
    number, what = asked(change)
    if desk.watched is None or number > _LARGEST:
        raise Refusal(HTTPStatus.NOT_FOUND, "there is no such headline")
    row = await desk.work.run(VIEW, _corrected, desk, desk.watched, number, what, editor_of(request))
    if request.headers.get(PART) is None:
        return RedirectResponse(f"/watch#row-{number}", HTTPStatus.SEE_OTHER)
    return desk.paper.page(request, "part.html", row=row, first=0, counts=None)


def _corrected(desk: Desk, watched: Headlines, number: int, what: str, editor: str) -> Row:
    seen = next(iter(watched.find(Wanted(after=number - 1, before=number + 1, limit=1))), None)
    if seen is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "there is no such headline")
    stands = desk.corrections.standing().get(_plain(seen))
    present = stands.new if stands else seen.tagged.tags
    asks = Correction(seen.item.headline, seen.tagged.tags, present, seen.model, editor, now())
    correct(desk.corrections, what, asks)
    desk.figures.corrections.inc()
    return _row(desk, seen, desk.corrections.standing().get(_plain(seen)))


def _plain(seen: Seen) -> str:
    return " ".join(seen.item.headline.split())


def _row(desk: Desk, seen: Seen, correction: Correction | None) -> Row:
    item, tagged = seen.item, seen.tagged
    told = Told(
        headline=item.headline,
        seen=clean(item.headline),
        tags=tagged.tags,
        scores=[tagged.scores[topic] for topic in TOPICS],
        unsure=tagged.unsure,
        facts=tuple(filter(None, (urlsplit(item.feed).hostname, item.published or seen.seen))),
        link=item.link,
    )
    return row_of(seen.number, told, correction, desk.throne.champion.tagger)
