"""Texts as streams of lines, or of bytes in UTF-8, that a broken byte does not stop."""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Final

from pipeline.errors import InputError
from pipeline.ingest.encoding import ONE_BYTE, SAMPLE, badness, detect
from pipeline.ingest.text import NULS

LONGEST_LINE: Final = 1 << 20
"""Letters of a line that are read; a longer one is no row of headlines, and would fill the memory if it never ended."""
_BLOCK: Final = 1 << 16
_OF_NAMES: Final = {"idna", "punycode"}
"""Encodings of domain names; Python calls them encodings of texts, and from 3.13 on they read any."""
# What a web page or an XML file says of itself in its first bytes.
_DECLARED: Final = re.compile(
    rb"""<(?:\?xml[^>]{0,99}encoding|meta[^>]{0,99}charset)\s*=\s*["']?\s*([\w-]{2,20})""", re.I
)

_WIDE: Final = re.compile(r"16|32|utf.?[78]")
_RUSSIAN: Final = re.compile(rb"[\x80-\xff]{4}")
"""Four letters beyond ASCII in a row, which the languages that have only some of them do not show."""
_WORSE: Final = 0.3
"""How much worse (see ``badness``) a declared encoding may be; on ten headlines a wrong one is so by 1 and more."""


def encoding_of(head: bytes, complete: bool, wanted: str | None, declared: str | None, where: str) -> str:
    """Choose the encoding of a text: as wanted, else as its bytes show, else as declared if its letters bear that out.

    Args:
        head: How the text begins.
        complete: Whether that is all of it.
        wanted: What the user says.
        declared: What the server says.
        where: What the bytes are from, for the error.

    Returns:
        A name that Python knows.

    Raises:
        InputError: If the user's encoding is none, or the bytes are no text.
    """
    found = detect(head, complete)
    if wanted:
        return _ordered(_known(wanted, where), found)
    if found not in ONE_BYTE:
        return found
    said = _DECLARED.search(head)
    name = said[1].decode() if said else declared
    try:
        own = _known(name, where) if name else found
    except InputError:
        return found
    return own if not _WIDE.search(own) and _may_be(own, found, head) else found


def _ordered(wanted: str, found: str) -> str:
    """Say the order of the bytes where an encoding leaves it to a mark that is not there."""
    if wanted not in ("utf-16", "utf-32"):
        return wanted
    return found if found.startswith(wanted) else f"{wanted}-le"


def _may_be(declared: str, found: str, head: bytes) -> bool:
    """Tell whether a declared encoding makes Russian about as well as the one that the letters show."""
    if not _RUSSIAN.search(head):
        return True
    one, other = (badness(head[:SAMPLE].decode(name, "replace")) for name in (declared, found))
    return one < other + _WORSE


def text_head(head: bytes, encoding: str, where: str) -> str:
    """Decode the beginning of a text, to look at it.

    Args:
        head: Its first bytes.
        encoding: As ``encoding_of`` gave it.
        where: What the bytes are from, for the error.

    Returns:
        The text, without a byte order mark.

    Raises:
        InputError: If there are so many NUL bytes that it is no text.
    """
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if text.count("\0") > len(text) * NULS:
        raise InputError(where, "NUL bytes", "text or a known format", "check that it is no program's own format")
    return text


def stream_lines(stream: IO[bytes], encoding: str) -> Iterator[str]:
    """Give the lines of a text one by one.

    Args:
        stream: Bytes.
        encoding: As ``encoding_of`` gave it.

    Yields:
        Lines with their ends; of a line longer than ``LONGEST_LINE`` its beginning, one letter too long. A byte that
        is none of the encoding is kept as a lone surrogate, for ``sound`` to mend.
    """
    one_byte_or_utf8 = not re.search(r"16|32|utf.?7", encoding)  # the others have no way to keep a broken byte
    text = io.TextIOWrapper(
        _buffered(stream), encoding, "surrogateescape" if one_byte_or_utf8 else "replace", newline=""
    )
    first = True
    try:
        while line := text.readline(LONGEST_LINE + 1):
            rest = line if len(line) > LONGEST_LINE else ""
            while rest and rest[-1] not in "\r\n":
                rest = text.readline(LONGEST_LINE)
            yield line.removeprefix("\ufeff") if first else line
            first = False
    finally:
        _let_go(text)


def _let_go(text: io.TextIOWrapper) -> None:
    """Leave the stream below open: it is closed by what opened it."""
    with suppress(ValueError):  # that has happened
        text.detach()


class Recoded(io.RawIOBase):
    """A text's bytes in UTF-8, whatever they were: what parsers in C want."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        super().__init__()
        self._text = io.TextIOWrapper(_buffered(stream), encoding, "replace")
        self._rest = b""

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; 0 at the end."""
        self._rest = self._rest or self._text.read(_BLOCK).encode("utf-8", "replace")
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        """Close, the stream below not."""
        if not self.closed:
            _let_go(self._text)
        super().close()


def _buffered(stream: IO[bytes]) -> io.BufferedReader:
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream, _BLOCK)  # type: ignore[arg-type]


def _known(name: str, where: str) -> str:
    try:
        known = codecs.lookup(name)
        if known.name in _OF_NAMES:
            raise LookupError(name)
        "Ж".encode().decode(known.name, "replace")
    except (LookupError, ValueError) as error:
        expected = "one that Python knows, such as cp1251, koi8-r or utf-8"
        raise InputError(where, f"the encoding “{name}”", expected, "mend --encoding, or leave it out") from error
    return known.name
