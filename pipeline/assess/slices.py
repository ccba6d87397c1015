"""The same figures by origin, year, length, language, source, or any column that is asked for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.assess.judged import Judged
from pipeline.assess.rightness import Draws, Rightness, rightness
from pipeline.errors import InputError
from pipeline.language import languages

NAMES: Final = {"ru": "Russian", "be": "Belarusian", "uk": "Ukrainian", "other": "other"}
"""The languages that are told apart, as people call them."""
UNKNOWN: Final = "unknown"
MOST: Final = 24
"""Values of a column that are told one by one; the rarer ones are told together."""

_LENGTHS: Final = ((4, "1–4 words"), (7, "5–7 words"), (10, "8–10 words"), (14, "11–14 words"))
_LONGEST: Final = "15 words and more"


@dataclass(frozen=True)
class Slice:
    """Some of the headlines.

    Attributes:
        value: What they have in common.
        right: How right their tags are.
    """

    value: str
    right: Rightness


def columns(frame: pd.DataFrame, by: Sequence[str]) -> dict[str, "pd.Series[str]"]:
    """Give what headlines are sliced by.

    Args:
        frame: A labelled table.
        by: Columns of it beside the usual ones.

    Returns:
        By the slices' name, a text for each headline; without the columns that say nothing here.

    Raises:
        InputError: If the table has no such column.
    """
    absent = [name for name in by if name not in frame.columns]
    if absent:
        had = ", ".join(name for name in frame.columns if name not in ("headline", "tags"))
        raise InputError("--by", f"“{absent[0]}”", f"a column of the table: {had}", "name one of them")
    found = {
        "origin": frame["origin"],
        "year": frame["date"].str[:4],
        "length": frame["headline"].map(length),
        "language": pd.Series(languages(list(frame["headline"])), frame.index).map(NAMES),
        "source": frame["source"],
    }
    found |= {name: frame[name] for name in by}
    filled = {name: column.replace("", UNKNOWN) for name, column in found.items()}
    return {name: column for name, column in filled.items() if name in by or (column != UNKNOWN).any()}


def sliced(judged: Judged, by: "pd.Series[str]", draws: Draws) -> list[Slice]:
    """Judge the headlines by the values of a column.

    Args:
        judged: Headlines and answers.
        by: A text for each headline.
        draws: How intervals are drawn.

    Returns:
        A slice for each value, in the order of their names, the unknown last; values beyond the ``MOST`` commonest are
        one slice. Every headline is in exactly one.
    """
    slices = []
    for value, chosen in _groups(by):
        slices.append(Slice(value, rightness(judged.given[chosen], judged.truth[chosen], draws)))
    return slices


def length(headline: str) -> str:
    """Name the length of a headline, in words parted by spaces."""
    words = len(headline.split())
    return next((name for most, name in _LENGTHS if words <= most), _LONGEST)


def _groups(by: "pd.Series[str]") -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    counts = by.value_counts()
    told = set(counts.index[:MOST]) if len(counts) > MOST + 1 else set(counts.index)
    for value in sorted(told, key=lambda name: (name == UNKNOWN, _natural(name))):
        yield value, (by == value).to_numpy()
    if len(told) < len(counts):
        yield f"{len(counts) - len(told)} others", (~by.isin(told)).to_numpy()


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort numbers inside names by their value."""
    return [(int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)]
