"""A digest as one HTML file: nothing outside it, and no script; a list opens below when its bar is clicked."""

from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from pipeline.dates import dated
from pipeline.digest.drawing import drawing
from pipeline.digest.shares import EVERY, KINDS, Digest, Piece
from pipeline.digest.wording import Wording
from pipeline.topics import TOPICS

LARGEST: Final = 12
"""Sources that get a picture of their own."""
_DARK: Final = {"politics": "#56B4E9"}
"""Okabe and Ito's sky blue, where their blue would be too dark for a dark page."""
_OPENED: Final = ("http://", "https://")


Heading = tuple[str, str, str]
"""Of a list: its place in the page, its classes, its words."""


def page(digest: Digest, title: str, wording: Wording) -> str:
    """Write a digest as a page.

    Args:
        digest: The counts; one period at least.
        title: What was read, such as a file's name.
        wording: In which language.

    Returns:
        HTML.
    """
    env = Environment(autoescape=True, undefined=StrictUndefined)
    env.filters |= {"day": lambda value: _day(value, wording), "open": lambda link: link.lower().startswith(_OPENED)}
    read = files(__package__).joinpath
    shown = digest.sources[:LARGEST]
    style = env.from_string(read("page.css").read_text("utf-8"))
    return env.from_string(read("page.html").read_text("utf-8")).render(
        digest=digest,
        title=title,
        say=wording,
        kinds=KINDS,
        style=Markup(style.render(light=_colours({}), dark=_colours(_DARK), kinds=KINDS, sources=range(len(shown)))),  # noqa: S704 (ours)
        pictures=[(source, _drawn(digest, source, wording)) for source in (None, *shown)],
        lists=[(list(headings(digest, first, wording)), digest.group(None, first)) for first in digest.periods],
        places={source: f"s{place}" for place, source in enumerate(shown)},
    )


def place(digest: Digest, source: str | None, first: date, kind: str) -> str:
    """Name the list of a source, a period and a topic within the page."""
    return f"{_class(digest, source)}-{first.isoformat()}-{kind}"


def headings(digest: Digest, first: date, wording: Wording) -> Iterator[Heading]:
    """Give the headings of a period's list: whichever is the target of a link shows, and chooses what shows below.

    Args:
        digest: The counts.
        first: The period.
        wording: In which language.

    Yields:
        A heading for each bar of the period.
    """
    for source in (None, *digest.sources[:LARGEST]):
        group = digest.group(source, first)
        for kind in (*KINDS, EVERY):
            if count := group.count(kind):
                told = ", ".join(filter(None, (source, wording.kinds[kind], wording.long(first, digest.by))))
                counted = f"{count:,}" if kind == EVERY else wording.share(count, len(group.pieces))
                yield place(digest, source, first, kind), f"{_class(digest, source)} {kind}", f"{told}: {counted}"


def _class(digest: Digest, source: str | None) -> str:
    return "all" if source is None else f"s{digest.sources.index(source)}"


def _drawn(digest: Digest, source: str | None, wording: Wording) -> Markup:
    """Draw; every text inside is escaped where it is drawn."""
    svg = drawing(digest, source, wording, lambda *where: f"#{place(digest, *where)}")
    return Markup(svg)  # noqa: S704


def _day(piece: Piece, wording: Wording) -> str:
    when = dated(piece.date)
    return when.first.strftime(wording.month if when.exact == "month" else wording.whole) if when else ""


def _colours(others: dict[str, str]) -> str:
    return " ".join(f"--{topic}: {others.get(topic, topic.colour)};" for topic in TOPICS)
