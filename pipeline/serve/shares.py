"""The topics' shares over time and by source: of a sheet with its corrections, each bar leading to its headlines."""

from datetime import date
from typing import Final

from pipeline.digest.drawing import drawing
from pipeline.digest.shares import EVERY, KINDS, Digest, Piece, digest
from pipeline.digest.wording import Wording
from pipeline.ingest.record import COLUMN
from pipeline.serve.view import View, Wish

__all__ = ["KINDS", "PICTURES", "counted", "picture"]

PICTURES: Final = 8
"""Sources that get a picture of their own; the table has all."""


def counted(view: View, by: str, by_source: bool) -> Digest:
    """Count the headlines of a sheet.

    Args:
        view: The sheet with its corrections.
        by: One of ``dates.PERIODS``.
        by_source: Whether to count each source by itself as well.

    Returns:
        The counts; without periods if no headline has a date that is exact enough.
    """
    origins, headlines = view.sheet.origins, view.sheet.table[COLUMN].to_pylist()
    pieces = (
        Piece(text, view.tags(place), date=origins.dates[place], source=origins.sources[place])
        for place, text in enumerate(headlines)
    )
    return digest(pieces, by, by_source)


def picture(found: Digest, source: str | None, wording: Wording, sheet: str) -> str:
    """Draw the shares of a source, or of all.

    Args:
        found: The counts; one period at least.
        source: Which; None for all together.
        wording: In which language.
        sheet: The sheet's address.

    Returns:
        An ``svg`` element whose bars lead to the sheet's headlines.
    """

    def href(source: str | None, first: date, kind: str) -> str:
        topic = "" if kind == EVERY else kind
        return f"{sheet}?{Wish(topic=topic, by=found.by, period=first.isoformat(), source=source or '').but()}"

    return drawing(found, source, wording, href)
