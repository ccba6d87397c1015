"""The memory that a run may take, which the system watches: a crafted file ends in one line, and not the machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline.tagger import processors

_PAGES: Final = Path("/proc/self/statm")
_MORE: Final = 3 << 30
"""Bytes that a run may take beyond what the process has: five times what 20 million headlines take."""
_EACH: Final = 1 << 28
"""The same for each processor, in whose threads pieces of a table are tagged."""


@contextmanager
def bounded() -> Iterator[None]:
    """Let this process and those it starts take only so much memory more, where the system can see to it (Linux).

    Yields:
        Nothing; whoever asks for more gets a ``MemoryError``.
    """
    if not _PAGES.exists():
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    data = int(_PAGES.read_text(encoding="ascii").split()[5]) * resource.getpagesize()
    wanted = data + _MORE + _EACH * processors()
    lowest = min((wanted, *(limit for limit in before if limit != resource.RLIM_INFINITY)))
    resource.setrlimit(resource.RLIMIT_DATA, (lowest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
