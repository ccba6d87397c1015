"""Files and folders that appear whole or not at all, whatever kills the process."""

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

# From linux/fs.h and fcntl.h: swap two paths in one step; paths relative to the working directory.
_EXCHANGE: Final = 2
_AT_FDCWD: Final = -100


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
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, data in contents.items():
            with (fresh / name).open("wb") as file:
                file.write(data)
                _flush(file)
        fresh.chmod(0o755)
        _sync_folder(fresh)
        _swap(fresh, folder)
        _sync_folder(folder.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


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
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        with open(handle, "wb") as file:
            yield file
            _flush(file)
        fresh.chmod(0o644)
        fresh.replace(path)
    except BaseException:
        fresh.unlink()
        raise


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


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
