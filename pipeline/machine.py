"""What a run may take of the machine: its processors, and memory, which the system watches against crafted files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

from pipeline.errors import memory_wanted

_PAGES: Final = Path("/proc/self/statm")
_FREE: Final = Path("/proc/meminfo")
_MORE: Final = 3 << 30
"""Bytes that a run may ask for beyond what the process has; what allocators keep in reserve counts, too, so that a run
on 20 million headlines, which holds 0.6 GB, asks for 1.5."""
_EACH: Final = 1 << 28
"""The same for each processor, in whose threads pieces of a table are tagged."""


def processors() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def bounded(*, holds: bool = False) -> Iterator[None]:
    """Let this process, and each that it starts, ask for only so much memory more, where the system sees to it (Linux).

    It is not for several threads at once: the limit is the process's.

    Args:
        holds: Whether all that is read is held: then it may ask for what the machine has free, if that is more.

    Yields:
        Nothing.

    Raises:
        MemoryBoundError: If more was asked for.
    """
    with memory_wanted(), _limited(_free() if holds else 0) if _PAGES.exists() else nullcontext():
        yield


@contextmanager
def _limited(more: int) -> Iterator[None]:
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    data = int(_PAGES.read_text(encoding="ascii").split()[5]) * resource.getpagesize()
    wanted = data + max(more, _MORE + _EACH * processors())
    lowest = min((wanted, *(limit for limit in before if limit != resource.RLIM_INFINITY)))
    resource.setrlimit(resource.RLIMIT_DATA, (lowest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _free() -> int:
    """Give the bytes that the machine has free without putting anything aside; 0 if it does not tell."""
    try:
        told = dict(line.split(":") for line in _FREE.read_text(encoding="ascii").splitlines())
        return int(told["MemAvailable"].split()[0]) << 10
    except (OSError, KeyError, ValueError):
        return 0
