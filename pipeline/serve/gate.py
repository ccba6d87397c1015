"""So much work at once: what runs, what may wait, and no more."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

from pipeline.serve.problem import busy

P = ParamSpec("P")
T = TypeVar("T")


class Gate:
    """Lets work run in threads while the loop goes on answering.

    Args:
        running: Pieces of work that run at once.
        waiting: Pieces that may wait for their turn; one more is turned away, so that those let in are done in time.
        retry: Seconds after which who was turned away may try again.
    """

    def __init__(self, running: int, waiting: int, retry: int) -> None:
        self._turns = CapacityLimiter(running)
        self._room = running + waiting
        self._retry = retry
        self.inside = 0

    def room(self) -> None:
        """See that one more may come in.

        Raises:
            Refusal: If too much waits already.
        """
        if self.inside >= self._room:
            raise busy(self._retry)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do a piece of work when its turn comes.

        Args:
            work: What to do, in a thread.
            *args: What it takes.
            **kwargs: What it takes by name.

        Returns:
            What it gives.

        Raises:
            Refusal: If too much waits already.
        """
        self.room()
        self.inside += 1
        try:
            return await to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._turns)
        finally:
            self.inside -= 1
