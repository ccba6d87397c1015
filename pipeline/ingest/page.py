"""A page copied as text: the headlines are its lists, and nothing else of it counts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from pipeline.ingest.record import COLUMN, Record

# «12. Заголовок» or «12) Заголовок»; «2.5 млрд» is no item, since a space must follow.
_ITEM: Final = re.compile(r"\s*(\d{1,4})[.)]\s+(\S(?s:.*\S)?)\s*")
_NUMBER: Final = re.compile(r"\s*\d{1,4}[.)]\s*")
_BELOW: Final = re.compile(r"""\s*(\d{1,4})\.\d{1,2}(?:\.\d{1,2})?[.)]?\s+([«„“"А-ЯЁA-Z](?s:.*\S)?)\s*""")
_BULLET: Final = re.compile(r"\s*[•●▪■◾‣◦·*]\s+(\S(?s:.*\S)?)\s*")
_SHORTEST: Final = 3
"""Items that make a list; fewer may be a numbered paragraph of an article."""
_GAP: Final = 4
"""Lines of an advertisement within a list at most."""
_SHORT: Final = 80
"""Letters of such a line at most; a paragraph has more, and ends a list."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_WORDS: Final = 3
"""Words that most bullets of a list of headlines have at least; a menu's have one or two."""


@dataclass
class _List:
    """A list that is being read: its items, the line after it, and what may belong to the last item."""

    end: int
    items: list[Record] = field(default_factory=list)
    count: int = 0
    tail: list[tuple[str, bool]] = field(default_factory=list)  # and whether a blank line stands before it

    def add(self, place: int, text: str) -> None:
        """Add an item; what stood between it and the one before belongs to that one if it goes on with it."""
        more = list(takewhile(self._goes_on, self.tail))
        if more:
            last = self.items.pop()
            self.items.append(Record(last.line, {COLUMN: " ".join([last.values[COLUMN], *(line for line, _ in more)])}))
        self.items.append(Record(place + 1, {COLUMN: text}))
        self.end, self.tail = place + 1, []

    def takes(self, line: str) -> bool:
        """Tell whether a list may go on behind a line: the second half of an item, or a short advertisement."""
        lines = [*(each for each, _ in self.tail), line]
        return len(lines) == 1 or (len(lines) <= _GAP and max(map(len, lines)) <= _SHORT)

    def _goes_on(self, tail: tuple[str, bool]) -> bool:
        line, apart = tail
        return line[0].islower() or (len(self.tail) == 1 and not apart)


def is_page(lines: Sequence[str]) -> bool:
    """Tell whether lines hold a numbered list of headlines."""
    lines = _joined(lines)
    return any(_numbered(lines, start).count >= _SHORTEST for start in _starts(lines))


def read(lines: Sequence[str]) -> Iterator[Record]:
    """Give the items of the lists, without their numbers.

    A list counts 1, 2, 3 …; 1.1 and bullets may stand under a number, a number on a line of its own, and some short
    lines of an advertisement between two items. An item broken over two lines is joined again, which shows by the next
    number's following. Bullets are a list by themselves if they are as long as headlines.

    Args:
        lines: The page's lines.

    Yields:
        The headlines in order.
    """
    start, lines = 0, _joined(lines)
    while start < len(lines):
        found = _numbered(lines, start)
        if found.count < _SHORTEST:
            found = _bullets(lines, start)
        yield from found.items
        start = found.end


def _joined(lines: Sequence[str]) -> Sequence[str]:
    """Put a number that stands on a line of its own before the next line that is not blank."""
    whole, before = list(lines), -1
    for place, line in enumerate(lines):
        if _NUMBER.fullmatch(line):
            before = place
        elif before >= 0 and line.strip():
            whole[before], whole[place] = f"{lines[before].strip()} {line.lstrip()}", ""
            before = -1
    return whole


def _starts(lines: Sequence[str]) -> Iterator[int]:
    for place, line in enumerate(lines):
        match = _ITEM.fullmatch(line.rstrip("\r\n"))
        if match and int(match[1]) == 1:
            yield place


def _numbered(lines: Sequence[str], start: int) -> _List:
    """Give the list that begins on a line, empty if none does."""
    found = _List(start + 1)
    for place in range(start, len(lines)):
        line = lines[place].rstrip("\r\n")
        match = _ITEM.fullmatch(line)
        under = found.items and (_BULLET.fullmatch(line) or _under(line, found.count))
        if match and int(match[1]) == found.count + 1:
            found.count += 1
            found.add(place, match[2])
        elif under and not found.tail and _is_long(under[under.lastindex or 0]):
            found.add(place, under[under.lastindex or 0])
        elif not found.items or match or (line.strip() and not found.takes(line.strip())):
            break
        elif line.strip():
            found.tail.append((line.strip(), not lines[place - 1].strip()))
    return found


def _under(line: str, number: int) -> re.Match[str] | None:
    match = _BELOW.fullmatch(line)
    return match if match and int(match[1]) == number else None


def _bullets(lines: Sequence[str], start: int) -> _List:
    """Give the bullets that stand from a line on, if they are headlines; else nothing of that line."""
    found, end = _List(start + 1), start
    while end < len(lines) and (match := _BULLET.fullmatch(lines[end].rstrip("\r\n"))):
        found.add(end, match[1])
        end += 1
    texts = [item.values[COLUMN] for item in found.items]
    good = sum(_is_long(text) and text[-1] not in ".;:," for text in texts)
    if len(texts) < _SHORTEST or 2 * good < len(texts):
        found.items = []
    return found


def _is_long(text: str) -> bool:
    return len(_WORD.findall(text)) >= _WORDS
