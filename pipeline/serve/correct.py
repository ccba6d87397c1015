"""What a click changes: the tags of a headline, and a row in the store of corrections."""

from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from starlette.requests import Request

from pipeline.corrections import Corrections, Tags
from pipeline.ingest.record import COLUMN
from pipeline.serve.problem import Refusal
from pipeline.serve.view import View
from pipeline.topics import OTHER, TOPICS, Topic

EDITOR: Final = "editor"
"""The cookie that says who corrects."""
RIGHT: Final = "right"
"""Said of tags that are as they should be."""
_ANYONE: Final = "page"


def editor_of(request: Request) -> str:
    """Give who corrects: the name that was given on the page, or ``page``."""
    return unquote(request.cookies.get(EDITOR, "")).strip() or _ANYONE


def corrected(corrections: Corrections, view: View, place: int, what: str, editor: str) -> None:
    """Keep a correction, or take back the one that stands if the headline is to have the model's tags again.

    Args:
        corrections: The store.
        view: The sheet with its corrections.
        place: The headline's, in the sheet.
        what: A topic to give or to take, ``other`` to take all, ``right`` to confirm what there is, ``undo``.
        editor: Who corrects.

    Raises:
        Refusal: If it is none of these.
    """
    now, old, standing = view.tags(place), view.sheet.tags(place), view.corrected.get(place)
    new = changed(now, old, what)
    if standing and (new == old or what == "undo") and what != RIGHT:
        corrections.undo(standing.number)
    elif new != now or what == RIGHT:
        headline = view.sheet.table[COLUMN][place].as_py()
        corrections.add(headline, old=old, new=new, model=view.sheet.champion.name, editor=editor)


def changed(now: Tags, old: Tags, what: str) -> Tags:
    """Give the tags after a change.

    >>> changed((Topic.WAR,), (), "economy")
    (<Topic.WAR: 'war'>, <Topic.ECONOMY: 'economy'>)

    Args:
        now: The tags before it.
        old: The model's.
        what: As ``corrected`` takes it.

    Returns:
        The tags, the main one first.

    Raises:
        Refusal: If it is no change.
    """
    if what in TOPICS:
        topic = Topic(what)
        return tuple(tag for tag in now if tag != topic) if topic in now else (*now, topic)
    known = {OTHER: (), RIGHT: now, "undo": old}
    if what not in known:
        told = f"found “{what}”; expected one of {', '.join([*TOPICS, *known])}"
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, told)
    return known[what]
