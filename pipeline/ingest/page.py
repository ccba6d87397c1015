"""A page copied as text: the headlines are its numbered lists, and nothing else of it counts."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.ingest.record import Record

# «12. Заголовок» or «12) Заголовок»; «2.5 млрд» is no item, since a space must follow.
_ITEM: Final = re.compile(r"\s*(\d{1,4})[.)]\s+(\S.*?)\s*")
_SHORTEST: Final = 3
"""Items that make a list; fewer may be a numbered paragraph of an article."""


def is_page(lines: Sequence[str]) -> bool:
    """Tell whether lines hold a numbered list of headlines."""
    return next(read(lines), None) is not None


def read(lines: Sequence[str]) -> Iterator[Record]:
    """Give the items of the numbered lists, without their numbers.

    A list counts 1, 2, 3 …; an item broken over two lines is joined again, which shows by the next number's following.

    Args:
        lines: The page's lines.

    Yields:
        The headlines in order.
    """
    start = 0
    while start < len(lines):
        items, end = _list_at(lines, start)
        if len(items) >= _SHORTEST:
            yield from items
        start = end


def _list_at(lines: Sequence[str], start: int) -> tuple[list[Record], int]:
    """Give the list that begins on a line (empty if none does), and the line after it."""
    items: list[Record] = []
    end = start + 1
    tail: list[str] = []
    for place in range(start, len(lines)):
        match = _ITEM.fullmatch(lines[place].rstrip("\r\n"))
        if match and int(match[1]) == len(items) + 1:
            if tail:
                last = items.pop()
                items.append(Record(last.line, {"headline": " ".join([last.values["headline"], *tail])}))
            items.append(Record(place + 1, {"headline": match[2]}))
            end, tail = place + 1, []
        elif not items or match or (len(tail) == 1 and lines[place].strip()):
            break
        elif lines[place].strip():
            tail.append(lines[place].strip())
    return items, end
