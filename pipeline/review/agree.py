"""How far two people who label the same headlines agree: Cohen's kappa of each topic.

Cohen 1960, https://doi.org/10.1177/001316446002000104, by scikit-learn: 1 is full agreement, 0 what chance would give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rich.table import Table
from rich.text import Text

from pipeline.corrections import Correction
from pipeline.topics import TOPICS, Topic


@dataclass(frozen=True)
class Agreement:
    """How far two people agree.

    Attributes:
        editors: Who.
        headlines: How many both have labelled.
        exact: On which share of these they gave the same tags, whatever the order, 0 to 1.
        kappa: By topic, -1 to 1; None where both gave it to all, or to none: then chance cannot be told from skill.
    """

    editors: tuple[str, str]
    headlines: int
    exact: float
    kappa: dict[Topic, float | None]


def agreements(opinions: Mapping[tuple[str, str], Correction]) -> list[Agreement]:
    """Compare each two people who have labelled the same headlines.

    Args:
        opinions: Labels by headline and editor, as ``Corrections.opinions`` gives them.

    Returns:
        The pairs, those with most headlines in common first.
    """
    by_editor: dict[str, dict[str, frozenset[Topic]]] = {}
    for (headline, editor), row in opinions.items():
        by_editor.setdefault(editor, {})[headline] = frozenset(row.new)
    pairs = [
        _compared((one, other), by_editor[one], by_editor[other]) for one, other in combinations(sorted(by_editor), 2)
    ]
    return sorted((pair for pair in pairs if pair), key=lambda pair: -pair.headlines)


def agreement_table(pairs: Sequence[Agreement]) -> Table:
    """Lay out how far people agree, for a terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("editors", "headlines", "exact", *(f"kappa {topic}" for topic in TOPICS)):
        table.add_column(name, justify="left" if name == "editors" else "right")
    for pair in pairs:
        kappas = [_figure(pair.kappa[topic]) for topic in TOPICS]
        table.add_row(Text(" and ".join(pair.editors)), f"{pair.headlines:,}", f"{pair.exact:.2f}", *kappas)
    return table


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _compared(
    editors: tuple[str, str], one: Mapping[str, frozenset[Topic]], other: Mapping[str, frozenset[Topic]]
) -> Agreement | None:
    both = sorted(one.keys() & other.keys())
    if not both:
        return None
    labels = [(one[headline], other[headline]) for headline in both]
    exact = sum(first == second for first, second in labels) / len(both)
    kappa = {topic: _kappa([(topic in first, topic in second) for first, second in labels]) for topic in TOPICS}
    return Agreement(editors, len(both), exact, kappa)


def _kappa(pairs: list[tuple[bool, bool]]) -> float | None:
    if len({answer for pair in pairs for answer in pair}) == 1:
        return None
    from sklearn.metrics import cohen_kappa_score  # 1 s: only when it is wanted

    first, second = zip(*pairs, strict=True)
    return float(cohen_kappa_score(first, second))
