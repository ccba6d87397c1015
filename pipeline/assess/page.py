"""The figures as one HTML file: nothing outside it, readable on a phone, in the dark, and without eyes."""

from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from pipeline.assess import drawings
from pipeline.assess.assessment import Assessment, steps
from pipeline.assess.rightness import Draws, Rightness
from pipeline.model import Card
from pipeline.report import KINDS
from pipeline.topics import TOPICS

_DARK: Final = {"politics": "#56B4E9"}
"""Okabe and Ito's sky blue, where their blue would be too dark for a dark page."""


def page(found: Assessment, title: str, card: Card, draws: Draws) -> str:
    """Write the figures as a page.

    Args:
        found: The figures.
        title: What was measured on, such as a file's name.
        card: The model's card.
        draws: How intervals were drawn.

    Returns:
        HTML.
    """
    env = Environment(autoescape=True, undefined=StrictUndefined)
    env.filters |= {
        "figure": lambda value, digits: f"{value:.{digits}f}",
        "share": lambda value: f"{100 * value:.1f} %",
        "whisker": lambda value: Markup(drawings.whisker(value)),  # noqa: S704 (made of numbers alone)
    }
    return env.from_string(files(__package__).joinpath("page.html").read_text("utf-8")).render(
        found=found,
        title=title,
        style=style(),
        summary=_summary(found),
        left=_left(found),
        kinds=KINDS,
        steps=steps(found.coverage),
        facts=_facts(found, card, draws),
        **_drawings(found),
    )


def style() -> Markup:
    """Give the style of a page of figures, with the topics' colours in light and dark."""
    css = Environment(autoescape=True).from_string(files(__package__).joinpath("page.css").read_text("utf-8"))
    return Markup(css.render(light=_colours({}), dark=_colours(_DARK)))  # noqa: S704 (ours)


def _drawings(found: Assessment) -> dict[str, object]:
    """Draw; every text inside is escaped where it is drawn."""
    topics = found.overall.topics
    return {
        "coverage": Markup(drawings.coverage(found.coverage)),  # noqa: S704
        "reliability": {
            name: Markup(drawings.reliability(name, each))  # noqa: S704
            for name, each in found.calibration.items()
        },
        "ranking": {
            name: Markup(drawings.precision_recall(name, each, topics[name].precision, topics[name].recall))  # noqa: S704
            for name, each in found.ranking.items()
            if each
        },
    }


def _colours(others: dict[str, str]) -> str:
    return " ".join(f"--{topic}: {others.get(topic, topic.colour)};" for topic in TOPICS)


def _summary(found: Assessment) -> str:
    """Say in plain words how right the model is."""
    overall, rows = found.overall, found.overall.rows
    told = [f"{_hundred(overall.exact.value)} of 100 of these {rows:,} headlines get exactly the right tags."]
    if overall.macro_f1.value is not None and overall.macro_f1.interval is not None:
        low, high = overall.macro_f1.interval
        told.append(
            f"The mean F1 of the topics is {overall.macro_f1.value:.2f} (95 % interval {low:.2f} to {high:.2f})."
        )
    return " ".join([*told, *_weakest(overall)])


def _weakest(overall: Rightness) -> list[str]:
    had = {name: topic.f1.value for name, topic in overall.topics.items() if topic.f1.value is not None}
    if len(had) < len(TOPICS):
        return []
    name = min(had, key=lambda topic: had[topic])
    return [f"The hardest topic is {name}, with an F1 of {had[name]:.2f}."]


def _left(found: Assessment) -> str:
    """Say in plain words what can be left to the model."""
    decided, right = found.coverage.decided.value or 0, found.coverage.right.value
    if right is None:
        return "The model is sure of none of these headlines: a person should look at each."
    return (
        f"The model calls itself sure of {_hundred(decided)} of 100 headlines and hands the others to a person; "
        f"of those it is sure of, {_hundred(right)} of 100 have exactly the right tags."
    )


def _hundred(share: float | None) -> str:
    return f"{100 * (share or 0):.0f}"


def _facts(found: Assessment, card: Card, draws: Draws) -> dict[str, str]:
    corpus, made = card.corpus, ", ".join(f"{name} {number}" for name, number in card.versions.items())
    return {
        "headlines judged": f"{found.overall.rows:,}",
        "model": f"{card.name}, made {card.created[:10]} from {corpus.get('train', 0):,} headlines",
        "its corpus": f"SHA-256 {corpus.get('sha256', 'unknown')}",
        "made with": made,
        "intervals": f"95 %, percentile bootstrap, {draws.resamples:,} resamples of the headlines, seed {draws.seed}",
        "1.00–1.00": "no resample held a mistake, as in any small part without one; not that there can be none",
        "exact": "the headline’s set of tags is the true one, whatever their order",
        "calibration": "15 bins of equal width (Naeini and others 2015, Guo and others 2017)",
    }
