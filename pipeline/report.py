"""Figures for people: the table that a training ends with, and the pictures that MLflow keeps."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.table import Table

from pipeline.answers import Tagged
from pipeline.evaluate import Quality
from pipeline.explain import Why
from pipeline.model import Card
from pipeline.topics import OTHER, TOPICS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pipeline.assess.assessment import Assessment
    from pipeline.registry.evidence import Evidence

KINDS = (*(topic.value for topic in TOPICS), OTHER)


def quality_table(measured: Mapping[str, Quality]) -> Table:
    """Lay out how right several models are on the same headlines.

    Args:
        measured: Qualities by the model's name, the first one told topic by topic.

    Returns:
        A table for a terminal.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for name in ("precision", "recall", "F1", "support"):
        table.add_column(name, justify="right")
    first = next(iter(measured.values()))
    for name, topic in first.topics.items():
        figures = (f"{figure:.3f}" for figure in (topic.precision, topic.recall, topic.f1))
        table.add_row(name, *figures, f"{topic.support:,}")
    table.add_section()
    for name, whole in measured.items():
        low, high = whole.interval
        table.add_row(
            f"macro-F1, {name}", "", "", f"{whole.macro_f1:.3f}", f"{whole.rows:,}", f"{low:.3f} to {high:.3f}"
        )
    return table


def confusion(truth: Sequence[str], given: Sequence[str]) -> "Figure":
    """Draw which main topics are taken for which.

    Args:
        truth: The true main topics.
        given: The given ones, in the same order.

    Returns:
        A picture; rows are the true topics, columns the given ones.
    """
    from matplotlib.figure import Figure
    from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

    figure = Figure(figsize=(5, 4.2), layout="constrained")
    matrix = confusion_matrix(truth, given, labels=KINDS)
    ConfusionMatrixDisplay(matrix, display_labels=KINDS).plot(ax=figure.subplots(), cmap="Blues", colorbar=False)
    return figure


def evidence_table(found: "Evidence", old: str = "champion", new: str = "challenger") -> Table:
    """Lay out how a challenger compares with the champion on the same headlines.

    Args:
        found: The evidence.
        old: What the champion is called.
        new: What the challenger is called.

    Returns:
        A table for a terminal: both figures, and the difference in points with its 95 % interval.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for name in (old, new, "points"):
        table.add_column(name, justify="right")
    table.add_column("interval")
    for each in (found.overall, *found.topics, found.calibration):
        interval = f"{100 * each.low:+.1f} to {100 * each.high:+.1f}"
        table.add_row(each.name, f"{each.old:.3f}", f"{each.new:.3f}", f"{100 * each.gain:+.1f}", interval)
    return table


def curves(found: "Assessment") -> "Figure":
    """Draw precision against recall, and the share of headlines with a topic against their score.

    Args:
        found: The figures of a model.

    Returns:
        A picture of both, a line a topic.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.2), layout="constrained")
    precision, reliability = figure.subplots(1, 2)
    reliability.plot([0, 1], [0, 1], color="0.8", linestyle="--")
    for topic in TOPICS:
        if ranked := found.ranking[topic]:
            precision.plot(*zip(*ranked.curve, strict=True), color=topic.colour, label=topic)
        bins = [(each.score, each.share) for each in found.calibration[topic].bins]
        reliability.plot(*zip(*bins, strict=True), "o-", color=topic.colour, label=topic, markersize=3)
    precision.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1))
    reliability.set(xlabel="score", ylabel="share that carry the topic", xlim=(0, 1), ylim=(0, 1))
    precision.legend(frameon=False)
    return figure


def why_table(tagged: Tagged, why: Why) -> Table:
    """Lay out what each word of a headline adds to each topic.

    Args:
        tagged: The headline's tags.
        why: Its words' shares.

    Returns:
        A table for a terminal: a column a topic, its words in the order of their weight, their sum and the score.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", title=tagged.headline, title_justify="left")
    for topic in why:
        table.add_column(f"{topic} {tagged.scores[topic]:.2f}")
    columns = [[f"{share:+.2f} {word}" for word, share in words] for words in why.values()]
    for cells in zip_longest(*columns, fillvalue=""):
        table.add_row(*cells)
    table.add_section()
    table.add_row(*(f"{sum(share for _, share in words):+.2f} log-odds" for words in why.values()))
    return table


def card_table(card: Card) -> Table:
    """Lay out what a model is.

    Args:
        card: The model's card.

    Returns:
        A table for a terminal.
    """
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_row("model", f"{card.name}, format {card.format}, of {card.created}")
    corpus = card.corpus
    table.add_row("corpus", f"{corpus['headlines']:,} headlines ({corpus['train']:,} trained), {corpus['sha256'][:12]}")
    for split, measured in card.metrics.items():
        low, high = measured["interval"]
        topics = ", ".join(f"{name} {topic['f1']:.3f}" for name, topic in measured["topics"].items())
        table.add_row(split, f"macro-F1 {measured['macro_f1']:.3f} ({low:.3f} to {high:.3f}): {topics}")
    thresholds = zip(card.topics, card.decision["thresholds"], strict=True)
    table.add_row("thresholds", ", ".join(f"{topic} {cut:.2f}" for topic, cut in thresholds))
    table.add_row("settings", ", ".join(f"{name} = {value}" for name, value in card.settings.items()))
    table.add_row("versions", ", ".join(f"{name} {version}" for name, version in card.versions.items()))
    return table
