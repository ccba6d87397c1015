"""What is left where the training rows are of another kind: an origin left out, or only the years before."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.table import Table

from pipeline import track
from pipeline.assess.markdown import laid
from pipeline.assess.rightness import Flags
from pipeline.assess.terminal import printer
from pipeline.corpus import FEWEST, Corpus, read_corpus
from pipeline.evaluate import Quality
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.topics import TOPICS
from pipeline.train import train_on
from pipeline.write import whole_file

CUTS: Final = 5
"""Years that the rows are cut at."""
SLIM: Final = 0.05
"""Share of the dated rows that either side of a cut has at least."""


@dataclass(frozen=True)
class Protocol:
    """A way to deal a corpus.

    Attributes:
        name: What is left out, in words.
        corpus: The corpus, dealt so.
    """

    name: str
    corpus: Corpus


def protocols(file: Path, report: Path | None = None, settings: Settings | None = None) -> dict[str, Quality]:
    """Train anew under each protocol, print a table, and log each as a nested MLflow run.

    Args:
        file: A labelled table with the columns ``origin`` and ``date``.
        report: A Markdown file to write the table to.
        settings: How to train; the defaults if none.

    Returns:
        How right each model is on what it was not shown, by the protocol's name.
    """
    settings, stages = settings or Settings(), Stages()
    corpus, found = read_corpus([file], settings.split_held_out), {}
    table = _table()
    with track.run("protocols", asdict(settings)):
        for protocol in dealt(corpus):
            stages.console.rule(protocol.name)
            lack = lacking(protocol.corpus)
            if lack:
                stages.console.print(f"left out: {lack}")
                continue
            with track.run(protocol.name, asdict(settings), nested=True):
                found[protocol.name] = train_on(protocol.corpus, settings, stages).held_out
                track.log_quality(found[protocol.name], "held_out")
            table.add_row(protocol.name, *_cells(protocol.corpus, found[protocol.name]))
    printer().print(table)
    if report:
        with whole_file(report) as out:
            out.write(f"# Trained on some, judged on others: {file.name}\n\n{laid(table)}\n".encode())
    return found


def dealt(corpus: Corpus) -> Iterator[Protocol]:
    """Deal a corpus anew, each time so that no judged headline has a near-duplicate among those that train.

    Args:
        corpus: The corpus as it is dealt by hash, which is the first protocol.

    Yields:
        One protocol for each origin, and one for each of ``cuts``.
    """
    yield Protocol("dealt by hash", corpus)
    origins = corpus.frame["origin"].to_numpy(dtype=str)
    years = corpus.frame["date"].str[:4].to_numpy(dtype=str)
    known = sorted(set(origins) - {""})
    if len(known) > 1:
        for origin in known:
            yield Protocol(f"without {origin}, judged on it", _dealt(corpus, origins != origin, origins == origin))
    for year in cuts(years[years != ""]):
        before, after = (years != "") & (years < year), years >= year
        yield Protocol(f"before {year}, judged on {year} and later", _dealt(corpus, before, after))


def cuts(years: npt.NDArray[np.str_]) -> list[str]:
    """Give the years to cut at: of those with enough rows on either side, ``CUTS`` evenly spread ones."""
    found = [year for year in sorted(set(years)) if SLIM <= (years < year).mean() <= 1 - SLIM]
    places = np.linspace(0, len(found) - 1, min(CUTS, len(found))).round().astype(int)
    return [found[place] for place in places]


def lacking(corpus: Corpus) -> str:
    """Say what a dealt corpus has too little of to train and judge, or nothing."""
    for side, rows in (("train", corpus.train), ("judge", corpus.held_out)):
        for topic, carried in zip(TOPICS, corpus.tagged[rows].sum(axis=0), strict=True):
            if min(int(carried), int(rows.sum()) - int(carried)) < FEWEST:
                return f"of the {rows.sum():,} headlines that {side}, {carried} carry {topic}"
    return ""


def _dealt(corpus: Corpus, train: Flags, judged: Flags) -> Corpus:
    """Deal by two sets of rows; judged rows whose twins train are set aside."""
    return replace(corpus, train=train, held_out=judged & ~np.isin(corpus.groups, corpus.groups[train]))


def _table() -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("trained")
    for name in ("train", "judged", "macro-F1", "95 %", *(f"F1 {topic}" for topic in TOPICS), "exact"):
        table.add_column(name, justify="right")
    return table


def _cells(corpus: Corpus, found: Quality) -> Iterator[str]:
    yield f"{corpus.train.sum():,}"
    yield f"{found.rows:,}"
    yield f"{found.macro_f1:.3f}"
    yield "{:.3f}–{:.3f}".format(*found.interval)
    yield from (f"{topic.f1:.3f}" for topic in found.topics.values())
    yield f"{found.exact:.3f}"
