"""When and where the headlines of a table appeared, as far as its columns say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, Self
from urllib.parse import urlsplit

import pyarrow as pa

from pipeline.answers import RESULT
from pipeline.dates import dated, period
from pipeline.digest.gather import DATES, LINKS, SOURCES

_LOOK: Final = 50


@dataclass(frozen=True)
class Origins:
    """When and where headlines appeared, one entry a headline.

    Attributes:
        dates: As they are written; None where there is none.
        sources: Of the column, or else the link's host; empty where nobody knows.
        links: Empty where there is none.
    """

    dates: Sequence[Any]
    sources: Sequence[str]
    links: Sequence[str]

    @classmethod
    def of(cls, table: pa.Table) -> Self:
        """Find them in a table."""
        dates, sources, links = (_values(table, names) for names in (DATES, SOURCES, LINKS))
        told = [str(link or "") for link in links]
        where = [str(source or "") or _host(link) for source, link in zip(sources, told, strict=True)]
        return cls(dates, where, told)

    @property
    def dated(self) -> bool:
        """Whether there are dates that can be read; a look at the first of them tells."""
        return any(dated(value) for value in islice((value for value in self.dates if value), _LOOK))

    def period(self, place: int, by: str) -> date | None:
        """Give the first day of the period that a headline falls into, if its date is exact enough."""
        when = dated(self.dates[place])
        return period(when, by) if when else None

    def facts(self, place: int) -> tuple[str, ...]:
        """Say where and when a headline appeared."""
        return tuple(fact for fact in (self.sources[place], _written(self.dates[place])) if fact)


def _values(table: pa.Table, known: Sequence[str]) -> list[Any]:
    """Give the values of the first column of a known name; Nones if there is none."""
    own = {name.strip().lower(): name for name in table.column_names if name not in RESULT.names}
    name = next((own[each] for each in known if each in own), None)
    return table[name].to_pylist() if name else [None] * table.num_rows


def _host(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:  # a bracket without its pair
        return ""


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M}"
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value or "")
