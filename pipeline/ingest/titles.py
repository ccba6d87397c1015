"""Texts of a web page that may be headlines: of links, of headings, of items; with where they lead and their times."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.ingest.times import STEPS, Times, time_of
from pipeline.ingest.visible import DROPPED, HEADINGS, classes

if TYPE_CHECKING:
    from lxml.etree import _Element

_TITLE: Final = re.compile(r"title|headline|heading|caption|zagolovok", re.I)
_BESIDE: Final = re.compile(
    r"time|date|views|comment|rubric|category|label|badge|author|counter|lead|descr|summary|anons|teaser|text\b|subtitle",
    re.I,
)
_CALL: Final = re.compile(
    r"(?:читать|подробнее|далее|все новости|подпис|показать|загрузить|поделиться|комментар|войти|регистрац|реклам|"
    r"мы используем|этот сайт использует|поддержите|"
    r"политика (?:конфиденц|обработ)|пользовательск|согласи|обратная связь|правила|условия использ|"
    r"перейти|смотреть все|наверх|©|cookie)",
    re.I,
)
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_CYRILLIC: Final = re.compile(r"[а-яё]", re.I)
_WORDS_OF_A_HEADLINE: Final = 3
_LONGEST: Final = 300
_BLOCK: Final = re.compile(r"(?:^|\s)(?:text|title|headline|tgme_widget_message_text)(?:\s|$)")


@dataclass(frozen=True)
class Text:
    """A text that may be a headline: where it stands and leads, what list it is in, how surely it is one, its time."""

    line: int
    text: str
    link: str
    build: str
    rank: int
    published: str = ""


def of_links(elements: Iterable[Any], times: Times) -> Iterator[Text]:
    """Give the links that may be headlines."""
    for element in elements:
        link = element.get("href") if element.tag == "a" else None
        if not link or link.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        part, rank = _titled(element)
        text = plain(part)
        if may_be(text):
            yield Text(element.sourceline or 0, text, link, _build(element, part), rank, time_of(element, times))


def _titled(link: "_Element") -> tuple[Any, int]:
    """Give the part of a link that is its title, and how surely."""
    for part in link.iter():
        if part.tag in HEADINGS:
            return part, 3
    for part in link.iter():
        if isinstance(part.tag, str) and part is not link and _TITLE.search(classes(part)):
            return part, 2
    above = [element for element, _ in zip(link.iterancestors(), range(2), strict=False)]
    inside = any(element.tag in HEADINGS or _TITLE.search(classes(element)) for element in (link, *above))
    return link, 2 if inside else 0 if _BESIDE.search(classes(link)) else 1


def of_blocks(elements: Iterable[Any], times: Times) -> Iterator[Text]:
    """Give the headings, items, cells and paragraphs that may be headlines."""
    for element in elements:
        if element.tag in (*HEADINGS, "li", "td", "dt", "dd", "p") or _BLOCK.search(classes(element)):
            if any(child.tag in ("li", "td", "p", "div", *HEADINGS) for child in element):
                continue
            text = _first_line(element)
            if may_be(text):
                yield Text(element.sourceline or 0, text, "", _build(element, element), 1, time_of(element, times))


def may_be(text: str) -> bool:
    """Tell whether a text is as long as a headline, in Cyrillic letters, and calls for nothing."""
    return (
        len(text) <= _LONGEST
        and length(text) >= _WORDS_OF_A_HEADLINE
        and bool(_CYRILLIC.search(text))
        and not _CALL.match(text)
    )


def length(text: str) -> int:
    """Count words."""
    return len(_WORDS.findall(text))


def plain(element: "_Element") -> str:
    """Give the text of an element without the time, the rubric and the counters in it."""
    parts: list[str] = []

    def walk(part: "_Element") -> None:
        if not isinstance(part.tag, str) or part.tag in DROPPED or part.tag == "time":
            return
        if part is not element and _BESIDE.search(classes(part)) and not _TITLE.search(classes(part)):
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
    above = [step for step, _ in zip(element.iterancestors(), range(STEPS), strict=False)]
    return "<".join(f"{step.tag}.{_stem(step)}" for step in (part, element, *above))


def _stem(element: "_Element") -> str:
    """Give the first class of an element, without what only numbers it."""
    classes = (element.get("class") or "").split()
    return re.sub(r"\d+", "", classes[0]) if classes else ""
