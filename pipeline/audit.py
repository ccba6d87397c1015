"""Which tags of a labelled table are probably wrong: where the model disagrees, and where near-duplicates differ.

Disagreement is judged topic by topic by confident learning (Northcutt, Jiang and Chuang 2021,
https://doi.org/10.1613/jair.1.12125), on probabilities of headlines that the model has not seen: a tag is suspect where
the opposite is at least as probable as it is, on average, on the rows tagged so.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline import classify
from pipeline.corpus import Corpus, read_corpus
from pipeline.crossfit import cross_fit
from pipeline.learn import Labels, plain
from pipeline.likeness import likeness
from pipeline.plain import inert
from pipeline.retold import twins_before
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.topics import OTHER, TOPICS, Topic, parse_tags
from pipeline.train import analyse
from pipeline.write import whole_file

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MODEL: Final = "the model"
"""Who suggests other tags, where it is no near-duplicate."""


@dataclass(frozen=True, order=True)
class Doubt:
    """A row whose tags may be wrong.

    Attributes:
        score: How probable the model finds it that some suspect tag is wrong, the topics taken as independent; or how
            similar the near-duplicate is; 0 to 1.
        line: Where the row begins in the file.
        headline: The text.
        tags: As they are.
        suggested: What they might be.
        by: Who suggests it: ``MODEL``, or the line of a near-duplicate.
    """

    score: float
    line: int
    headline: str
    tags: str
    suggested: str
    by: str


def audit(path: Path, settings: Settings, most: int, out: Path | None) -> list[Doubt]:
    """Find the rows of a labelled table whose tags are probably wrong, and print or write them.

    Args:
        path: The table.
        settings: How to train what judges it.
        most: How many rows to give of either kind: doubted by the model, and with a differing near-duplicate.
        out: A CSV file to write; nothing means the terminal.

    Returns:
        The rows, those doubted by the model first, the most doubtful first.
    """
    stages = Stages()
    with stages("ingest") as tell:
        corpus = read_corpus([path], held_out=0)
        tell(f"{len(corpus.frame):,} headlines")
    counts = analyse(list(corpus.frame["headline"]), settings, stages)
    with stages("calibrate") as tell:
        margins = cross_fit(corpus, settings, partial(plain, counts, Labels.of(corpus, settings), settings))
        scores = classify.decide(margins, corpus.tagged, settings.unsure_right).scores(margins)
    with stages("audit") as tell:
        doubted, differing = sorted(disagreements(corpus, scores), reverse=True), sorted(twins(corpus), reverse=True)
        tell(f"{len(doubted):,} rows doubted by the model, {len(differing):,} pairs of near-duplicates that differ")
    doubts = doubted[:most] + differing[:most]
    if out:
        _write(doubts, out)
    else:
        Console(highlight=False).print(_table(doubts))
    return doubts


def wrong(tagged: Flags, scores: Floats) -> Flags:
    """Tell which tags are suspect, by confident learning.

    Args:
        tagged: Whether a headline carries a topic; shape (n_headlines, n_topics).
        scores: Its probability by a model that has not seen the headline; same shape.

    Returns:
        Where the model is confident of the opposite; same shape.
    """
    carried = np.array([column[truth].mean() for column, truth in zip(scores.T, tagged.T, strict=True)])
    lacked = np.array([column[~truth].mean() for column, truth in zip(scores.T, tagged.T, strict=True)])
    likely, unlikely = scores >= carried, scores <= lacked
    return np.asarray(np.where(tagged, unlikely, likely) & ~(likely & unlikely))


def disagreements(corpus: Corpus, scores: Floats) -> Iterator[Doubt]:
    """Find the rows of which the model is confident that a tag is wrong.

    Args:
        corpus: The table.
        scores: Probabilities by a model that has not seen the headline; shape (n_headlines, n_topics).

    Yields:
        The rows in the order of the file.
    """
    suspect = wrong(corpus.tagged, scores)
    opposite = np.where(corpus.tagged, 1 - scores, scores)
    score = 1 - np.where(suspect, 1 - opposite, 1).prod(axis=1)
    for place in np.flatnonzero(suspect.any(axis=1)).tolist():
        row = corpus.frame.iloc[place]
        flipped = {topic for topic, flip in zip(TOPICS, suspect[place], strict=True) if flip}
        suggested = _flipped(parse_tags(row["tags"]), flipped, scores[place])
        yield Doubt(round(float(score[place]), 4), _line(corpus, place), row["headline"], row["tags"], suggested, MODEL)


def twins(corpus: Corpus) -> Iterator[Doubt]:
    """Find near-duplicates whose tags differ in more than their order.

    Args:
        corpus: The table.

    Yields:
        The later row of each pair, with the tags of the earlier one as the suggestion.
    """
    headlines, tags = list(corpus.frame["headline"]), list(corpus.frame["tags"])
    for place, before in enumerate(twins_before(headlines, [""] * len(headlines))):
        for twin in before:
            if (corpus.tagged[place] != corpus.tagged[twin]).any():
                alike = likeness(headlines[place], headlines[twin])
                by = f"line {_line(corpus, twin)}"
                yield Doubt(round(alike, 4), _line(corpus, place), headlines[place], tags[place], tags[twin], by)


def _flipped(tags: Sequence[Topic], flipped: set[Topic], scores: Floats) -> str:
    """Give tags with some topics added or taken away, the kept ones as they stood, the likeliest of the added first."""
    added = sorted(flipped - set(tags), key=lambda topic: -scores[TOPICS.index(topic)])
    return " ".join([*(tag for tag in tags if tag not in flipped), *added])


def _line(corpus: Corpus, place: int) -> int:
    return int(corpus.frame.index[place])


def _table(doubts: Sequence[Doubt]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("line", "score", "headline", "tags", "suggested", "by"):
        table.add_column(name, justify="right" if name in ("line", "score") else "left")
    for doubt in doubts:
        cells = (doubt.headline, doubt.tags or OTHER, doubt.suggested or OTHER, doubt.by)
        table.add_row(str(doubt.line), f"{doubt.score:.2f}", *map(Text, cells))
    return table


def _write(doubts: Sequence[Doubt], out: Path) -> None:
    with whole_file(out) as file:
        text = io.TextIOWrapper(file, "utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(field.name for field in fields(Doubt))
        writer.writerows(astuple(replace(doubt, headline=inert(doubt.headline))) for doubt in doubts)
        text.detach()
