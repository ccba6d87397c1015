"""Feeds: RSS 2.0 and 1.0, Atom and news sitemaps, item by item, whatever their size, broken or not.

Read by lxml and not by feedparser, which takes a document whole, so that memory would grow with the feed. libxml2 keeps
its own bounds here (10 MB a text, 256 elements deep), and expands no entity.
"""

import html
import re
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, Final

from pipeline.errors import InputError
from pipeline.ingest.record import COLUMN, Record

if TYPE_CHECKING:
    from lxml.etree import _Element

_ITEMS: Final = ("item", "entry", "url")
_DATES: Final = ("pubDate", "published", "date", "publication_date", "updated", "lastmod")
_AUTHORS: Final = ("author", "creator")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def read(stream: IO[bytes], file: str) -> Iterator[Record]:
    """Give the items of a feed.

    Args:
        stream: The feed in UTF-8.
        file: What to call the input in an error.

    Yields:
        Records with the columns headline, link, published, category and author. Entities that the file declares are
        not expanded, and nothing that it points at is opened.

    Raises:
        InputError: If it is so broken that there is no item.
    """
    from lxml import etree

    walk = etree.iterparse(
        stream, recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    items = 0
    try:
        for _, element in walk:
            if _local(element) in _ITEMS:
                items += 1
                yield Record(element.sourceline or items, _values(element))
                _forget(element)
    except etree.LxmlError as error:
        found = f"broken XML ({' '.join(str(error).split())[:200]})"
        raise InputError(file, found, "RSS, Atom or a news sitemap", "download it again") from error
    if not items:
        raise InputError(file, "XML without items", "RSS, Atom or a news sitemap", "check the address of the feed")


def _values(item: "_Element") -> dict[str, Any]:
    texts: dict[str, str] = {}
    categories: list[str] = []
    link = ""
    for child in item.iter():
        name = _local(child)
        if name == "link" and child.get("rel", "alternate") == "alternate":
            link = link or child.get("href") or _text(child)
        elif name == "category":
            categories.append(child.get("label") or child.get("term") or _text(child))
        elif name == "title":
            # the item's own, not that of a picture in it (media:title)
            texts.setdefault(name, _title(child)) if "/mrss" not in str(child.tag) else None
        elif name in (*_DATES, *_AUTHORS, "subject", "loc"):
            texts.setdefault(name, child.findtext("{*}name") or _text(child))
    return {
        COLUMN: texts.get("title", ""),
        "link": link or texts.get("loc", ""),
        "published": _first(texts, _DATES),
        "category": ", ".join(filter(None, categories)) or texts.get("subject", ""),
        "author": _first(texts, _AUTHORS),
    }


def _first(texts: dict[str, str], names: tuple[str, ...]) -> str:
    return next((texts[name] for name in names if texts.get(name)), "")


def _title(element: "_Element") -> str:
    """Give a title as text: many feeds escape it twice, some put marks of HTML into it."""
    return " ".join(_TAG.sub("", html.unescape(html.unescape(_text(element)))).split())


def _text(element: "_Element") -> str:
    """Give the text of an element; of an entity that is not expanded its name, which HTML may know."""
    return "".join(part for part in element.itertext()).strip()


def _local(element: "_Element") -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _forget(element: "_Element") -> None:
    """Free an item that was read, and all before it."""
    element.clear()
    while (before := element.getprevious()) is not None:
        parent = element.getparent()
        if parent is None:
            break
        parent.remove(before)
