"""Feeds: RSS 2.0 and 1.0, Atom and news sitemaps, item by item, whatever their size, broken or not.

Read by lxml and not by feedparser, which takes a document whole, so that memory would grow with the feed. libxml2 keeps
its own bounds here (10 MB a text, 256 elements deep), and expands no entity.
"""

import html
import re
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any, Final

from pipeline.errors import InputError
from pipeline.ingest.record import COLUMN, Record, Reject

if TYPE_CHECKING:
    from lxml.etree import _Element

_ITEMS: Final = ("item", "entry", "url")
_SITEMAP: Final = "urlset"
_DATES: Final = ("pubDate", "published", "date", "publication_date", "updated", "lastmod")
_AUTHORS: Final = ("author", "creator")
_WHOLE: Final = re.compile(r"in tag (?:\w+:)?(?:rss|channel|RDF|feed|urlset) ")
"""What libxml2 tells of a document whose end is missing, but of no item a part."""
_OF_OTHERS: Final = re.compile(r"/(?:mrss|media|podcast-1\.0\.dtd)/?\}")
"""Names of extensions whose titles, categories and links are those of a picture or of a player."""
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def read(stream: IO[bytes], file: str) -> Iterator[Record | Reject]:
    """Give the items of a feed.

    Args:
        stream: The feed in UTF-8.
        file: What to call the input in an error.

    Yields:
        Records with the columns headline, link, published, category and author; a reject where the feed breaks off, in
        place of the item that it breaks off in. Entities that the file declares are not expanded, and nothing that it
        points at is opened.

    Raises:
        InputError: If it is so broken that there is no item.
    """
    from lxml import etree

    walk = etree.iterparse(
        stream, recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    last: Record | None = None
    try:
        for _, element in walk:
            if _is_item(element):
                if last:
                    yield last
                last = Record(element.sourceline or 0, _values(element))
                _forget(element)
    except etree.LxmlError as error:
        found = f"broken XML ({' '.join(str(error).split())[:200]})"
        raise InputError(file, found, "RSS, Atom or a news sitemap", "download it again") from error
    if not last:
        raise InputError(file, "XML without items", "RSS, Atom or a news sitemap", "check the address of the feed")
    yield from _end(last, walk.error_log, file)


def _end(last: Record, log: Iterable[Any], file: str) -> Iterator[Record | Reject]:
    """Give the last item; and tell if the feed breaks off, in it or after it."""
    cut = next((error for error in log if error.type_name == "ERR_TAG_NOT_FINISHED"), None)
    if not cut or _WHOLE.search(cut.message):
        yield last
    if cut:
        text = "" if _WHOLE.search(cut.message) else last.values[COLUMN]
        yield Reject(file, cut.line, "XML that breaks off", text)


def _values(item: "_Element") -> dict[str, Any]:
    texts: dict[str, str] = {}
    categories: list[str] = []
    link = ""
    for child in _own(item):
        name = _local(child)
        if name == "link" and child.get("rel", "alternate") == "alternate":
            link = link or child.get("href") or _text(child)
        elif name == "category":
            categories.append(child.get("label") or child.get("term") or _text(child))
        elif name == "title":
            texts.setdefault(name, _title(child))
        elif name in (*_AUTHORS, "subject"):
            texts[name] = ", ".join(filter(None, (texts.get(name), child.findtext("{*}name") or _text(child))))
        elif name in (*_DATES, "loc"):
            texts.setdefault(name, _text(child))
    return {
        COLUMN: texts.get("title", ""),
        "link": link or texts.get("loc", ""),
        "published": _first(texts, _DATES),
        "category": ", ".join(filter(None, categories)) or texts.get("subject", ""),
        "author": _first(texts, _AUTHORS),
    }


def _is_item(element: "_Element") -> bool:
    """Tell an item from the url of a feed's picture."""
    name, parent = _local(element), element.getparent()
    return name in _ITEMS and (name != "url" or parent is None or _local(parent) == _SITEMAP)


def _own(item: "_Element") -> Iterator["_Element"]:
    """Give what an item says of itself, and not of its pictures, its player or the feed that it was taken from."""
    for child in item:
        if not _OF_OTHERS.search(str(child.tag)):
            yield from child if _local(child) == "news" else (child,)


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
    """Free an item that was read, and all before it; but nothing of an item that it stands in for want of an end."""
    element.clear()
    parent = element.getparent()
    while parent is not None and _local(parent) not in _ITEMS and (before := element.getprevious()) is not None:
        parent.remove(before)
