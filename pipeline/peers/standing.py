"""How a contest ended, as tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from rich.table import Table

from pipeline.assess.markdown import laid
from pipeline.evaluate import Quality
from pipeline.topics import TOPICS

_MEGABYTE: Final = 1e6
_NAMES: Final = ("macro-F1", "95 %", *(f"F1 {topic}" for topic in TOPICS), "headlines/s", "first pass", "MB")


@dataclass(frozen=True)
class Standing:
    """How a peer did.

    Attributes:
        quality: How right it is on the judged rows.
        rate: Headlines a second, the median of the rounds.
        first: Headlines a second in the first pass, when nothing is known yet.
        size: Bytes on disk.
    """

    quality: Quality
    rate: float
    first: float
    size: int


def terminal(found: Mapping[str, Standing]) -> Table:
    """Lay the standings out for a terminal, the best first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", *_NAMES):
        table.add_column(name, justify="right" if name else "left")
    for name, each in found.items():
        table.add_row(name, *_cells(each))
    table.caption = _judged_on(found)
    return table


def markdown(found: Mapping[str, Standing]) -> str:
    """Lay the standings out in Markdown, the best first."""
    return f"# Rubrika beside its peers\n\n{_judged_on(found).capitalize()}:\n\n{laid(terminal(found))}\n"


def _cells(each: Standing) -> list[str]:
    topics = (f"{topic.f1:.3f}" for topic in each.quality.topics.values())
    interval = "{:.3f}–{:.3f}".format(*each.quality.interval)
    rates = (f"{float(np.format_float_positional(rate, 2, fractional=False)):,.0f}" for rate in (each.rate, each.first))
    return [f"{each.quality.macro_f1:.3f}", interval, *topics, *rates, f"{each.size / _MEGABYTE:.1f}"]


def _judged_on(found: Mapping[str, Standing]) -> str:
    return f"judged on {next(iter(found.values())).quality.rows:,} headlines"
