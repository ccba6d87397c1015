"""Telegram's export (``result.json``): the first sentence of each message; service messages are none."""

import re
from collections.abc import Iterator
from typing import IO, Any, Final

from pipeline.ingest.jsons import items, record
from pipeline.ingest.record import COLUMN, Record, Reject

_KEPT: Final = ("id", "date", "date_unixtime", "from", "forwarded_from")
"""What a message says of itself that is worth a column."""
_END: Final = re.compile(r"[.!?…][»”\")]*\s")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_WORDS: Final = 4
"""Words of a headline at least: «Молния!» and «„Мы не торопимся“.» belong to the sentence after them."""
_WEIGHED: Final = 2000
"""Letters in which the first sentence ends."""


def read(stream: IO[bytes], file: str, wanted: str | None = None) -> Iterator[Record | Reject]:
    """Give the messages of a channel, or of all channels of an account.

    Args:
        stream: The export in UTF-8.
        file: What to call the input in a reject.
        wanted: The column of the headlines, should the messages be those of another program.

    Yields:
        A record a message, numbered from 1 in the place of lines; one without text has an empty headline.
    """
    number = 0
    for key, value in items(stream, file, through=("list",)):  # of a whole account's channels
        if isinstance(value, Reject):
            yield value
        elif key == "messages" and value.get("type") != "service":
            number += 1
            own = value.get("type") == "message"
            yield Record(number, message(value)) if own else record(value, file, number, wanted)


def message(value: dict[str, Any]) -> dict[str, Any]:
    """Give the columns of a message.

    Args:
        value: A message as Telegram writes it; its text is a string, or a list of strings and marked parts.

    Returns:
        The columns; the headline is the first sentence of the first line that has letters.
    """
    text = value.get("text", "")
    parts = text if isinstance(text, list) else [text]
    plain = "".join(str(part.get("text", "")) if isinstance(part, dict) else str(part or "") for part in parts)
    lines = (line.strip() for line in plain.splitlines())
    line = next((line for line in lines if any(letter.isalpha() for letter in line)), "")
    return {COLUMN: first_sentence(line)} | {name: value.get(name) for name in _KEPT if name in value}


def first_sentence(line: str) -> str:
    """Give the first sentence of a line, with what is too short before it.

    >>> first_sentence("Молния! Нацбанк поднял ставку до 10 %. Решение вступит в силу завтра.")
    'Молния! Нацбанк поднял ставку до 10 %.'
    """
    if not _END.search(line):
        return line
    from razdel import sentenize

    end = 0
    for sentence in sentenize(line[:_WEIGHED]):
        end = sentence.stop
        if len(_WORD.findall(line[:end])) >= _WORDS:
            break
    return line[:end] if end < min(len(line), _WEIGHED) else line
