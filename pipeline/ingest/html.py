"""A saved web page: the links that stand in rows of the same build and are as long as headlines.

A front page is some lists; each list repeats one build (tags and classes). A menu repeats one too, but its texts are
a word or two; so what makes a list one of headlines is how long its texts are.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import IO, TYPE_CHECKING, Any, Final

from pipeline.errors import InputError
from pipeline.ingest.record import COLUMN, Record

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST: Final = 1 << 25
"""Bytes of a page, which is read whole: 32 MB, thirty times the largest front page met."""

_DROPPED: Final = frozenset(
    ("script", "style", "noscript", "template", "svg", "nav", "footer", "form", "button", "select", "iframe", "label")
)
_HEADINGS: Final = frozenset(["h1", "h2", "h3", "h4", "h5"])
_ASIDE: Final = re.compile(
    r"\b(?:nav|menu|footer|cookie|banner|advert|ads?|promo|subscri\w*|share|social|breadcrumbs?|tags?|comments?|pagination)"
    r"(?:\b|[_-])",
    re.I,
)
_TITLE: Final = re.compile(r"title|headline|heading|caption|zagolovok", re.I)
_BESIDE: Final = re.compile(
    r"time|date|views|comment|rubric|category|label|badge|author|counter|lead|descr|summary|anons|teaser|text\b|subtitle",
    re.I,
)
_CALL: Final = re.compile(
    r"(?:читать|подробнее|далее|все новости|подпис|показать|загрузить|поделиться|комментар|войти|регистрац|реклам|"
    r"политика (?:конфиденц|обработ)|пользовательск|согласи|обратная связь|правила|условия использ|"
    r"перейти|смотреть все|наверх|©|cookie)",
    re.I,
)
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_CYRILLIC: Final = re.compile(r"[а-яё]", re.I)
_FEWEST: Final = 3
"""Texts that make a list."""
_WORDS_OF_A_LIST: Final = 4
"""Words that the middle text of a list of headlines has at least; in a menu it has one to three."""
_WORDS_OF_A_HEADLINE: Final = 3
_LONGEST: Final = 300
_STEPS: Final = 3
"""Elements above a link that tell one list from another."""


@dataclass(frozen=True)
class _Text:
    """A text that may be a headline: where it stands and leads, what list it is in, how surely it is a title."""

    line: int
    text: str
    link: str
    build: str
    rank: int


def read(stream: IO[bytes], file: str) -> Iterator[Record]:
    """Give the headlines of a page.

    Args:
        stream: The page in UTF-8.
        file: What to call the input in an error.

    Yields:
        Records with the columns headline and link, in the order of the page.

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
    yield from (Record(text.line, {COLUMN: text.text, "link": text.link}) for text in found)


def headlines(root: "_Element") -> list[_Text]:
    """Find the headlines of a page, by its links, else its headings and lists, else what it says of itself."""
    kept = list(_visible(root))
    headings = [element for element in kept if element.tag in _HEADINGS]
    return (
        _lists(_once(_of_links(kept))) or _lists(_of_blocks(headings)) or _lists(_of_blocks(kept)) or _of_itself(root)
    )


def _visible(root: "_Element") -> Iterator[Any]:
    """Walk through what a reader of the page looks at, without menus and what is not shown."""
    todo = [root]
    while todo:
        element = todo.pop()
        if not isinstance(element.tag, str) or element.tag in _DROPPED or element.get("hidden") is not None:
            continue
        if element.tag not in ("html", "body", "a", *_HEADINGS) and _ASIDE.search(_classes(element)):
            continue
        yield element
        todo.extend(reversed(element))


def _of_links(elements: Iterable[Any]) -> Iterator[_Text]:
    for element in elements:
        link = element.get("href") if element.tag == "a" else None
        if not link or link.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        part, rank = _titled(element)
        text = _plain(part)
        if _may_be(text):
            yield _Text(element.sourceline or 0, text, link, _build(element, part), rank)


def _titled(link: "_Element") -> tuple[Any, int]:
    """Give the part of a link that is its title, and how surely."""
    for part in link.iter():
        if part.tag in _HEADINGS:
            return part, 3
    for part in link.iter():
        if isinstance(part.tag, str) and part is not link and _TITLE.search(_classes(part)):
            return part, 2
    above = [element for element, _ in zip(link.iterancestors(), range(2), strict=False)]
    inside = any(element.tag in _HEADINGS or _TITLE.search(_classes(element)) for element in (link, *above))
    return link, 2 if inside else 0 if _BESIDE.search(_classes(link)) else 1


