"""Bytes as text: labelled tables strictly; and headlines whose letters can be written, whatever was broken."""

import codecs
import io
import re
from pathlib import Path
from typing import Final

from pipeline.errors import InputError
from pipeline.ingest.encoding import badness
from pipeline.ingest.mojibake import repair

NULS: Final = 0.01
"""Share of NUL bytes from which a file is a program's own format, and not a text that a crash has left some in."""
_BROKEN: Final = re.compile("[\ud800-\udfff]")
_BOMS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decode(path: Path) -> str:
    """Read a whole text file.

    Args:
        path: A file in UTF-8, or in UTF-16 with a byte order mark.

    Returns:
        Its text, without a byte order mark, line ends as they are.

    Raises:
        InputError: If the file cannot be opened or is not text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower(), "a file that can be read", "check it") from error
    return decode_bytes(data, path)


def decode_bytes(data: bytes, where: object) -> str:
    """Read bytes as text.

    Args:
        data: Text in UTF-8, or in UTF-16 with a byte order mark.
        where: What the bytes are from, for the error.

    Returns:
        The text, without a byte order mark.

    Raises:
        InputError: If the bytes are not text.
    """
    encoding = next((name for bom, name in _BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        found = f"the byte 0x{data[error.start]:02x} at offset {error.start}, which is no {encoding}"
        raise InputError(where, found, "text in UTF-8", "convert it, or check that it is text") from error
    if text.count("\0") > len(text) * NULS:
        raise InputError(where, "NUL bytes", "text in UTF-8", "check that it is text and not a program's own format")
    return text


def lines_of(text: str) -> list[str]:
    """Cut text at line ends of any system, which are kept; other marks that Unicode calls line ends cut nothing."""
    return list(io.StringIO(text, newline=""))


def sound(text: str) -> str:
    """Give a headline that can be written: broken bytes read as what they most likely are, garbled letters mended.

    Args:
        text: A cell or a line, maybe with lone surrogates.

    Returns:
        Text without surrogates.
    """
    text = text.replace("\0", "")
    if text.isascii():
        return text
    if _BROKEN.search(text):
        text = whole(text)
    return repair(text)


def whole(text: str) -> str:
    """Give any text without lone surrogates, so that it can be written.

    Args:
        text: A cell or a line.

    Returns:
        The text: bytes that are no UTF-8 read in the encoding that makes the likeliest letters.
    """
    if not _BROKEN.search(text):
        return text
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, as JSON can hold: no byte of a file
        return _BROKEN.sub("\N{REPLACEMENT CHARACTER}", text)
    readings = (data.decode("utf-8", "replace"), *(data.decode(name, "replace") for name in ("cp1251", "koi8-r")))
    return min(readings, key=badness)
