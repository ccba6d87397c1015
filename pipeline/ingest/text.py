"""Bytes as text: which encoding a file is in, or that it is no text at all."""

import codecs
import io
from pathlib import Path
from typing import Final

from pipeline.errors import InputError

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
    if "\0" in text:
        raise InputError(where, "a NUL byte", "text in UTF-8", "check that it is text and not a program's own format")
    return text


def lines_of(text: str) -> list[str]:
    """Cut text at line ends of any system, which are kept; other marks that Unicode calls line ends cut nothing."""
    return list(io.StringIO(text, newline=""))
