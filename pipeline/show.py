"""Tagged headlines as a table for people."""

import io
import re
from collections.abc import Iterable
from typing import IO, Final

import pyarrow as pa

from pipeline.plain import rows, told, words
from pipeline.topics import OTHER, TOPICS, Topic

_SHOWN: Final = 5
"""Words that explain a tag."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What would move a terminal's cursor or turn its lines round."""


def show(tables: Iterable[pa.Table], file: IO[bytes]) -> None:
    """Print tagged tables, as wide as the terminal.

    Args:
        tables: Tables with the columns that the tagger adds.
        file: Where.
    """
    from rich.console import Console  # 0.05 s: only when a person reads
    from rich.table import Table
    from rich.text import Text

    text = io.TextIOWrapper(file, "utf-8")
    console = Console(file=text, highlight=False, width=None if file.isatty() else 110)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("headline", "tags", "p"):
        shown.add_column(name, overflow="fold", no_wrap=name == "p", justify="right" if name == "p" else "left")
    for row in (row for table in tables for row in rows(table)):
        tags = Text(" ").join(Text(tag, style=Topic(tag).colour) for tag in row["tags"]) or Text(OTHER, style="dim")
        likeliest = max(row["scores"][topic] for topic in TOPICS)
        sure = row["scores"][row["topic"]] if row["tags"] else 1 - likeliest
        headline = Text(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", row["headline"]))
        for topic, found in told(row.get("why") or {}):
            headline.append(f"\n{topic}: {words(found[:_SHOWN])}", style="dim")
        if row.get("copies"):
            headline.append(f" ×{row['copies'] + 1}", style="dim")
        shown.add_row(headline, tags + Text(" ?" if row["unsure"] else ""), f"{sure:.2f}")
    console.print(shown)
    text.flush()
    text.detach()
