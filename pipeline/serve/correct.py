"""What a click changes: the tags of a headline, and a row in the store of corrections."""

from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from starlette.requests import Request

from pipeline.corrections import Correction, Corrections, Tags
from pipeline.serve.problem import Refusal
from pipeline.topics import OTHER, TOPICS, Topic

EDITOR: Final = "editor"
"""The cookie that says who corrects."""
_RIGHT: Final = "right"
_UNDO: Final = "undo"
_ANYONE: Final = "page"
_LONGEST: Final = 20
"""Digits of a place: Python reads no number of thousands."""


def editor_of(request: Request) -> str:
    """Give who corrects: the name that was given on the page, or ``page``."""
    return unquote(request.cookies.get(EDITOR, "")).strip() or _ANYONE


def asked(change: str) -> tuple[int, str]:
    """Read a change, such as ``12:economy``.

    Args:
        change: A place and what is to change there.

    Returns:
        Both.

    Raises:
        Refusal: If it is no change.
    """
    place, _, what = change.partition(":")
    known = (*TOPICS, OTHER, _RIGHT, _UNDO)
    if not (place.isascii() and place.isdecimal() and len(place) <= _LONGEST and what in known):
        told = f"found “{change}”; expected a place, a colon, and one of {', '.join(known)}"
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, told)
    return int(place), what


def correct(corrections: Corrections, what: str, asks: Correction) -> None:
    """Keep a correction, in place of what this editor said of the headline before; or take that back.

    Args:
        corrections: The store.
        what: A topic to give or to take, ``other`` to take all, ``right`` to confirm what there is, ``undo``.
        asks: Of which headline, by whom, with the model's tags as the old ones and the present ones as the new.
    """
    own = corrections.opinions().get((" ".join(asks.headline.split()), asks.editor))
    old = asks.old or ()
    new = changed(asks.new, old, what)
    if own and what != _RIGHT and (new == old or what == _UNDO):
        corrections.undo(own.number)
    elif new != asks.new or what == _RIGHT:
        before = [replace(own, time=asks.time, undoes=own.number)] if own else []
        corrections.keep([*before, replace(asks, new=new)])


def changed(now: Tags, old: Tags, what: str) -> Tags:
    """Give the tags after a change.

    >>> changed((Topic.WAR,), (), "economy")
    (<Topic.WAR: 'war'>, <Topic.ECONOMY: 'economy'>)

    Args:
        now: The tags before it.
        old: The model's.
        what: As ``correct`` takes it.

    Returns:
        The tags, the main one first.
    """
    if what in TOPICS:
        topic = Topic(what)
        return tuple(tag for tag in now if tag != topic) if topic in now else (*now, topic)
    return {OTHER: (), _RIGHT: now, _UNDO: old}[what]
