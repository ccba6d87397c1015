"""Which judged headlines a training row gives away: the near-duplicates and retellings of ``retold.py``."""

import pandas as pd

from pipeline.assess.rightness import Flags
from pipeline.retold import have_twins


def twins(asked: pd.DataFrame, seen: pd.DataFrame) -> Flags:
    """Find the headlines that resemble a training row as much as retellings of one event do.

    Args:
        asked: Judged headlines, with the columns ``headline`` and ``date``.
        seen: Training rows, with the same columns.

    Returns:
        Whether a headline is a near-duplicate of some training row or retells its event; shape (n_asked,).
    """
    return have_twins(*(list(table[name]) for table in (asked, seen) for name in ("headline", "date")))
