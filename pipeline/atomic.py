"""Files and folders that appear whole or not at all, whatever kills the process.

What is being written stands beside its place under a name of its own, locked; what a killed process has left there is
locked by nobody, and goes when the same place is written next.
"""

import ctypes
import fcntl
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

# From linux/fs.h and fcntl.h: swap two paths in one step; paths relative to the working directory.
_EXCHANGE: Final = 2
_AT_FDCWD: Final = -100

_UNFINISHED: Final = ".unfinished"
"""The ending of what is being written."""


def replace_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Put a folder of files in place of what stands there.

    Args:
        folder: Where; its parents are made.
        contents: The files' bytes by name.

    Raises:
        OSError: If it cannot be written; what stood there still stands.
    """
    folder = folder.resolve()  # what a link points to is replaced, not the link
    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch(folder) as fresh:
        for name, data in contents.items():
            with (fresh / name).open("wb") as file:
                file.write(data)
                flush(file)
        fresh.chmod(0o755)
        _sync_folder(fresh)
        _swap(fresh, folder)
        _sync_folder(folder.parent)


@contextmanager
def replace_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its place only when all of it is written.

    Args:
        path: Where; its folder must exist. What a link points to is replaced, not the link; a device or a pipe is not
            replaced but written to.

    Yields:
        A binary file to write to.

    Raises:
        OSError: If it cannot be written; what stood there still stands.
    """
    path = path.resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as file:
            yield file
        return
    fresh, lock = _fresh(path, folder=False)
    try:
        with open(lock, "wb", closefd=False) as file:
            yield file
            flush(file)
        fresh.chmod(0o644)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    finally:
        os.close(lock)


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """Make a folder beside a place, to make there what will take it; the folder goes with whatever is left in it.

    Args:
        path: The place; its folder must exist.

    Yields:
        The folder.

    Raises:
        OSError: If it cannot be made.
    """
    fresh, lock = _fresh(path, folder=True)
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        os.close(lock)


def sweep(path: Path) -> None:
    """Remove what killed processes have left beside a place; what others are writing there stays."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{_UNFINISHED}"):
        _remove(left)


def _fresh(path: Path, *, folder: bool) -> tuple[Path, int]:
    """Make what will take a place, and lock it."""
    sweep(path)
    while True:
        fresh, handle = _make(path, folder=folder)
        if handle is not None:
            with suppress(OSError):  # a file system without locks: nothing is swept there either
                fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink:
                return fresh, handle
            os.close(handle)  # another process has swept it away before it was locked


def _make(path: Path, *, folder: bool) -> tuple[Path, int | None]:
    begin = f".{path.name}."
    if not folder:
        handle, name = tempfile.mkstemp(_UNFINISHED, begin, path.parent)
        return Path(name), handle
    fresh = Path(tempfile.mkdtemp(_UNFINISHED, begin, path.parent))
    try:
        return fresh, os.open(fresh, os.O_RDONLY)
    except FileNotFoundError:
        return fresh, None


def _remove(left: Path) -> None:
    """Remove something that nobody has locked."""
    with suppress(OSError):
        handle = os.open(left, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        finally:
            os.close(handle)


def _swap(fresh: Path, folder: Path) -> None:
    """Exchange two folders in one step where the system can (Linux); elsewhere, move one away and the other in."""
    if not folder.exists():
        fresh.rename(folder)
        return
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 and renameat2(_AT_FDCWD, bytes(fresh), _AT_FDCWD, bytes(folder), _EXCHANGE) == 0:
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    folder.rename(old / folder.name)
    fresh.rename(folder)
    shutil.rmtree(old)


def flush(file: IO[bytes]) -> None:
    """Bring what was written of a file to the disk.

    Args:
        file: Open, and of a file system.
    """
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
