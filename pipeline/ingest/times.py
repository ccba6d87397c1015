"""Times on a web page: which one belongs to a headline."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from lxml.etree import _Element

STEPS: Final = 3
"""Elements above a link that tell one list from another, and one card from another."""
_TIMED: Final = re.compile(r"\b(?:time|date|datetime|published)\b", re.I)

Times: TypeAlias = Mapping[Any, list[Any]]


def times_of(elements: Iterable[Any]) -> Times:
    """Give the times that stand in each element, three steps down at most: in a card there is one."""
    times: dict[Any, list[Any]] = {}
    for element in elements:
        if element.tag == "time" or (element.tag in ("span", "div", "p") and _TIMED.search(element.get("class") or "")):
            for above, _ in zip(element.iterancestors(), range(STEPS), strict=False):
                times.setdefault(above, []).append(element)
    return times


def time_of(element: "_Element", times: Times) -> str:
    """Give the one time that stands nearest to an element, or nothing where a list has several."""
    for step in (element, *(above for above, _ in zip(element.iterancestors(), range(STEPS), strict=False))):
        found = times.get(step, ())
        if found:
            return (
                (found[0].get("datetime") or " ".join("".join(found[0].itertext()).split())) if len(found) == 1 else ""
            )
    return ""
