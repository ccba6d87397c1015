"""A review at a keyboard: a headline at a time, keys, progress; whatever is kept is on the disk at once."""

import os
import sys
import termios
import tty
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from pipeline.corrections import Corrections
from pipeline.errors import InputError
from pipeline.ingest import read_all
from pipeline.ingest.record import COLUMN, Counts, Options
from pipeline.model import version
from pipeline.review.agree import agreement_table, agreements
from pipeline.review.choose import plan
from pipeline.review.session import KEYS, QUIT, Session
from pipeline.tagger import Tagger
from pipeline.topics import OTHER

_HINT: Final = "Enter keeps   u takes back   q quits"
_ESCAPE: Final = b"\x1b"


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
    with _keyboard() as keys:
        while session.present is not None and not session.ended:
            console.print(shown(session), end="")
            for key in keys():
                session.press(key)
    console.print(f"\n{session.done} of {len(asked)} labelled, kept in {store.path}", soft_wrap=True)
    if pairs := [pair for pair in agreements(store.opinions()) if editor in pair.editors]:
        console.print(agreement_table(pairs))
    return counts


@contextmanager
def _keyboard() -> Iterator[Callable[[], str]]:
    """Take keys as they are pressed, those too that are pressed while there is other work; Ctrl-C stays what it is.

    Yields:
        Waits for keys and gives them; those that move a cursor mean nothing.
    """
    terminal = sys.stdin.fileno()
    before, decoder = termios.tcgetattr(terminal), getincrementaldecoder("utf-8")("replace")

    def keys() -> str:
        pressed = os.read(terminal, 32)
        return "" if pressed.startswith(_ESCAPE) else decoder.decode(pressed) if pressed else QUIT[0]

    try:
        tty.setcbreak(terminal, termios.TCSADRAIN)
        yield keys
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


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
