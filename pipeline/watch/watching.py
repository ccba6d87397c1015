"""A watch: ask the feeds that are due, tag what is new, keep it, tell the webhooks; once, or until stopped."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline.corrections import now as stamp
from pipeline.errors import RubrikaError
from pipeline.ingest.robots import Rules
from pipeline.model import version
from pipeline.tagger import Tagger
from pipeline.watch.feeds import due, keep_feed, next_due
from pipeline.watch.outbox import waiting
from pipeline.watch.poll import poll
from pipeline.watch.post import post_due
from pipeline.watch.record import Hook, Item
from pipeline.watch.store import Headlines

_LONGEST_SLEEP: Final = 60.0


@dataclass
class Round:
    """What was done in a round.

    Attributes:
        time: When it began (ISO 8601, UTC).
        asked: Feeds asked.
        failed: Feeds among them that gave nothing.
        new: Headlines that were new.
        told: Letters to webhooks that arrived.
        late: Letters that did not, and will be tried again.
    """

    time: str
    asked: int = 0
    failed: int = 0
    new: int = 0
    told: int = 0
    late: int = 0

    def __str__(self) -> str:
        """One line for people."""
        feeds = f"{self.time[:19]}Z: {self.asked} feeds asked, {self.failed} failed, {self.new} new headlines"
        return f"{feeds}, {self.told} told, {self.late} to be told later" if self.told or self.late else feeds


@dataclass
class Watch:
    """What is watched, and by which model.

    Attributes:
        addresses: The feeds.
        store: Where the headlines are kept.
        model: The model's folder; a new model there is taken up by the next round.
        every: Seconds between two questions to a feed.
        hooks: Who is to be told.
        allow_private: Whether feeds may lead into the own network.
        tell: Where to say what happens.
    """

    addresses: Sequence[str]
    store: Headlines
    model: Path
    every: float
    hooks: Sequence[Hook]
    allow_private: bool
    tell: Callable[[str], None]
    _rules: Rules = field(default_factory=Rules, init=False)
    _tagger: tuple[str, Tagger] | None = field(default=None, init=False)

    def forever(self) -> None:
        """Go round until stopped, and tell of each round in which something was done."""
        while True:
            done = self.once()
            if done.asked or done.told or done.late:
                self.tell(str(done))
            first = min(next_due(self.store, self.addresses), waiting(self.store)[1] or float("inf"))
            time.sleep(min(max(first - time.time(), 1.0), _LONGEST_SLEEP))

    def once(self) -> Round:
        """Ask what is due, keep what is new, tell what is to be told.

        Returns:
            What was done.
        """
        done = Round(stamp())
        for feed, answer in poll(due(self.store, self.addresses, time.time()), self.allow_private, self._rules):
            done.asked += 1
            if isinstance(answer, RubrikaError):
                done.failed += 1
                self.tell(f"rubrika: {answer}")
                keep_feed(self.store, feed.failed(time.time(), self.every, answer))
            else:
                new = self._keep(answer)
                done.new += new
                keep_feed(self.store, feed.answered(time.time(), self.every, f"{new} new of {len(answer)}"))
        done.told, done.late = post_due(self.store)
        return done

    def _keep(self, items: Sequence[Item]) -> int:
        fresh = self.store.fresh(items)
        if not fresh:
            return 0
        model, tagger = self._loaded()
        tagged = tagger.tag([item.headline for item in fresh])
        return self.store.keep(list(zip(fresh, tagged, strict=True)), model, stamp(), self.hooks)

    def _loaded(self) -> tuple[str, Tagger]:
        current = version(self.model)
        if self._tagger is None or self._tagger[0] != current:
            self._tagger = current, Tagger.load(self.model)
        return self._tagger
