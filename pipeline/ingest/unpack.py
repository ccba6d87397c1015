"""Packed files as streams: gzip, bzip2, xz, zstd, and the members of a zip, none of which may be a bomb."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final, cast

import pyarrow as pa

from pipeline.errors import InputError

LARGEST_RATIO: Final = 200
"""Times that a packed file may grow: headlines grow 3 to 10 times, a log of one line 100, a bomb 1000 and more."""
FREE: Final = 1 << 21
"""Bytes that may come out before the ratio counts: 2 MB harm nobody, and small files of one line pack well."""
MOST_MEMBERS: Final = 10_000
"""Files in a zip; reading the list of a million names is an attack by itself."""

_BROKEN: Final = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowException)
_ENCRYPTED: Final = 0x1
_UNICODE_NAME: Final = 0x800


class _Counting(io.RawIOBase):
    """A stream that knows how many bytes were taken from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self.taken += len(data)
        return len(data)


class _Unpacked(io.RawIOBase):
    """What comes out of a packed stream, with its errors and its size watched."""

    def __init__(self, packed: _Counting | zipfile.ZipInfo, inner: IO[bytes], name: str) -> None:
        super().__init__()
        self._packed = packed
        self._inner = inner
        self._name = name
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except MemoryError:  # Arrow's is one of its own errors, too
            raise
        except _BROKEN as error:
            found = f"a packed file that breaks off or is damaged ({error})"
            raise InputError(self._name, found, "a whole one", "pack or download it again") from error
        buffer[: len(data)] = data
        self._given += len(data)
        taken = self._packed.compress_size if isinstance(self._packed, zipfile.ZipInfo) else self._packed.taken
        if self._given > FREE and self._given > LARGEST_RATIO * taken:
            raise grows(self._name, "unpack it yourself if you trust it")
        return len(data)


def unpack(kind: str, stream: IO[bytes], name: str) -> IO[bytes]:
    """Open a packed stream.

    Args:
        kind: ``gzip``, ``bzip2``, ``xz`` or ``zstd``.
        stream: The packed bytes.
        name: What to call it in an error.

    Returns:
        The bytes in it, as a stream; reading it raises InputError if they are damaged or grow too much.
    """
    packed = _Counting(stream)
    return io.BufferedReader(_Unpacked(packed, _opened(kind, cast("IO[bytes]", packed)), name), 1 << 16)


def _opened(kind: str, packed: IO[bytes]) -> IO[bytes]:
    if kind == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=packed, mode="rb"))
    if kind == "bzip2":
        return bz2.BZ2File(packed, "rb")
    if kind == "xz":
        return lzma.LZMAFile(packed, "rb")
    return cast("IO[bytes]", pa.CompressedInputStream(pa.PythonFile(packed, "r"), "zstd"))


def open_zip(stream: IO[bytes], name: str) -> zipfile.ZipFile:
    """Open a zip and look at its list.

    Args:
        stream: A stream that can seek.
        name: What to call it in an error.

    Returns:
        The archive.

    Raises:
        InputError: If it is damaged or its list is too long.
    """
    try:
        archive = zipfile.ZipFile(stream)
    except (*_BROKEN, ValueError, NotImplementedError) as error:
        raise InputError(name, f"a damaged zip ({error})", "a whole one", "pack or download it again") from error
    if len(archive.filelist) > MOST_MEMBERS:
        found = f"a zip of {len(archive.filelist):,} files"
        raise InputError(name, found, f"at most {MOST_MEMBERS:,}", "unpack it and give the folder")
    return archive


def members(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Give the files of a zip that a person would see, by readable names."""
    for info in archive.infolist():
        name = info.filename
        if not info.flag_bits & _UNICODE_NAME:  # Russian Windows writes names in CP866, which zipfile takes for CP437
            name = name.encode("cp437", "replace").decode("cp866", "replace")
        folder = not info.filename or info.filename.endswith("/")  # is_dir() fails on a name without a letter
        if not folder and not any(part.startswith((".", "__MACOSX")) for part in name.split("/")):
            yield name, info


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> IO[bytes]:
    """Open one file of a zip.

    Args:
        archive: The zip.
        info: Which file.
        name: What to call it in an error.

    Returns:
        Its bytes, as a stream that watches its size.

    Raises:
        InputError: If it is encrypted or damaged.
    """
    if info.flag_bits & _ENCRYPTED:
        raise InputError(name, "a file under a password", "an open one", "unpack it yourself")
    try:
        inner = archive.open(info)
    except (*_BROKEN, ValueError, NotImplementedError, RuntimeError) as error:
        raise InputError(name, f"a damaged zip ({error})", "a whole one", "pack or download it again") from error
    return io.BufferedReader(_Unpacked(info, inner, name), 1 << 16)


def grows(name: str, remedy: str) -> InputError:
    """Give the error of a file that may be a bomb.

    Args:
        name: What to call it.
        remedy: What to do about it.

    Returns:
        The error.
    """
    found = f"a packed file that grows more than {LARGEST_RATIO} times"
    return InputError(name, found, "headlines, which grow some 5 times", remedy)
