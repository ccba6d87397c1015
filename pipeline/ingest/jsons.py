"""JSON: one object a line, or a document with an array of objects somewhere in it, read as a stream."""

import json
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import IO, Any, Final

from pipeline.errors import InputError
from pipeline.ingest.columns import KNOWN, choose, named
from pipeline.ingest.record import COLUMN, Record, Reject
from pipeline.ingest.stream import LONGEST_LINE
from pipeline.ingest.walk import Walk

DEEPEST: Final = 64
"""Brackets within brackets; no export has more than ten, and a parser in C can be brought down by a million."""
LARGEST_ITEM: Final = 100_000
"""Values in one object of an array; a row of a table has some dozens, a Telegram message some hundreds."""
_SHOWN: Final = 500
_NESTED: Final = frozenset((dict, list))
_BESIDE: Final = frozenset(("authors", "author", "tags", "categories", "keywords", "hubs", "attachments", "images"))
"""Keys of arrays that say something of a feed or an article, whose objects have names and are no rows."""
_TEXTS: Final = frozenset((*KNOWN, *(f"{name}s" for name in KNOWN), "заголовки", "новости", "news", "items"))
"""Keys under which an array of texts is one of headlines."""


def read_lines(lines: Iterable[str], file: str, wanted: str | None) -> Iterator[Record | Reject]:
    """Give the objects (or texts) of a file with one a line.

    Args:
        lines: Its lines.
        file: What to call the input in a reject.
        wanted: The column of the headlines, if it is not to be found by its name.

    Yields:
        A record a line that is not blank, or a reject where it is no JSON or has no headline.
    """
    decode = json.JSONDecoder(parse_constant=_refuse).decode  # json.loads would make one a line
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            yield Reject(file, number, f"a line longer than {LONGEST_LINE:,} letters", line[:_SHOWN])
            continue
        try:
            value = decode(line)
        except RecursionError:
            yield Reject(file, number, f"JSON deeper than {DEEPEST}", line[:_SHOWN])
        except ValueError as error:
            yield Reject(file, number, f"broken JSON ({error})", line[:_SHOWN].strip())
        else:
            yield record(value, file, number, wanted)


def read(stream: IO[bytes], file: str, wanted: str | None) -> Iterator[Record | Reject]:
    """Give the objects of the arrays in a JSON document, or the document itself if it is one object without any.

    Args:
        stream: The document in UTF-8.
        file: What to call the input in a reject.
        wanted: The column of the headlines, if it is not to be found by its name.

    Yields:
        Records, numbered from 1 in the place of lines; rejects where an object has no headline or the document breaks.
    """
    for number, (_, value) in enumerate(items(stream, file), start=1):
        if isinstance(value, Reject):
            yield value
        else:
            yield record(value, file, number, wanted)


def items(stream: IO[bytes], file: str, through: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """Give the objects of the outermost arrays of objects, and the texts of an array of headlines, one by one.

    Args:
        stream: The document in UTF-8.
        file: What to call the input in a reject.
        through: Keys of arrays whose objects only hold the arrays that are meant.

    Yields:
        The key that the array stands under (empty for the document itself), and the value, or a reject for what breaks.

    Raises:
        InputError: If there is neither an array of such nor anything else that could be a row.
    """
    import ijson

    walk, number = Walk(through), 0
    try:
        for event, value in ijson.basic_parse(stream, use_float=True):
            done = walk.take(event, value)
            if done is not None and _is_row(*done):
                number += 1
                yield done
            if walk.depth > DEEPEST or walk.size > LARGEST_ITEM:
                found = f"JSON deeper than {DEEPEST}" if walk.depth > DEEPEST else f"an object of {walk.size:,} values"
                yield "", Reject(file, number + 1, found, "")
                return
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:  # ValueError: a number of 5,000 digits
        yield "", Reject(file, number + 1, f"broken JSON ({' '.join(str(error).split())[:_SHOWN]})", "")
        return
    if number == 0 and not walk.top:
        raise InputError(file, "JSON without an array of objects", "headlines in objects or texts", "export them so")
    if number == 0:
        yield "", walk.top


def _is_row(key: str, value: object) -> bool:
    """Tell whether what stands in an array may be a row; all may of an array that is the document itself."""
    if isinstance(value, dict):
        return key.lower() not in _BESIDE
    return not key or (isinstance(value, str) and key.lower() in _TEXTS)


def record(value: object, file: str, number: int, wanted: str | None) -> Record | Reject:
    """Make a record of a JSON value.

    Args:
        value: An object with a column of headlines, or a text.
        file: What to call the input in a reject.
        number: Its line, or its number.
        wanted: The column of the headlines, if it is not to be found by its name.

    Returns:
        A record, or a reject if there is no headline in it.
    """
    if isinstance(value, str):
        return Record(number, {COLUMN: value})
    if not isinstance(value, dict):
        return Reject(file, number, "neither an object nor a text", repr(value)[:_SHOWN])
    names = _names(tuple(value), wanted)
    if names is None:
        return Reject(file, number, f"an object without a column named {wanted or COLUMN}", ", ".join(value)[:_SHOWN])
    if not _NESTED.isdisjoint(map(type, value.values())) and _depth(value) > DEEPEST:
        return Reject(file, number, f"JSON deeper than {DEEPEST}", ", ".join(value)[:_SHOWN])
    return Record(number, dict(zip(names, value.values(), strict=True)))


@lru_cache(maxsize=256)
def _names(own: tuple[str, ...], wanted: str | None) -> list[str] | None:
    """Name the columns of an object; those of the next one are mostly the same."""
    place = choose(own, wanted)
    return None if place is None else named(own, place)


def _depth(value: object) -> int:
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        inner = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level, depth = [each for values in inner for each in values], depth + 1
    return depth


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no JSON")
