"""So much work at once: what runs, what may wait, and no more."""

import time
from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Final, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

from pipeline.serve.problem import busy

P = ParamSpec("P")
T = TypeVar("T")

VIEW: Final = 50
"""Milliseconds that a page of rows takes, with the words that decided."""
_BYTES: Final = 4000
"""Bytes of headlines that are read, tagged and written in a millisecond."""
_EXPLAINING: Final = 8
"""Times as long as tagging."""
_MEMORY: Final = 0.98
"""What the milliseconds of past work count for after each piece: those of some fifty pieces tell how fast it goes."""
_AT_FIRST: Final = 1000.0
"""Milliseconds of work that are thought to have gone as estimated before the first piece."""


def tagging(size: int, explain: bool = False) -> int:
    """Estimate how long headlines take.

    Args:
        size: Their bytes.
        explain: Whether the words that decided are told.

    Returns:
        Milliseconds of a processor.
    """
    return 1 + size * (_EXPLAINING if explain else 1) // _BYTES


class Gate:
    """Lets work run in threads while the loop goes on answering.

    Estimates are those of a machine with nothing else to do; where work takes longer than that, they count as many
    times as long as lately it did.

    Args:
        running: Pieces of work that run at once.
        most: Milliseconds of work, by estimate, that may run or wait; what would make it more is turned away, so that
            what is let in is done in time. One piece counts for one turn's share at most: beside a long one there is
            room for others.
    """

    def __init__(self, running: int, most: int) -> None:
        self._turns = CapacityLimiter(running)
        self._running = running
        self._most = most
        self._estimated = self._spent = _AT_FIRST
        self.inside = 0

    def room(self, cost: int) -> None:
        """See that a piece of work may come in.

        Args:
            cost: Its milliseconds, by estimate.

        Raises:
            Refusal: If too much runs and waits already.
        """
        if self.inside + self._counted(cost) > self._most:
            raise busy(max(1, ceil(self.inside / self._running / 1000)))

    async def run(self, cost: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do a piece of work when its turn comes.

        Args:
            cost: Its milliseconds, by estimate.
            work: What to do, in a thread.
            *args: What it takes.
            **kwargs: What it takes by name.

        Returns:
            What it gives.

        Raises:
            Refusal: If too much runs and waits already.
        """
        self.room(cost)
        counted = self._counted(cost)
        self.inside += counted
        try:
            timed = partial(self._timed, cost, partial(work, *args, **kwargs))
            return await to_thread.run_sync(timed, limiter=self._turns)
        finally:
            self.inside -= counted

    def _timed(self, cost: int, work: Callable[[], T]) -> T:
        """Work, and learn how long it takes beside all else that the machine does."""
        begun = time.perf_counter()
        try:
            return work()
        finally:
            self._estimated = _MEMORY * self._estimated + cost
            self._spent = _MEMORY * self._spent + 1000 * (time.perf_counter() - begun)

    def _counted(self, cost: int) -> int:
        slower = max(1.0, self._spent / self._estimated)
        return min(ceil(slower * cost), self._most // self._running)
