"""So much work at once: what runs, what may wait, and no more."""

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
            return await to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._turns)
        finally:
            self.inside -= counted

    def _counted(self, cost: int) -> int:
        return min(cost, self._most // self._running)
