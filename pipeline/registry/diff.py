"""Two versions side by side: figures on the same headlines, settings, and the headlines on which they disagree."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.assess.judged import Judged
from pipeline.assess.rightness import Draws
from pipeline.corpus import read_corpus
from pipeline.registry.evidence import Evidence, compare
from pipeline.tagger import Tagger


@dataclass(frozen=True)
class Disagreement:
    """A headline that two models tag differently.

    Attributes:
        headline: The headline.
        true: Its tags.
        one: What the first says.
        other: What the second says.
    """

    headline: str
    true: str
    one: str
    other: str


@dataclass(frozen=True)
class Diff:
    """What parts two models.

    Attributes:
        evidence: How the second compares with the first.
        settings: Those that differ: name, the first's value, the second's.
        disagreements: Headlines, those first on which the second is wrong and the first right.
    """

    evidence: Evidence
    settings: list[tuple[str, object, object]]
    disagreements: list[Disagreement]


def diff(one: Path, other: Path, data: Sequence[Path]) -> Diff:
    """Compare two models on the held-out headlines of labelled tables.

    Args:
        one: A model's folder.
        other: Another's.
        data: The tables.

    Returns:
        What parts them.
    """
    taggers = Tagger.load(one), Tagger.load(other)
    own, others = (tagger.model.card.settings for tagger in taggers)
    settings = taggers[1].model.settings
    corpus = read_corpus(data, settings.split_held_out)
    frame = corpus.frame[corpus.held_out]
    evidence = compare(*taggers, frame, Draws(settings.evaluate_resamples, settings.seed))
    names = sorted(own | others)
    changed = [(name, own.get(name), others.get(name)) for name in names if own.get(name) != others.get(name)]
    return Diff(evidence, changed, disagreements(Judged.of(taggers[0], frame), Judged.of(taggers[1], frame)))


def disagreements(one: Judged, other: Judged) -> list[Disagreement]:
    """Give the headlines on which two models disagree, those first on which the second is wrong and the first right."""
    places = [at for at, row in enumerate(one.given != other.given) if row.any()]
    rank = sorted(places, key=lambda at: int(other.right[at]) - int(one.right[at]))
    return [
        Disagreement(
            one.frame["headline"].iloc[at],
            *(" ".join(tags[at]) or "other" for tags in (one.true_tags, one.given_tags, other.given_tags)),
        )
        for at in rank
    ]
