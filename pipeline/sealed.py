"""The files of a saved model: read together, and held against their checksums."""

import errno
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pipeline.errors import ModelError

CARD: Final = "model.json"
FEATURES: Final = "features.arrow"
SUMS: Final = "SHA256SUMS"
FILES: Final = (SUMS, CARD, FEATURES)
"""What a model’s folder holds; whatever else lies there is none of it."""
LARGEST: Final = 1 << 32
"""Bytes of a file that is read into memory: 4 GB, a hundred times a champion’s."""
TRAIN: Final = "train one by `make train`, or name another by --model"
"""The way out where there is no model."""


def read(folder: Path) -> dict[str, bytes]:
    """Read the files through one handle of the folder, so that a replacement meanwhile cannot mix two models.

    Args:
        folder: A model's folder.

    Returns:
        The bytes of each of ``FILES``.

    Raises:
        ModelError: If the folder is none, or has no such file.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (OSError, ValueError) as error:  # a NUL in its name
        found = getattr(error, "strerror", None) or str(error)
        raise ModelError(folder, found.lower(), "a model folder", TRAIN) from error
    try:
        return {name: _read(name, handle) for name in FILES}
    except OSError as error:
        if folder.is_dir() and not os.path.samestat(folder.stat(), os.fstat(handle)):  # replaced while it was read
            return read(folder)
        found = f"no {error.filename} that can be read ({error.strerror})"
        raise ModelError(folder, found, "a model folder", TRAIN) from error
    finally:
        os.close(handle)


def _read(name: str, handle: int) -> bytes:
    """Read a file; what has no end, such as a device or a pipe, is none."""
    with open(name, "rb", opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK, dir_fd=handle)) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            raise OSError(errno.EINVAL, f"no file, or one of more than {LARGEST >> 30} GB", name)
        return file.read()


def sums(contents: Mapping[str, bytes]) -> bytes:
    """Give the checksums of a card and features, as ``SHA256SUMS`` holds them."""
    return "".join(f"{sha256(contents[name])}  {name}\n" for name in (CARD, FEATURES)).encode()


def verify(folder: Path, contents: Mapping[str, bytes]) -> None:
    """See that files are as they were saved.

    Args:
        folder: Whose.
        contents: As ``read`` gives them.

    Raises:
        ModelError: If a checksum is another one.
    """
    expected = sums(contents)
    if contents[SUMS] != expected:
        listed = contents[SUMS].decode(errors="replace").splitlines()
        wrong = [line[66:] for line in expected.decode().splitlines() if line not in listed] or [SUMS]
        found = f"{' and '.join(wrong)} with another checksum than {SUMS} says"
        raise ModelError(folder, found, "the files as they were saved", TRAIN)


def sha256(data: bytes) -> str:
    """Give the SHA-256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()
