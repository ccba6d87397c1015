"""A page copied as text that has no list but running text: its headlines are the lines that read as such."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.ingest.record import COLUMN, Record

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_SENTENCE: Final = re.compile(r"[.!?…][»”\")]*(?=\s|$)")
_FEWEST: Final = 4
"""Words of a headline at least; a rubric has one or two."""
_LONGEST: Final = 200
"""Letters of a headline at most."""
_PARAGRAPH: Final = 160
"""Letters of a paragraph at least, which has two sentences and ends with one."""
_PARAGRAPHS: Final = 2
_SHARE: Final = 0.3
"""Paragraphs that make a page, and their share of its letters: some long lines in a list are long headlines."""
_CALL: Final = re.compile(
    r"\W*(?:поддерж|помоги|донат|задонат|подпис|читайте|читать|подробнее|смотрите|слушайте|реклам|поделит|фото|видео|"
    r"источник|автор|редакц|мы используем|этот сайт|все права|при использовании|войти|комментари|©)",
    re.I,
)


def is_article(lines: Sequence[str]) -> bool:
    """Tell whether lines hold paragraphs of running text and, above or between them, lines that read as headlines."""
    paragraphs = [line for line in lines if _is_paragraph(line)]
    share = sum(map(len, paragraphs)) / max(sum(map(len, lines)), 1)
    return len(paragraphs) >= _PARAGRAPHS and share >= _SHARE and any(map(_is_headline, lines))


def read(lines: Sequence[str]) -> Iterator[Record]:
    """Give the lines that read as headlines: long enough, no sentence with its full stop, no call to the reader.

    Args:
        lines: The lines of a copied page.

    Yields:
        The headlines in order, without their bullets.
    """
    for number, line in enumerate(lines, start=1):
        if _is_headline(line):
            yield Record(number, {COLUMN: line.strip()})


def _is_paragraph(line: str) -> bool:
    text = line.strip()
    found = [match.end() for match in _SENTENCE.finditer(text)] if len(text) >= _PARAGRAPH else []
    return len(found) > 1 and found[-1] == len(text)


def _is_headline(line: str) -> bool:
    text = line.strip()
    return (
        len(text) <= _LONGEST
        and len(_WORD.findall(text)) >= _FEWEST
        and not text[0].islower()
        and text[-1] not in ".,;:…"
        and not _CALL.match(text)
    )
