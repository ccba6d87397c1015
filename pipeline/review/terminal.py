"""A review at a keyboard: a headline at a time, keys, progress; whatever is kept is on the disk at once."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.corrections import Corrections
from pipeline.errors import InputError
from pipeline.ingest import read_all
from pipeline.ingest.record import COLUMN, Counts, Options
from pipeline.model import version
from pipeline.review.agree import Agreement, agreements
from pipeline.review.choose import plan
from pipeline.review.session import KEYS, Session
from pipeline.tagger import Tagger
from pipeline.topics import OTHER, TOPICS

_HINT: Final = "Enter keeps   u takes back   q quits"
_ESCAPE: Final = "\x1b"


def review(inputs: Sequence[str], model: Path, store: Corrections, editor: str, most: int, options: Options) -> Counts:
    """Ask a person for labels.

    Args:
        inputs: As ``ingest.read`` takes them.
        model: The model's folder.
        store: Where labels are kept.
        editor: Who labels.
        most: How many headlines to ask for.
        options: How to read.

    Returns:
        What became of the rows read.

    Raises:
        InputError: If there is no headline, or no terminal.
    """
    if not sys.stdin.isatty():
        raise InputError("standard input", "no terminal", "a person at a keyboard", "call it from a terminal")
    counts = Counts()
    headlines = [headline for table in read_all(inputs, counts, options) for headline in table[COLUMN].to_pylist()]
    asked = plan(Tagger.load(model), list(dict.fromkeys(headlines)), most)
    session = Session(asked, store, version(model), editor)
    console = Console(highlight=False)
    while session.present is not None and not session.ended:
        console.print(shown(session), end="")
        for key in _keys():
            session.press(key)
    console.print(f"\n{session.done} of {len(asked)} labelled, kept in {store.path}", soft_wrap=True)
    if pairs := [pair for pair in agreements(store.opinions()) if editor in pair.editors]:
        console.print(agreement_table(pairs))
    return counts


def _keys() -> str:
    """Give the keys that were pressed; those that move a cursor mean nothing."""
    try:
        pressed = click.getchar()
    except (KeyboardInterrupt, EOFError):
        return "q"
    return "" if pressed.startswith(_ESCAPE) else pressed


def shown(session: Session) -> Text:
    """Write what a person sees: how far it is, the headline, the tags and their probabilities, the keys."""
    present = session.present
    if present is None:
        return Text()
    text = Text(f"\n{session.done + 1} of {len(session.asked)}  ", style="dim") + Text(
        present.headline, style="bold not dim"
    )
    text.append("\n")
    for key, topic in KEYS.items():
        style = f"reverse {topic.colour}" if topic in session.tags else topic.colour
        text.append(f"{key} ", style="dim").append(f" {topic} ", style=style)
        text.append(f" {present.scores[topic]:.2f}   ", style="dim")
    text.append("0 ", style="dim").append(f" {OTHER} ", style="" if session.tags else "reverse")
    given = ("model" if session.chosen is None else "you") + ": " + (" ".join(session.tags) or OTHER)
    return text.append(f"\n{given}   ", style="bold").append(f"{_HINT}\n", style="dim")


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
