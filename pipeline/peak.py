"""How much memory a piece of work takes at its peak, its worker processes included."""

import threading
from types import TracebackType
from typing import Final, Self

import psutil

_EVERY: Final = 0.1
"""Seconds between two looks."""


class Peak:
    """Looks at the memory of this process and its children until the end of the block.

    Attributes:
        megabytes: The most seen at one time, in units of 10^6 bytes; pages that processes share count for each.
    """

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._process = psutil.Process()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY):
            self._look()

    def _look(self) -> None:
        total = 0
        for process in (self._process, *self._process.children(recursive=True)):
            try:
                total += process.memory_info().rss
            except psutil.Error:  # it has ended meanwhile
                continue
        self.megabytes = max(self.megabytes, total / 1e6)
