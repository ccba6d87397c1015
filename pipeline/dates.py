"""Dates as feeds, tables, pages and people write them, and the periods that they fall into."""

import re
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final, NamedTuple

PERIODS: Final = ("day", "week", "month")

_COARSE: Final = re.compile(r"(\d{4})(?:-(\d{2}))?")
_LANGUAGES: Final = ["ru", "en", "be", "uk"]
# A date without its year, or one told from today (вчера), would fall elsewhere tomorrow.
_WHOLE: Final = {
    "PARSERS": ["absolute-time", "timestamp"],
    "REQUIRE_PARTS": ["day", "month", "year"],
    "DATE_ORDER": "DMY",
}
_LONGEST: Final = 60


class Dated(NamedTuple):
    """A date.

    Attributes:
        first: The day, or the first of the month or the year.
        exact: What it is exact to: ``day``, ``month`` or ``year``.
    """

    first: date
    exact: str


def dated(value: object) -> Dated | None:
    """Read a date, in the time zone in which it is written.

    >>> dated("3 ноября 2025, 14:30")
    Dated(first=datetime.date(2025, 11, 3), exact='day')
    >>> dated("2025-11")
    Dated(first=datetime.date(2025, 11, 1), exact='month')

    Args:
        value: A date, or a text as in RSS, ISO 8601, ``YYYY-MM``, seconds since 1970, or as people write it.

    Returns:
        The date, or None if it is none, or one without a year.
    """
    if isinstance(value, datetime):
        return Dated(value.date(), "day")
    if isinstance(value, date):
        return Dated(value, "day")
    return _read(" ".join(str(value).split())) if value is not None else None


def period(when: Dated, by: str) -> date | None:
    """Give the first day of the period that a date falls into.

    Args:
        when: The date.
        by: One of ``PERIODS``; a week begins on Monday.

    Returns:
        The day, or None if the date is not exact enough.
    """
    if when.exact == "year" or (when.exact == "month" and by != "month"):
        return None
    if by == "month":
        return when.first.replace(day=1)
    return when.first - timedelta(days=when.first.weekday()) if by == "week" else when.first


def following(first: date, by: str) -> date:
    """Give the first day of the next period.

    Args:
        first: The first day of a period.
        by: One of ``PERIODS``.

    Returns:
        The day.
    """
    if by == "month":
        return date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first + timedelta(days=7 if by == "week" else 1)


@lru_cache(maxsize=1 << 16)
def _read(text: str) -> Dated | None:
    if not 4 <= len(text) <= _LONGEST:  # noqa: PLR2004 - a year
        return None
    try:
        if coarse := _COARSE.fullmatch(text):
            year, month = coarse.groups()
            return Dated(date(int(year), int(month or 1), 1), "month" if month else "year")
        found = _quick(text) or _slow(text)
    except (ValueError, OverflowError):  # a month 13, a year 0
        return None
    return Dated(found.date(), "day") if found else None


def _quick(text: str) -> datetime | None:
    """Read what machines write; a hundred times as fast as what people do."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return read(text)
        except (ValueError, TypeError, IndexError):
            continue
    return None


def _slow(text: str) -> datetime | None:
    import dateparser  # 0.05 s: only for what people write

    found: datetime | None = dateparser.parse(text, languages=_LANGUAGES, settings=_WHOLE)
    return found
