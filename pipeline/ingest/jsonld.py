"""What a web page says of itself in JSON-LD: its articles, and the lists of them (schema.org)."""

import html
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pipeline.ingest.titles import Text

if TYPE_CHECKING:
    from lxml.etree import _Element

_ARTICLES: Final = re.compile(r"(?:.*/)?(?:\w*Article|(?:Blog|LiveBlog|SocialMedia)Posting)")
"""Types of an article, with the address of schema.org before them or without."""
_BESIDE: Final = frozenset(("BreadcrumbList", "SiteNavigationElement"))
_MOST: Final = 100_000
"""Values that are looked at; a front page has some thousands."""


def articles(root: "_Element") -> Iterator[Text]:
    """Give the articles that a page names, in its order.

    Args:
        root: The page.

    Yields:
        Their headlines, with links and times.
    """
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            try:
                yield from _articles(json.loads(script.text or "", strict=False), script.sourceline or 0)
            except (ValueError, RecursionError):  # many pages leave a comma too many
                continue


def _articles(value: object, line: int) -> Iterator[Text]:
    todo, met = [value], 0
    while todo and met < _MOST:
        value, met = todo.pop(), met + 1
        if isinstance(value, list):
            todo += reversed(value)
        elif isinstance(value, dict):
            kinds = {str(kind) for kind in _list(value.get("@type"))}
            if kinds & _BESIDE:
                continue
            told = _told(value, kinds)
            if told:
                yield Text(line, told, _link(value), "", 2, str(value.get("datePublished") or ""))
            else:
                todo += [inner for inner in reversed(value.values()) if isinstance(inner, dict | list)]


def _told(value: dict[str, Any], kinds: set[str]) -> str:
    """Give the headline of an article, or of an item of a list that tells no more of it; nothing of anything else."""
    inner = value.get("item") if "ListItem" in kinds else None
    if isinstance(inner, dict) and "@type" not in inner:
        value = inner
    elif inner or not ("ListItem" in kinds or any(map(_ARTICLES.fullmatch, kinds))):
        return ""
    headline = value.get("headline") or value.get("name")
    return " ".join(html.unescape(headline).split()) if isinstance(headline, str) else ""


def _link(value: dict[str, Any]) -> str:
    inner = value.get("item")
    value = inner if isinstance(inner, dict) else value
    place = value.get("url") or value.get("mainEntityOfPage") or value.get("@id")
    return str(place.get("@id") or "") if isinstance(place, dict) else str(place or "")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
