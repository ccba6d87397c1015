"""Drift as one HTML file: nothing outside it."""

from collections.abc import Sequence
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from pipeline.assess.page import style
from pipeline.drift import picture
from pipeline.drift.batch import Batch
from pipeline.drift.compare import Drift
from pipeline.drift.days import Day
from pipeline.drift.signs import Sign
from pipeline.model import Card


def page(drift: Drift, days: Sequence[Day], reference: Batch, new: Batch, card: Card) -> str:
    """Write what was found as a page.

    Args:
        drift: The signs.
        days: The days of the new batch.
        reference: What is usual.
        new: What came.
        card: Of the model at work.

    Returns:
        HTML.
    """
    env = Environment(autoescape=True, undefined=StrictUndefined)
    env.filters |= {"pair": lambda sign: Markup(picture.pair(sign)), "chance": chance}  # noqa: S704 (made of numbers)
    return env.from_string(files(__package__).joinpath("page.html").read_text("utf-8")).render(
        drift=drift,
        reference=reference,
        new=new,
        style=style(),
        summary=summary(drift),
        pictures=_pictures(drift, days) if days else {},
        facts=_facts(drift, reference, new, card),
    )


def summary(drift: Drift) -> str:
    """Say in plain words what was found."""
    if not drift.alarms:
        return "No sign of drift: what differs is too small to matter, or no more than chance brings."
    gaps = (f"{sign.name} {sign.reference.value:.2f} → {sign.new.value:.2f}" for sign in drift.alarms)
    return f"The new batch is unlike the reference: {', '.join(gaps)}."


def chance(sign: Sign) -> str:
    """Write how likely as large a gap is by chance."""
    if sign.chance is None:
        return "–"
    return f"{sign.chance:.3f}" if sign.chance >= 0.001 else f"{sign.chance:.0e}"  # noqa: PLR2004 (digits shown)


def _pictures(drift: Drift, days: Sequence[Day]) -> dict[str, Markup]:
    """Draw; every text inside is escaped where it is drawn."""
    usual = {sign.name: sign.reference.value for sign in drift.signs}
    drawn = {name: picture.by_day(days, name, usual.get(name)) for name in days[0].figures}
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704


def _facts(drift: Drift, reference: Batch, new: Batch, card: Card) -> dict[str, str]:
    sides = {"reference": reference, "new batch": new}
    told = {name: f"{len(batch):,} headlines looked at; {batch.counts}" for name, batch in sides.items()}
    return told | {
        "model": f"{card.name}, made {card.created[:10]}, corpus {card.corpus.get('sha256', 'unknown')[:12]}",
        "false alarms": f"at most {drift.false_alarms:.1%} of alike batches (Bonferroni over the signs)",
        "shares": "Fisher’s exact test, intervals of Wilson",
        "words, Brier score": "rank-sum test of Mann and Whitney",
        "told apart": "a linear classifier on the model’s own features, 5 folds; twice the mean of the folds’ chances",
    }
