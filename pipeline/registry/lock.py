"""Locks between processes, which end with the process that holds them, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a lock until the end of the block.

    Args:
        path: A file of its own; made if it is not there.
        wait: Whether to wait while another process holds it.

    Yields:
        Whether it is held; always, if waited for.

    Raises:
        OSError: If the file cannot be made.
    """
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
