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
        """Go round until stopped."""
        while True:
            self.once()
            _, letter = waiting(self.store)
            first = min(next_due(self.store, self.addresses), letter or float("inf"))
            time.sleep(min(max(first - time.time(), 1.0), _LONGEST_SLEEP))

    def once(self) -> None:
        """Ask what is due, keep what is new, tell what is to be told."""
        asked = new = failed = 0
        for feed, answer in poll(due(self.store, self.addresses, time.time()), self.allow_private, self._rules):
            asked += 1
            if isinstance(answer, RubrikaError):
                failed += 1
                self.tell(f"rubrika: {answer}")
                keep_feed(self.store, feed.failed(time.time(), self.every, answer))
            else:
                found = self._keep(answer)
                new += found
                keep_feed(self.store, feed.answered(time.time(), self.every, f"{found} new of {len(answer)}"))
        told, late = post_due(self.store)
        if asked or told or late:
            letters = f", {told} told, {waiting(self.store)[0]} to be told" if self.hooks or told or late else ""
            self.tell(f"{stamp()[:19]}Z: {asked} feeds asked, {failed} failed, {new} new headlines{letters}")

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
