"""Which reader an input needs: by its content, and by its name only where the content leaves a choice."""

import json
import re
from typing import Any, Final

from pipeline.ingest.columns import choose

_MAGIC: Final = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"\xff\xff\xff\xff": "arrow stream",
    b"SQLite format 3\0": "sqlite",
}
PACKED: Final = ("gzip", "bzip2", "xz", "zstd")
FOREIGN: Final = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"{\\rtf": "an RTF document",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
}
"""Formats that are known, and not read."""

_FEED: Final = re.compile(r"<(?:\w+:)?(?:rss|RDF|feed|urlset)[\s>]")
_HTML: Final = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|main|section|article|table|[uo]l|h[1-6]|p|a)[\s>]", re.I
)
_JSON: Final = re.compile(r'\{\s*["}]|\[\s*(?:[\[\{"\]\-\d]|true|false|null)')
_TELEGRAM: Final = re.compile(r'"(?:messages|chats)"\s*:\s*[\[{]')
_FEED_WITHIN: Final = 4096
"""Letters in which a feed's root stands, after the XML declaration, a style sheet and a comment."""


def binary(head: bytes) -> str | None:
    """Name the format of bytes that are no text, or None."""
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


def foreign(head: bytes) -> str | None:
    """Name a format that is known and not read, or None."""
    return next((kind for magic, kind in FOREIGN.items() if head.startswith(magic)), None)


def text(head: str, name: str) -> str:
    """Name the format of a text.

    Args:
        head: How it begins, whole lines not needed.
        name: What it is called; decides only between a broken table of lines of JSON and JSON.

    Returns:
        ``feed``, ``html``, ``telegram``, ``json``, ``jsonl``, or ``plain`` for tables, pages and lines.
    """
    start = head.lstrip()
    if start.startswith("<"):
        if _FEED.search(start[:_FEED_WITHIN]):
            return "feed"
        return "html" if _HTML.search(start) else "xml" if start.startswith("<?xml") else "plain"
    if _by_line(start) or (name.lower().endswith((".jsonl", ".ndjson")) and start[:1] in ("{", "[", '"')):
        return "jsonl"
    if not _JSON.match(start):
        return "plain"
    return "telegram" if start.startswith("{") and _TELEGRAM.search(start) else "json"


def _by_line(start: str) -> bool:
    """Tell whether a value ends on each of the first lines but broken ones; of a lone line, whether it is a row."""
    lines = [line.strip() for line in start.split("\n", 4)[:4]]
    values = [_value(line) for line in lines if line.startswith("{") and line.endswith("}")]
    found = [value for value in values if isinstance(value, dict)]
    return bool(found) and (len(values) > 1 or (lines[0] == start.strip() and _is_row(found[0])))


def _value(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _is_row(value: dict[str, Any]) -> bool:
    """Tell whether an object has a headline of its own and no array of objects in it."""
    todo: list[Any] = [value]
    while todo:
        inner = todo.pop()
        if isinstance(inner, list) and any(isinstance(each, dict) for each in inner):
            return False
        todo += inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ()
    return choose(list(value), None) is not None
