"""Which judged headlines a training row gives away: the near-duplicates of ``split.py``, found exactly."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import scipy.sparse as sp

from pipeline.assess.rightness import Flags
from pipeline.retold import RETELLING, TWIN
from pipeline.split import lemma_sets

_AT_ONCE: Final = 512
_MONTH: Final = len("2026-01")


def twins(asked: pd.DataFrame, seen: pd.DataFrame) -> Flags:
    """Find the headlines that resemble a training row as much as retellings of one event do.

    Args:
        asked: Judged headlines, with the columns ``headline`` and ``date``.
        seen: Training rows, with the same columns.

    Returns:
        Whether a headline's lemmas have a Jaccard similarity of ``TWIN`` with some training row's, or of ``RETELLING``
        with one of the same month; shape (n_asked,).
    """
    members = _members([*seen["headline"], *asked["headline"]])
    theirs, ours = members[: len(seen)], members[len(seen) :]
    sizes, months, seen_months = theirs.sum(axis=1), _months(asked["date"]), _months(seen["date"])
    found = np.zeros(len(asked), dtype=bool)
    turned = theirs.T.tocsr()
    for begin in range(0, len(asked), _AT_ONCE):
        some = ours[begin : begin + _AT_ONCE]
        common = (some @ turned).tocoo()
        row, other = common.coords
        union = some.sum(axis=1)[row] + sizes[other] - common.data
        month = months[begin + row]
        wanted = np.where((month == seen_months[other]) & (month != ""), RETELLING, TWIN)
        found[begin + row[common.data >= wanted * union - 1e-9]] = True
    return found


def _members(headlines: Sequence[str]) -> sp.csr_array:
    """Mark the lemmas of each headline; shape (n_headlines, n_lemmas)."""
    places: dict[str, int] = {}
    rows = [[places.setdefault(lemma, len(places)) for lemma in sorted(lemmas)] for lemmas in lemma_sets(headlines)]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.array([column for row in rows for column in row], dtype=np.intp)
    return sp.csr_array((np.ones(len(columns)), columns, ends), (len(rows), len(places)))


def _months(dates: "pd.Series[str]") -> np.ndarray:
    """Give the month of each date as ``YYYY-MM``, or an empty text where only the year is known, or not even it."""
    return np.array([date[:_MONTH] if len(date) >= _MONTH else "" for date in dates], dtype=np.str_)
