"""A saved web page: the links that stand in rows of the same build and are as long as headlines.

A front page is some lists; each list repeats one build (tags and classes). A menu repeats one too, but its texts are
a word or two; so what makes a list one of headlines is how long its texts are. What the page says of itself in JSON-LD
comes first. trafilatura serves articles: of a front page it keeps the running text and drops the lists.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from statistics import median
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from pipeline.errors import InputError
from pipeline.ingest import jsonld
from pipeline.ingest.record import COLUMN, Record
from pipeline.ingest.times import times_of
from pipeline.ingest.titles import Text, length, may_be, of_blocks, of_links, plain
from pipeline.ingest.visible import HEADINGS, visible

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST: Final = 1 << 25
"""Bytes of a page, which is read whole: 32 MB, thirty times the largest front page met."""
_FEWEST: Final = 3
"""Texts that make a list."""
_WORDS_OF_A_LIST: Final = 4
"""Words that the middle text of a list of headlines has at least; in a menu it has one to three."""


def read(stream: IO[bytes], file: str) -> Iterator[Record]:
    """Give the headlines of a page.

    Args:
        stream: The page in UTF-8.
        file: What to call the input in an error.

    Yields:
        Records with the columns headline, link and published, in the order of the page; links are whole if the page
        was fetched or says where it is from.

    Raises:
        InputError: If the page is too large or has no headlines.
    """
    from lxml import etree, html

    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(file, f"a page of more than {LARGEST >> 20} MB", "a saved web page", "cut it")
    try:
        root = html.document_fromstring(data.replace(b"\0", b""), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise InputError(file, "a page without text", "a saved web page", "save it again, as text") from error
    found = headlines(root)
    if not found:
        raise InputError(file, "a page without headlines", "links with headlines", "copy it as text, or give its feed")
    base = _base(root, file)
    for text in found:
        link = text.link and _joined(base, text.link)
        yield Record(text.line, {COLUMN: text.text, "link": link, "published": text.published})


def _base(root: "_Element", file: str) -> str:
    """Give what the links of a page are relative to; nothing if that is not known."""
    own = next((str(element.get("href") or "") for element in root.iter("base")), "")
    return _joined(file, own) if file.startswith(("http://", "https://")) else own


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if base and link else link or base
    except ValueError:  # a bracket without its pair
        return link


def headlines(root: "_Element") -> list[Text]:
    """Find the headlines of a page: by its JSON-LD and its links, else its headings and lists, else its title."""
    kept = list(visible(root))
    times = times_of(kept)
    headings = [element for element in kept if element.tag in HEADINGS]
    links = _once(of_links(kept, times))
    listed = _lists(links) or [text for text in links if text.rank > 1 and length(text.text) >= _WORDS_OF_A_LIST]
    told = _new(chain(jsonld.articles(root), _of_an_article(root)), listed)
    if told or listed:
        return told + listed
    return _lists(of_blocks(headings, times)) or _lists(of_blocks(kept, times)) or _of_itself(root)


def _new(told: Iterable[Text], listed: Sequence[Text]) -> list[Text]:
    """Give what JSON-LD tells and the lists do not show: neither the text nor the link."""
    texts = {text.text.casefold() for text in listed}
    links = {_path(text.link) for text in listed}
    new: dict[str, Text] = {}
    for text in told:
        if may_be(text.text) and text.text.casefold() not in texts and not (text.link and _path(text.link) in links):
            new.setdefault(text.text.casefold(), text)
    return list(new.values())


def _path(link: str) -> str:
    try:
        return urlsplit(link).path.rstrip("/")
    except ValueError:  # a bracket without its pair
        return link


def _of_an_article(root: "_Element") -> Iterator[Text]:
    """Give the headline of a page that says that it is an article, if it does not say so in JSON-LD too."""
    if _meta(root, "og:type") == ["article"] and not any(True for _ in jsonld.articles(root)):
        link, published = (" ".join(_meta(root, name)[:1]) for name in ("og:url", "article:published_time"))
        yield from (Text(1, " ".join(text.split()), link, "", 2, published) for text in _meta(root, "og:title")[:1])


def _of_itself(root: "_Element") -> list[Text]:
    """Give the one headline of an article; a front page's title is none."""
    own = _meta(root, "og:title") if _meta(root, "og:type") != ["website"] else []
    named = own or [plain(part) for part in root.iter("h1")]
    return [Text(1, " ".join(text.split()), "", "", 1) for text in named[:1] if may_be(" ".join(text.split()))]


def _meta(root: "_Element", name: str) -> list[str]:
    return [str(value) for value in root.xpath("//meta[@property=$name]/@content", name=name)]


def _once(texts: Iterable[Text]) -> list[Text]:
    """Keep of the links that lead to one place the one that is most surely the title; the first in doubt."""
    best: dict[str, Text] = {}
    for text in texts:
        known = best.get(text.link)
        if known is None or text.rank > known.rank:
            best[text.link] = text
    return list(best.values())


def _lists(texts: Iterable[Text]) -> list[Text]:
    """Keep the texts that stand in lists of headlines, each once, in the order of the page."""
    texts = list(texts)
    builds: dict[str, list[Text]] = defaultdict(list)
    for text in texts:
        builds[text.build].append(text)
    good = {build for build, members in builds.items() if _is_list(members)}
    strays = [text for text in texts if text.build not in good]
    kept = {text.text: text for text in reversed(texts) if text.build in good or _is_stray(text, strays, good)}
    places = {id(text): place for place, text in enumerate(texts)}
    return sorted(kept.values(), key=lambda text: places[id(text)])


def _is_list(members: Sequence[Text]) -> bool:
    return len(members) >= _FEWEST and median(length(text.text) for text in members) >= _WORDS_OF_A_LIST


def _is_stray(text: Text, strays: Sequence[Text], good: set[str]) -> bool:
    """Tell whether a text outside of the lists is one of the few large cards that open a front page."""
    return bool(good) and text in strays and text.rank > 1 and length(text.text) >= _WORDS_OF_A_LIST
