"""Work in a process of its own, forked from one that has imported all: it can be killed, and its writes can fail."""

import os
import resource
import signal
import time
from collections.abc import Callable
from typing import Final

CRASHED: Final = 70
"""The status of a process in which something was raised that nobody expected."""


def apart(work: Callable[[], int], *, killed_after: float | None = None, most: int | None = None) -> tuple[float, int]:
    """Do a work in a process of its own.

    Args:
        work: What to do; gives an exit status.
        killed_after: Seconds after which its process and all of its children are killed, if at all.
        most: Bytes after which writing to whatever file fails, if at all.

    Returns:
        Its seconds, and its status; the negative of a signal that ended it.
    """
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        _end_with(work, most)
    os.setpgid(child, child)  # here too: a kill may come before the child has done so
    if killed_after is not None:
        time.sleep(killed_after)
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return time.monotonic() - begun, os.waitstatus_to_exitcode(status)


def _end_with(work: Callable[[], int], most: int | None) -> None:
    """Work, and end, whatever comes: what is above on the stack is the parent’s."""
    status = CRASHED
    try:
        os.setpgid(0, 0)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silence, stream)
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        status = work()
    finally:
        os._exit(status)
