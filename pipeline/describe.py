"""What a corpus holds: its headlines by topic, origin, theme, year and side."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from pipeline.corpus import Corpus, read_corpus
from pipeline.topics import OTHER, TOPICS


def describe(paths: Sequence[Path], held_out: float) -> None:
    """Print the counts of labelled tables.

    Args:
        paths: Labelled tables.
        held_out: Share of the headlines that judge, 0 to 1.
    """
    corpus = read_corpus(paths, held_out)
    frame = corpus.frame.assign(side="aside", year=corpus.frame["date"].str[:4])
    frame.loc[corpus.train, "side"] = "train"
    frame.loc[corpus.held_out, "side"] = "held out"
    console = Console(width=100, highlight=False)
    for column in ("side", "origin", "theme", "year"):
        console.print(counts(corpus, frame[column].replace("", "unknown")))
        console.print()


def counts(corpus: Corpus, by: "pd.Series[str]") -> Table:
    """Lay out how many headlines carry each topic, by the values of a column.

    Args:
        corpus: The headlines.
        by: The column, in the order of the corpus.

    Returns:
        A table for a terminal.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(str(by.name), min_width=12)
    for name in ("headlines", *TOPICS, OTHER, "several"):
        table.add_column(name, justify="right", min_width=9)
    for value in [*sorted(by.unique()), "all"]:
        chosen = corpus.tagged[(by == value).to_numpy()] if value != "all" else corpus.tagged
        numbers = [len(chosen), *chosen.sum(axis=0), (~chosen.any(axis=1)).sum(), (chosen.sum(axis=1) > 1).sum()]
        table.add_row(value, *(f"{number:,}" for number in numbers))
    return table
