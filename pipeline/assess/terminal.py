"""The figures as tables for a terminal."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.table import Table

from pipeline.assess.assessment import Assessment, steps
from pipeline.assess.rightness import Estimate
from pipeline.assess.slices import Slice
from pipeline.topics import TOPICS

_WIDE: Final = 140


def printer() -> Console:
    """Give a console that breaks no figure, however narrow the terminal."""
    console = Console(highlight=False)
    console.width = max(console.width, _WIDE)
    return console


def tables(found: Assessment) -> Iterator[Table]:
    """Lay out the figures, the most asked for first.

    Args:
        found: The figures.

    Yields:
        Tables.
    """
    yield _overall(found)
    yield _scores(found)
    yield _coverage(found)
    yield _pairs(found)
    for column, slices in found.slices.items():
        yield _slices(column, slices)


def told(found: Estimate) -> str:
    """Write a figure with its interval; a dash where it cannot be had."""
    if found.value is None or found.interval is None:
        return "–"
    low, high = found.interval
    return f"{found.value:.3f} ({low:.3f}–{high:.3f})"


def _table(title: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(title)
    for name in columns:
        table.add_column(name, justify="right")
    return table


def _overall(found: Assessment) -> Table:
    table = _table("", "precision", "recall", "F1", "support", "95 % of F1")
    for name, topic in found.overall.topics.items():
        figures = [_bare(each) for each in (topic.precision, topic.recall, topic.f1)]
        table.add_row(name, *figures, f"{topic.support:,}", _span(topic.f1))
    table.add_section()
    rows = f"{found.overall.rows:,}"
    for name, whole in (("macro-F1", found.overall.macro_f1), ("exact sets", found.overall.exact)):
        table.add_row(name, "", "", _bare(whole), rows, _span(whole))
    return table


def _scores(found: Assessment) -> Table:
    table = _table("the scores of", "calibration error", "Brier score", "average precision")
    for name, each in found.calibration.items():
        ranked = found.ranking[name]
        area = f"{ranked.average_precision:.3f}" if ranked else "–"
        table.add_row(name, f"{each.error:.3f}", f"{each.brier:.3f}", area)
    return table


def _coverage(found: Assessment) -> Table:
    table = _table("left to the model", "coverage", "all tags right")
    table.add_row("what it is sure of", told(found.coverage.decided), told(found.coverage.right))
    for point in steps(found.coverage):
        table.add_row(f"sureness from {point.sureness:.2f}", f"{point.coverage:.3f}", f"{point.right:.3f}")
    return table


def _pairs(found: Assessment) -> Table:
    table = _table("headlines of two topics", "support", "both given", "of these in order")
    for pair in found.pairs:
        table.add_row(pair.topics, f"{pair.support:,}", told(pair.both), told(pair.ordered))
    return table


def _slices(column: str, slices: list[Slice]) -> Table:
    table = _table(f"by {column}", "support", "macro-F1", "exact sets", *(f"F1 {topic}" for topic in TOPICS))
    for each in slices:
        right = each.right
        topics = (f"{_bare(topic.f1)} of {topic.support:,}" for topic in right.topics.values())
        table.add_row(each.value, f"{right.rows:,}", told(right.macro_f1), told(right.exact), *topics)
    return table


def _bare(found: Estimate) -> str:
    return "–" if found.value is None else f"{found.value:.3f}"


def _span(found: Estimate) -> str:
    return "" if found.interval is None else "{:.3f} to {:.3f}".format(*found.interval)
