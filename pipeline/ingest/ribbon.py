"""A copied news ribbon: headlines under (or over) the time they were put out, behind it, or behind bullets."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from pipeline.ingest.record import COLUMN, Record

_TIME: Final = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_DAY: Final = r"(?:\d{1,2}\.\d{1,2}(?:\.\d{2,4})?|\d{1,2}\s++[а-я]{3,8}\.?(?:\s++\d{4})?|сегодня|вчера)"
_ALONE: Final = re.compile(rf"{_DAY}(?:,?\s*+(?:в\s++)?{_TIME})?|{_TIME}(?:,?\s*+{_DAY})?", re.I)  # «3 ноября, 9:40»
_BEFORE: Final = re.compile(rf"(?:{_DAY},?\s++)?{_TIME}[\s,|—–-]++(\S.*)", re.I | re.S)  # «12:30 Нацбанк поднял ставку»
_BULLET: Final = re.compile(r"[•●▪■◾‣◦*–—-]\s++(\S.*)", re.S)  # «• Нацбанк поднял ставку»
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_FEWEST: Final = 3
"""Headlines of a ribbon."""
_SHARE_OF_TIMES: Final = 0.2
"""Share of lines that are nothing but times; with a rubric and a lead to each headline one line in four is."""
_SHARE_OF_ITEMS: Final = 0.5
"""Share of lines that begin with a time or a bullet; the rest is what stands around the list."""
_WORDS: Final = 4
"""Words of a headline at least; a rubric has one or two."""


def is_ribbon(lines: Sequence[str]) -> bool:
    """Tell whether lines are a ribbon."""
    return _kind([line.strip() for line in lines if line.strip()]) is not None


def read(lines: Sequence[str]) -> Iterator[Record]:
    """Give the headlines of a ribbon, without times, rubrics and leads.

    Args:
        lines: The lines of a copied page.

    Yields:
        The headlines in order.
    """
    full = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    kind = _kind([line for _, line in full])
    if kind is _ALONE:
        yield from _between(full)
    elif kind is not None:
        items = ((number, kind.fullmatch(line)) for number, line in full)
        yield from (Record(number, {COLUMN: match[1]}) for number, match in items if match)


def _kind(lines: Sequence[str]) -> re.Pattern[str] | None:
    for kind, share in ((_ALONE, _SHARE_OF_TIMES), (_BEFORE, _SHARE_OF_ITEMS), (_BULLET, _SHARE_OF_ITEMS)):
        count = sum(kind.fullmatch(line) is not None for line in lines)
        if count >= max(_FEWEST, share * len(lines)):
            return kind
    return None


def _between(lines: Sequence[tuple[int, str]]) -> Iterator[Record]:
    """Give of each block between two times the first line that is long enough for a headline."""
    times = [place for place, (_, line) in enumerate(lines) if _ALONE.fullmatch(line)]
    last = times[-1] == len(lines) - 1  # then the times stand under their headlines
    starts = [-1, *times] if last else [*times, len(lines)]
    for start, end in pairwise(starts):
        block = lines[start + 1 : end]
        found = next((item for item in block if len(_WORD.findall(item[1])) >= _WORDS), None)
        if found:
            yield Record(found[0], {COLUMN: found[1]})