def _of_blocks(elements: Iterable[Any]) -> Iterator[_Text]:
    for element in elements:
        if element.tag in (*_HEADINGS, "li", "td", "dt", "dd", "p") or _BLOCK.search(_classes(element)):
            if any(child.tag in ("li", "td", "p", "div", *_HEADINGS) for child in element):
                continue
            text = _first_line(element)
            if _may_be(text):
                yield _Text(element.sourceline or 0, text, "", _build(element, element), 1)


_BLOCK: Final = re.compile(r"(?:^|\s)(?:text|title|headline|tgme_widget_message_text)(?:\s|$)")


def _of_itself(root: "_Element") -> list[_Text]:
    """Give the one headline of an article."""
    named = root.xpath('//meta[@property="og:title"]/@content') or [_plain(part) for part in root.iter("h1", "title")]
    return [_Text(1, " ".join(text.split()), "", "", 1) for text in named[:1] if _may_be(" ".join(text.split()))]


def _once(texts: Iterable[_Text]) -> list[_Text]:
    """Keep of the links that lead to one place the one that is most surely the title; the first in doubt."""
    best: dict[str, _Text] = {}
    for text in texts:
        known = best.get(text.link)
        if known is None or text.rank > known.rank:
            best[text.link] = text
    return list(best.values())


def _lists(texts: Iterable[_Text]) -> list[_Text]:
    """Keep the texts that stand in lists of headlines, each once, in the order of the page."""
    texts = list(texts)
    builds: dict[str, list[_Text]] = defaultdict(list)
    for text in texts:
        builds[text.build].append(text)
    good = {build for build, members in builds.items() if _is_list(members)}
    strays = [text for text in texts if text.build not in good]
    kept = {text.text: text for text in reversed(texts) if text.build in good or _is_stray(text, strays, good)}
    places = {id(text): place for place, text in enumerate(texts)}
    return sorted(kept.values(), key=lambda text: places[id(text)])


def _is_list(members: Sequence[_Text]) -> bool:
    return len(members) >= _FEWEST and median(_length(text.text) for text in members) >= _WORDS_OF_A_LIST


def _is_stray(text: _Text, strays: Sequence[_Text], good: set[str]) -> bool:
    """Tell whether a text outside of the lists is one of the few large cards that open a front page."""
    return bool(good) and text in strays and text.rank > 1 and _length(text.text) >= _WORDS_OF_A_LIST


def _may_be(text: str) -> bool:
    return (
        len(text) <= _LONGEST
        and _length(text) >= _WORDS_OF_A_HEADLINE
        and bool(_CYRILLIC.search(text))
        and not _CALL.match(text)
    )


def _length(text: str) -> int:
    return len(_WORDS.findall(text))


def _plain(element: "_Element") -> str:
    """Give the text of an element without the time, the rubric and the counters in it."""
    parts: list[str] = []

    def walk(part: "_Element") -> None:
        if not isinstance(part.tag, str) or part.tag in _DROPPED or part.tag == "time":
            return
        if part is not element and _BESIDE.search(_classes(part)) and not _TITLE.search(_classes(part)):
            return
        parts.append(part.text or "")
        for child in part:
            walk(child)
            parts.append(child.tail or "")
            if child.tag in ("br", "div", "p", "span"):
                parts.append(" ")

    walk(element)
    return " ".join("".join(parts).split())


def _first_line(element: "_Element") -> str:
    for br in element.iter("br"):
        br.tail = "\n" + (br.tail or "")
    lines = ("".join(part for part in element.itertext())).strip().splitlines()
    return " ".join(lines[0].split()) if lines else ""


def _build(element: "_Element", part: "_Element") -> str:
    above = [step for step, _ in zip(element.iterancestors(), range(_STEPS), strict=False)]
    return "<".join(f"{step.tag}.{_stem(step)}" for step in (part, element, *above))


def _stem(element: "_Element") -> str:
    """Give the first class of an element, without what only numbers it."""
    classes = (element.get("class") or "").split()
    return re.sub(r"\d+", "", classes[0]) if classes else ""


def _classes(element: "_Element") -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"
